"""What a price comes to, exactly: for the checks that compare one quantity with the next."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from compiler.catalog.prices import Price, PriceTerm, PriceTier


def total_of(price: Price, counted: int, instances: int = 1) -> Fraction:
    """Give the amount in major units of so many steps, instances, or counted things.

    `instances`: of the service itself, where a counting rule counts.  What depends on single
    events, `per event` and `of amount`, is left out.
    """
    units = max(counted - price.includes, 0)
    amount = sum(
        (
            _amount(term, tier, units, held, instances)
            for tier, held in _reached(price, units)
            for term in tier.terms
        ),
        Fraction(0),
    )
    amount *= 1 - Fraction(price.percent_off) / 100
    if price.at_most is not None:
        amount = min(amount, Fraction(price.at_most))
    if price.at_least is not None:
        amount = max(amount, Fraction(price.at_least))
    return amount


def _reached(price: Price, units: int) -> Iterator[tuple[PriceTier, int]]:
    """Give the tiers that so many units are charged by, and how many by each."""
    lower = 0
    for number, tier in enumerate(price.tiers):
        is_open = tier.upper is None
        upper = units if tier.upper is None else tier.upper
        if price.mode == "graduated":
            if units > lower or (units == 0 and number == 0):
                yield tier, min(units, upper) - lower
        elif (lower < units and (is_open or units <= upper)) or (units == 0 and number == 0):
            yield tier, units
        lower = upper


def _amount(term: PriceTerm, tier: PriceTier, units: int, held: int, instances: int) -> Fraction:
    match term.basis:
        case "share":
            return Fraction(term.amount) * held / term.per
        case "block":
            return Fraction(term.amount) * -(-held // term.per)
        case "flat":
            return Fraction(term.amount) if units or tier.even_at_zero else Fraction(0)
        case "instance":
            return Fraction(term.amount) * instances
        case "event" | "percent":
            return Fraction(0)
