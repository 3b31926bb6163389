"""Names of the catalog as they are printed to people."""

from __future__ import annotations


def as_words(name: str) -> str:
    """Write a name with spaces: `web_data` -> `web data`."""
    return name.replace("_", " ")


def as_title(name: str) -> str:
    """Write a name as a line's description: `web_data` -> `Web data`."""
    words = as_words(name)
    return words[:1].upper() + words[1:]
