"""The front door: commands, rendering of diagnostics, progress."""
