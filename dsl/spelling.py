"""What a misspelled word was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_WORD = 40
SHORTEST_STEM = 3
_LIKE = 0.7  # float: a likeness of words, far from money


def closest(word: str, words: Iterable[str]) -> str | None:
    """Give the word most like this one, or the one that it begins; none for an overlong one."""
    if len(word) > LONGEST_WORD:
        return None
    known = sorted(set(words))
    found = get_close_matches(word, known, n=1, cutoff=_LIKE) or begun_by(word, known)
    return found[0] if len(found) == 1 else None


def begun_by(word: str, words: Iterable[str]) -> list[str]:
    """Give the words that a cut-off one begins: `mon` is `monday`."""
    if len(word) < SHORTEST_STEM:
        return []
    return [each for each in words if each.lower().startswith(word.lower())]
