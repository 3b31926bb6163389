"""Syntax nodes: what was written, frozen, with spans; one module per construct family."""
