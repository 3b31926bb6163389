"""Rates: rate groups, in text or in tables, and rate plans."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Name, Node, Quantity, Text, Word
from dsl.syntax.expressions import Expression
from dsl.syntax.prices import Price
from dsl.syntax.tables import TableFile
from dsl.syntax.zones import Prefix


@dataclass(frozen=True, slots=True)
class RateRow(Node):
    """`voice to prefix 4930 via "ACME" during off_peak  0.01 USD per minute  minimum 60 s`.

    Attributes:
        zone, country, prefix: where the usage goes; at most one of them, none: anywhere.
        carrier: whose network it goes through; None: any.
        band: the time band it starts in; None: always.
        minimum, increment: what one event counts for at least, and the steps it is rounded up to.
    """

    usage_class: Name
    zone: Name | None
    country: Name | None
    prefix: Prefix | None
    carrier: Text | None
    band: Name | None
    price: Price
    minimum: Quantity | None
    increment: Quantity | None


@dataclass(frozen=True, slots=True)
class RateGroupDeclaration(Node):
    """`rate group home when carrier == "HOME" { ... }`, or `rate group roaming from "roaming.csv"`.

    `table`: where its rows stand instead; it has no `rows` then.
    """

    doc: str
    name: Name
    criterion: Expression | None
    rows: tuple[RateRow, ...]
    table: TableFile | None


@dataclass(frozen=True, slots=True)
class RatePlanDeclaration(Node):
    """`rate plan metered { home  abroad  otherwise reject }`."""

    doc: str
    name: Name
    groups: tuple[Name, ...]
    otherwise: Word | None
