"""Packages: what is sold."""

from __future__ import annotations

from datetime import date
from typing import Literal

from compiler.catalog.base import Entity
from dsl.source import Span
from runtime.program.expressions import Closed
from runtime.program.terms import Proration


class PackageFrequency(Closed):
    """A frequency it is sold at."""

    months: int
    span: Span


class PackageService(Closed):
    """A service in it; maximum None: without bound; `rate_plan` None: the service's own."""

    service: str
    minimum: int
    maximum: int | None
    default: int
    rate_plan: str | None
    span: Span


class Named(Closed):
    """A contract or discount that a package names, and where."""

    id: str
    span: Span


class Package(Entity):
    """The offer; the sale window is half-open, None is open.

    `contracts`: those a sale may be under.  `discounts`: those every sale gets.
    """

    title: str
    category: str | None
    currencies: tuple[str, ...]
    frequencies: tuple[PackageFrequency, ...]
    timing: Literal["advance", "arrears"]
    alignment: Literal["bill_day", "anniversary"]
    activation: Literal["sale", "first_billable_status"]
    proration: Proration
    sold_from: date | None
    sold_until: date | None
    services: tuple[PackageService, ...]
    contracts: tuple[Named, ...]
    discounts: tuple[Named, ...]
