"""Find the answer to a mistake of syntax among the examples.

A mistake is told by where the parser stands and by what it finds there, and so is an
example: what fails as the example does is answered as the example is.
"""

from __future__ import annotations

from functools import lru_cache

from dsl.failures import BREAKS, Failure, parse
from dsl.syntax_examples import CHARACTERS, EXAMPLES, Example

CODE_LETTERS = 3
_WORD = "word "


def advice(failure: Failure) -> Example | None:
    """Find the example that failed as this text does; the nearest likeness wins."""
    table = _table()
    return next((table[key] for key in _keys(failure) if key in table), None)


def character_advice(char: str) -> str | None:
    """Say what to write instead of a character."""
    if char in CHARACTERS:
        return CHARACTERS[char]
    if char.isalpha():
        return "names are written with the letters a to z, digits and `_`; titles may hold any"
    return None


Key = tuple[str, int | str | None, frozenset[str] | None, str]


def _keys(failure: Failure) -> tuple[Key, ...]:
    """Give what an example is known by, the closest likeness first."""
    found = failure.found
    shapes = [found]
    if found in BREAKS:
        shapes = [";"] if failure.text.startswith(";") else ["<end>"]
    elif found == "NAME" and failure.text.isupper() and len(failure.text) == CODE_LETTERS:
        shapes = ["<currency>", "NAME"]
    elif failure.text.isidentifier():
        shapes = [found, "NAME"]
    before = None if failure.previous is None else failure.previous.type
    word = f"{_WORD}{failure.text}"
    # The same may be expected in several states: behind a title or without one, in the first
    # statement of a block and in a later one.
    alike = (word, *shapes) if failure.begins_statement else (word,)
    return (
        *(("exact", failure.state, failure.accepts, shape) for shape in (word, *shapes)),
        *(("alike", None, failure.accepts, shape) for shape in alike),
        *(("state", failure.state, None, shape) for shape in (word, *shapes)),
        *(("anywhere", before, None, shape) for shape in (*shapes, "<any>")),
    )


@lru_cache(maxsize=1)
def _table() -> dict[Key, Example]:
    table: dict[Key, Example] = {}
    for example in EXAMPLES:
        failure = parse(example.wrong, "declaration")
        assert isinstance(failure, Failure), example.wrong
        wanted = [
            key
            for key in _keys(failure)
            if (key[0] == "anywhere") == example.anywhere
            and key[3].startswith(_WORD) == example.this_word
        ]
        first = {key[0]: key for key in reversed(wanted)}
        for key in first.values():
            table.setdefault(key, example)
    return table
