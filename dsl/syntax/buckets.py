"""Base buckets, and the buckets that give and price usage by tiers."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Money, Name, Node, Number, Quantity, Word
from dsl.syntax.expressions import Expression
from dsl.syntax.prices import Price
from dsl.syntax.services import Frequency


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
        charge: `included`, `rated`, or `priced` where it has a price of its own.
        flats: what a `rated` tier costs besides, `rated + 5.00 USD flat`: one a currency.
        price: the price of a `priced` tier; else None.
    """

    upper: Quantity | None
    charge: Word
    flats: tuple[Money, ...]
    price: Price | None


@dataclass(frozen=True, slots=True)
class Recurring(Node):
    """`recurring monthly whole`; `whole`: a partial period gets all of it."""

    frequency: Frequency
    whole: Word | None


@dataclass(frozen=True, slots=True)
class OneTime(Node):
    """`one time`, `one time for 3 months`; `length` None: as long as its service.

    `unit` is `months` or `days`, also where one alone is written.
    """

    length: Number | None
    unit: Word | None


@dataclass(frozen=True, slots=True)
class RollOver(Node):
    """`rolls over 2 GB for 1 period`; `cap` None: `rolls over all`."""

    cap: Quantity | None
    periods: Number


@dataclass(frozen=True, slots=True)
class BucketDeclaration(Node):
    """`bucket included_data of home_web { recurring monthly  up to ... }`."""

    doc: str
    name: Name
    base: Name
    recurring: Recurring | None
    one_time: OneTime | None
    priority: Number | None
    tiers: tuple[BucketTier, ...]
    rolls_over: RollOver | None
