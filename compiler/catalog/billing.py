"""Taxes and bill groups."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from compiler.catalog.base import Entity
from dsl.source import Span
from runtime.program.expressions import Closed


class TaxRate(Closed):
    """A rate in percent of one class in one jurisdiction, from `start` on (None: always)."""

    tax_class: str
    jurisdiction: str
    percent: Decimal
    start: date | None
    span: Span


class OtherwiseRate(Closed):
    """The rate, in percent, of what no row of a tax covers."""

    percent: Decimal
    span: Span


class Tax(Entity):
    """A tax: its rates by class and jurisdiction, and what holds elsewhere."""

    rates: tuple[TaxRate, ...]
    otherwise: OtherwiseRate | None


class BillGroup(Entity):
    """Accounts billed alike: the bill day, and days from invoice date to due date."""

    bill_day: int
    terms_days: int
