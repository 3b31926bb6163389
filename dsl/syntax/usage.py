"""Usage: classes, rate groups, rate plans and buckets."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Money, Name, Node, Quantity, Word
from dsl.syntax.expressions import Expression
from dsl.syntax.prices import Price
from dsl.syntax.services import Frequency


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


@dataclass(frozen=True, slots=True)
class BaseBucketDeclaration(Node):
    """`base bucket home_web { classes web_data  where country in ...  unit GB }`."""

    doc: str
    name: Name
    classes: tuple[Name, ...]
    where: Expression | None
    unit: Name | None


@dataclass(frozen=True, slots=True)
class BucketTier(Node):
    """`up to 50 GB included`, `up to 60 GB 9.00 CAD flat, 7.00 USD flat`, `beyond rated`.

    Attributes:
        upper: the tier's last unit; None for `beyond`.
        charge: `included`, `flat` or `rated`.
        flats: the flat amounts of a `flat` tier, one a currency; else empty.
    """

    upper: Quantity | None
    charge: Word
    flats: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class BucketDeclaration(Node):
    """`bucket included_data of home_web { recurring monthly  up to ... }`.

    `whole` is the word of `recurring monthly whole`: a partial period gets all of it.
    """

    doc: str
    name: Name
    base: Name
    recurring: Frequency | None
    whole: Word | None
    tiers: tuple[BucketTier, ...]
