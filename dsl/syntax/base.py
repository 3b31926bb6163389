"""What every syntax node stands on: its span, and the words and literals of the language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of syntax and the text it was read from; children lie inside `span`."""

    span: Span


@dataclass(frozen=True, slots=True)
class Name(Node):
    """An identifier: the name of a declaration, or a reference to one."""

    text: str


@dataclass(frozen=True, slots=True)
class QuotedName(Name):
    """The name of a field as `field "Call Duration"` has it: its place is that of the quotes."""


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A quoted string, without its quotes and with escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number as written, exact: `10_000` is 10000, `0.80` keeps its two places."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Day(Node):
    """A calendar date, written `2026-01-31`."""

    value: date


@dataclass(frozen=True, slots=True)
class Money(Node):
    """An amount in a currency, written `12.00 USD`; the code is not yet known to exist."""

    amount: Decimal
    currency: Name


@dataclass(frozen=True, slots=True)
class Percent(Node):
    """A percentage, written `13%`; `value` is 13, not 0.13."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Quantity(Node):
    """A number of units, written `50 GB`."""

    amount: Decimal
    unit: Name


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A word of the language where it offers a choice: `monthly`, `advance`, `csv`."""

    text: str


@dataclass(frozen=True, slots=True)
class Comment(Node):
    """A comment, from its `#` to the end of its line.

    Attributes:
        text: as written, the `#` included, without blanks at its end.
        own_line: nothing else stands on its line.
    """

    text: str
    own_line: bool

    @property
    def is_doc(self) -> bool:
        """Tell whether it is a doc comment, `## ...` on a line of its own."""
        return self.own_line and self.text.startswith("##") and not self.text.startswith("###")
