"""Exit codes, the same for every command."""

CLEAN = 0
"""Nothing to report."""

FINDINGS = 1
"""The catalog, the book or the usage has faults; they were printed."""

USAGE = 2
"""The command was not understood, or a file it names cannot be used."""

OWN_FAULT = 3
"""Ratebook itself failed: never the user's mistake."""

CHANGES = 4
"""`plan --exit-code`: the catalog changes something, and nothing of it is refused."""
