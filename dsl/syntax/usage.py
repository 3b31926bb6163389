"""Usage: classes, rate groups and rate plans."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Name, Node, Word
from dsl.syntax.expressions import Expression
from dsl.syntax.prices import Price


@dataclass(frozen=True, slots=True)
class UsageClassTypeDeclaration(Node):
    """`usage class type voice`: a heading to report classes under."""

    doc: str
    name: Name


@dataclass(frozen=True, slots=True)
class UsageClassDeclaration(Node):
    """`usage class web_data measured in data when kind == "web" type internet`.

    `measure` is `data`, `time` or `count`.
    """

    doc: str
    name: Name
    measure: Name
    criterion: Expression | None
    type: Name | None


@dataclass(frozen=True, slots=True)
class RateRow(Node):
    """`web_data to north_america  1.20 CAD per GB, 0.90 USD per GB`."""

    usage_class: Name
    zone: Name | None
    price: Price


@dataclass(frozen=True, slots=True)
class RateGroupDeclaration(Node):
    """`rate group home when carrier == "HOME" { ... }`."""

    doc: str
    name: Name
    criterion: Expression | None
    rows: tuple[RateRow, ...]


@dataclass(frozen=True, slots=True)
class RatePlanDeclaration(Node):
    """`rate plan metered { home  abroad  otherwise reject }`."""

    doc: str
    name: Name
    groups: tuple[Name, ...]
    otherwise: Word | None
