"""Discounts reckoned the obvious way: one price, one discount after the other, in fractions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tests.reference.charges import round_fraction

Kind = Literal["override", "percent", "amount"]


@dataclass(frozen=True)
class Deal:
    """A discount that holds: what it does, with how much, for how many periods (None: ever)."""

    name: str
    kind: Kind
    value: Fraction
    periods: int | None


ORDER: tuple[Kind, ...] = ("override", "percent", "amount")


def taken_off(
    price: Fraction, deals: Sequence[Deal], period: int, quantity: int
) -> dict[str, Fraction]:
    """Give what each discount takes off the price of one instance in the n-th billed period.

    `deals` in the order in which equals apply; one that takes off nothing is left out.  Of all
    instances, in cents, no more is taken off in all than the price comes to, and all of it
    where nothing is left.
    """
    left, off = price, {}
    cents = round_fraction(price * quantity * 100, "half_up")
    for kind in ORDER:
        for deal in deals:
            if deal.kind != kind or (deal.periods is not None and period >= deal.periods):
                continue
            if kind == "override":
                after = min(left, deal.value)
            elif kind == "percent":
                after = left - left * deal.value / 100
            else:
                after = max(left - deal.value, Fraction(0))
            taken = round_fraction((left - after) * quantity * 100, "half_up")
            if taken != cents and (after == 0 or taken > cents):
                taken = cents
                off[deal.name] = Fraction(cents, 100 * quantity)
            elif after != left:
                off[deal.name] = left - after
            left, cents = after, cents - taken
    return {name: taken for name, taken in off.items() if taken}
