"""The price sheet and reference of a catalog: what it says, and the files that say it."""
