"""The kinds of declaration, by their first words: what the slicer and recovery go by.

A new declaration is a row here, a rule in the grammar, a node, a builder and a printer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_BLANK = r"[ \t]+"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of declaration.

    Attributes:
        words: its first words, `usage class type`.
        body: the grammar's start for its braces alone; None where it never has any.
        follows: for a declaration of one line, a pattern of what follows its first words.
        named: the words must be followed by a name, since without it they mean another
            kind (`service type {` is a service called `type`).
    """

    words: str
    body: str | None = None
    follows: str = ""
    named: bool = False
    opening: re.Pattern[str] = field(init=False, repr=False, compare=False)
    first_line: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = _BLANK.join(self.words.split()) + r"(?![A-Za-z0-9_])"
        opening = words + (rf"(?={_BLANK}{_NAME})" if self.named else "")
        rests = [rf"{_BLANK}{_NAME}[^\n{{]*\{{"] if self.body else []
        rests += [self.follows] if self.follows else []
        object.__setattr__(self, "opening", re.compile(opening))
        object.__setattr__(self, "first_line", re.compile(f"{words}(?:{'|'.join(rests)})"))


_IS = rf"{_BLANK}{_NAME}[ \t]*="
_FROM_FILE = rf'{_BLANK}{_NAME}[^\n{{]*{_BLANK}from[ \t]*"'

KINDS: tuple[Kind, ...] = (
    Kind("catalog", "catalog_body"),
    Kind("bill group", "bill_group_body"),
    Kind("tax", "tax_body"),
    Kind("service status", follows=_IS, named=True),
    Kind("service type", follows=_IS, named=True),
    Kind("service", "service_body"),
    Kind("package status", follows=_IS, named=True),
    Kind("package", "package_body"),
    Kind("lifecycle", "lifecycle_body"),
    Kind("count", follows=_IS, named=True),
    Kind("discount", follows=rf'{_BLANK}{_NAME}(?:{_BLANK}"[^"\n]*")?[ \t]*='),
    Kind("contract", "contract_body"),
    Kind("price book", "price_book_body"),
    Kind("price plan", "price_plan_body"),
    Kind("unit", follows=_IS),
    Kind("feed", "feed_body"),
    Kind("usage class type", follows=rf"{_BLANK}{_NAME}[ \t\r]*(?=[#\n]|\Z)"),
    Kind("usage class", follows=rf"{_BLANK}{_NAME}{_BLANK}measured(?![A-Za-z0-9_])"),
    Kind("zone table", follows=rf"{_BLANK}{_NAME}{_BLANK}from(?![A-Za-z0-9_])", named=True),
    Kind("price table", follows=rf"{_BLANK}{_NAME}{_BLANK}from(?![A-Za-z0-9_])", named=True),
    Kind("zone", follows=_IS),
    Kind("time band", follows=_IS),
    Kind("rate group", "rate_group_body", follows=_FROM_FILE),
    Kind("rate plan", "rate_plan_body"),
    Kind("base bucket", "base_bucket_body"),
    Kind("bucket", "bucket_body"),
    Kind("share plan", "share_plan_body"),
    Kind("test", "test_body"),
    Kind("guard", "guard_body"),
)

_WORD = re.compile("[a-z]+")
_BY_WORD = {
    word: tuple(kind for kind in KINDS if kind.words.split()[0] == word)
    for word in (kind.words.split()[0] for kind in KINDS)
}


def kind_at(text: str, offset: int) -> Kind | None:
    """Tell the kind of declaration whose first words stand at an offset."""
    return next((kind for kind in _kinds(text, offset) if kind.opening.match(text, offset)), None)


def first_line_at(text: str, offset: int) -> Kind | None:
    """Tell the kind of declaration whose whole first line stands at an offset.

    Stricter than `kind_at`: inside a block, `service data` is a statement and
    `service data {` is a declaration whose predecessor was not closed.
    """
    found = (kind for kind in _kinds(text, offset) if kind.first_line.match(text, offset))
    return next(found, None)


def _kinds(text: str, offset: int) -> tuple[Kind, ...]:
    """Give the kinds whose words begin with the word at an offset."""
    word = _WORD.match(text, offset)
    return () if word is None else _BY_WORD.get(word[0], ())
