"""Packages: the offers that are sold."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Day, Name, Node, Number, Text, Word
from dsl.syntax.services import Frequency


@dataclass(frozen=True, slots=True)
class PackageService(Node):
    """`service access 1..50 default 1`, `service data`, `service ip optional up to 8`.

    Attributes:
        minimum, maximum: instances; a plain `service data` is 1..1 default 1.
        default: what a sale instantiates; None: the minimum.
        optional: the word of `optional`, which means minimum 0 and default 0.
        rates: the rate plan of its usage inside this package; None: the service's own.
    """

    service: Name
    minimum: Number | None
    maximum: Number | None
    default: Number | None
    optional: Word | None
    rates: Name | None


@dataclass(frozen=True, slots=True)
class PackageDeclaration(Node):
    """`package business_connectivity "Business Connectivity" { ... }`.

    Attributes:
        frequencies: how it is sold, in months; `timing` is `advance` or `arrears`.
        currencies: those it is offered in; empty: the catalog's.
        activation: `sale` or `first_billable_status`; None: `sale`.
        alignment: `bill_day` or `anniversary`; None: `bill_day`.
        prorated: `days`, `seconds`, `fixed_30`, `30/360` or `never`; None: `days`.  Another
            number behind `fixed` is not yet refused.
        contracts: those a sale may be under; one alone: every sale is.
        discounts: those every sale gets.
        sold_from, sold_until: the sale window, half-open.
    """

    doc: str
    name: Name
    title: Text | None
    category: Name | None
    currencies: tuple[Name, ...]
    frequencies: tuple[Frequency, ...]
    timing: Word | None
    alignment: Word | None
    activation: Word | None
    prorated: Word | None
    sold_from: Day | None
    sold_until: Day | None
    services: tuple[PackageService, ...]
    contracts: tuple[Name, ...]
    discounts: tuple[Name, ...]
