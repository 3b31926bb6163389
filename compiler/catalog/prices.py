"""Prices as the catalog means them: one a currency, units in steps."""

from __future__ import annotations

from decimal import Decimal

from dsl.source import Span
from runtime.program.expressions import Closed
from runtime.program.terms import Basis, Mode


class PriceTerm(Closed):
    """A part of what a tier costs; `per` is in steps, `unit` as written."""

    basis: Basis
    amount: Decimal
    per: int
    unit: str


class PriceTier(Closed):
    """A tier `(lower, upper]`, in steps; None: open."""

    upper: int | None
    even_at_zero: bool
    terms: tuple[PriceTerm, ...]
    span: Span


class Price(Closed):
    """A price in one currency; `span` is where its amount is written.

    A plain price is one open `volume` tier.  `counted_by` is the counting rule whose count
    picks the tier; None: the quantity does.
    """

    currency: str
    mode: Mode
    counted_by: str | None
    tiers: tuple[PriceTier, ...]
    includes: int
    percent_off: Decimal
    at_most: Decimal | None
    at_least: Decimal | None
    span: Span
