"""Base buckets, and the buckets that give and price usage by tiers."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Money, Name, Node, Quantity, Word
from dsl.syntax.expressions import Expression
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
