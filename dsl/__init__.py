"""Text in, syntax tree and text out: knows grammar, nothing of billing."""
