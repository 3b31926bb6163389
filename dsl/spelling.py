"""What a misspelled word was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_WORD = 40
_LIKE = 0.7  # float: a likeness of words, far from money


def closest(word: str, words: Iterable[str]) -> str | None:
    """Give the word most like this one, if one is like enough; none for an overlong one."""
    if len(word) > LONGEST_WORD:
        return None
    found = get_close_matches(word, sorted(words), n=1, cutoff=_LIKE)
    return found[0] if found else None
