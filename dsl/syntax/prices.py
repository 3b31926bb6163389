"""A price: one expression, wherever an amount is charged.

12.00 USD, 11.00 EUR
0.40 USD per event + 1.50 USD per minute
graduated { up to 1_000  0.00 USD each; beyond  0.002 USD each }  at least 5.00 USD
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dsl.syntax.base import Money, Name, Node, Number, Percent, Word


@dataclass(frozen=True, slots=True)
class Bound(Node):
    """`100`, `5 GB`: so many of what a price counts; `unit` None: instances, or a count."""

    amount: Decimal
    unit: Name | None


@dataclass(frozen=True, slots=True)
class PriceTerm(Node):
    """One amount and what it is for.

    Attributes:
        money: None where `percent` is written.
        percent: of the event's own amount, `2.9% of amount`.
        basis: `bare`, `each`, `per`, `block`, `event`, `flat` or `amount`.
        count: the number in `per 1_000_000 token` and `per block of 10`.
        unit: the unit in `per GB`; None where none is written.
    """

    money: Money | None
    percent: Percent | None
    basis: Word
    count: Number | None
    unit: Name | None


@dataclass(frozen=True, slots=True)
class PriceSum(Node):
    """`1.50 USD per minute + 0.40 USD per event`: terms of one currency, joined by `+`."""

    terms: tuple[PriceTerm, ...]

    @property
    def money(self) -> Money | None:
        """The first amount of money, whose currency is the sum's; None: percentages only."""
        for term in self.terms:
            if term.money is not None:
                return term.money
        return None


@dataclass(frozen=True, slots=True)
class PriceTier(Node):
    """`up to 100  5.00 USD, 4.50 EUR`; `upper` None: `beyond`."""

    upper: Bound | None
    sums: tuple[PriceSum, ...]
    even_at_zero: Word | None


@dataclass(frozen=True, slots=True)
class Price(Node):
    """A price of every currency it is given in.

    Attributes:
        mode: `volume` or `graduated`; None: a plain price, which has `sums` and no `tiers`.
        counted_by: the counting rule that picks the tier; None: the quantity does.
        sums: a plain price, one sum a currency.
        tiers: a tiered price, ascending.
        includes: what costs nothing, taken out before the tiers.
        at_most, at_least: bounds of the amount, one a currency; empty: none.
        off: a percentage off the amount.
    """

    mode: Word | None
    counted_by: Name | None
    sums: tuple[PriceSum, ...]
    tiers: tuple[PriceTier, ...]
    includes: Bound | None
    at_most: tuple[Money, ...]
    at_least: tuple[Money, ...]
    off: Percent | None

    @property
    def lists(self) -> tuple[tuple[PriceSum, ...], ...]:
        """Every list of sums in it: the plain one, or each tier's."""
        return (self.sums,) if self.mode is None else tuple(tier.sums for tier in self.tiers)

    @property
    def leading(self) -> tuple[PriceSum, ...]:
        """The list that names its currencies: the plain one, or the first tier's."""
        return self.tiers[0].sums if self.tiers else self.sums
