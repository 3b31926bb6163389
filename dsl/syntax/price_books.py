"""Sets of prices beside the catalog's: price books with regions, and accounts' price plans."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Name, Node, Text
from dsl.syntax.commercial import DiscountTerms
from dsl.syntax.services import PriceEntry
from dsl.syntax.tables import TableFile


@dataclass(frozen=True, slots=True)
class PriceRegion(Node):
    """`region emea for countries DE, FR { ... }` of a price book; ISO 3166-1 alpha-2."""

    name: Name
    countries: tuple[Name, ...]
    entries: tuple[PriceEntry, ...]
    tables: tuple[TableFile, ...]


@dataclass(frozen=True, slots=True)
class PriceBookDeclaration(Node):
    """`price book partner "Partner prices" { ... }`.

    Attributes:
        tables: files whose rows are entries, `prices from "partner.csv"`.
    """

    doc: str
    name: Name
    title: Text | None
    entries: tuple[PriceEntry, ...]
    tables: tuple[TableFile, ...]
    regions: tuple[PriceRegion, ...]


@dataclass(frozen=True, slots=True)
class PlanDiscount(Node):
    """`service sim 10% off for 6 periods`, or `package fleet ...`: one of the two is None."""

    service: Name | None
    package: Name | None
    terms: DiscountTerms


@dataclass(frozen=True, slots=True)
class PricePlanDeclaration(Node):
    """`price plan acme_2026 "Acme negotiated" { reason "..." ... }`.

    Attributes:
        rates: the rate plan of the account's usage; None: as the catalog has it.
    """

    doc: str
    name: Name
    title: Text | None
    reason: Text | None
    entries: tuple[PriceEntry, ...]
    discounts: tuple[PlanDiscount, ...]
    rates: Name | None
