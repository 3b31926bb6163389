"""What a price makes of a quantity that was counted, exactly and not yet rounded.

The order is that of runtime.program.prices: what is included is taken out, the tiers make an
amount, the percentage is taken off, and the bounds bound what is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from runtime.program.model import Program
from runtime.program.prices import Price, PriceTerm, PriceTier


@dataclass(frozen=True, slots=True)
class CountedPrice:
    """A price with its tiers, lowest first, and each tier's terms."""

    price: Price
    tiers: tuple[tuple[PriceTier, tuple[PriceTerm, ...]], ...]

    def amount(self, quantity: int, instances: int | None = None) -> Fraction:
        """Give what so many steps cost, in major units.

        `instances`: what the counting rule counts, which then picks the tiers; the steps are
        shared over it evenly, by cumulative rounding.
        """
        if instances is None:
            counted = picks = max(0, quantity - self.price.includes)
        else:
            included = min(self.price.includes, instances)
            picks = instances - included
            counted = quantity - _shared(quantity, included, instances)
        amount = sum(self._parts(counted, picks), Fraction(0))
        amount -= amount * Fraction(self.price.percent_off) / 100
        if self.price.at_most is not None:
            amount = min(amount, Fraction(self.price.at_most))
        if self.price.at_least is not None:
            amount = max(amount, Fraction(self.price.at_least))
        return amount

    def _parts(self, counted: int, picks: int) -> Iterator[Fraction]:
        """Give the terms' parts of what is counted; `picks` is compared with the tiers' bounds."""
        is_graduated = self.price.mode == "graduated"
        lower = 0
        for tier, terms in self.tiers:
            upper = picks if tier.upper is None else min(picks, tier.upper)
            is_reached = tier.upper is None or picks <= tier.upper
            if is_graduated or is_reached:
                within = counted
                if is_graduated and picks:
                    within = _shared(counted, upper, picks) - _shared(counted, lower, picks)
                if upper > lower or (picks == 0 and (tier.even_at_zero or counted)):
                    is_entered = upper > lower or tier.even_at_zero
                    yield from (_term(term, within, is_entered=is_entered) for term in terms)
            if is_reached:
                return
            lower = upper


def _shared(whole: int, gone: int, of: int) -> int:
    """Give the cumulative part of `whole` after `gone` of `of`, rounded half up."""
    return 0 if of == 0 else (2 * whole * gone + of) // (2 * of)


def _term(term: PriceTerm, counted: int, *, is_entered: bool) -> Fraction:
    """Give one term's part for so many steps; those of events are no part of it."""
    amount = Fraction(term.amount)
    match term.basis:
        case "share":
            return amount * counted / term.per
        case "block":
            return amount * -(-counted // term.per)
        case "flat" | "instance":
            return amount if is_entered else Fraction(0)
        case "event" | "percent":
            return Fraction(0)
        case _:
            assert_never(term.basis)


def counted_prices(program: Program, wanted: Sequence[int]) -> dict[int, CountedPrice]:
    """Give some of the program's prices, by their id."""
    needed = set(wanted)
    terms: dict[tuple[int, int], list[PriceTerm]] = {}
    for term in program.price_terms:
        if term.price in needed:
            terms.setdefault((term.price, term.tier), []).append(term)
    tiers: dict[int, list[PriceTier]] = {}
    for tier in program.price_tiers:
        if tier.price in needed:
            tiers.setdefault(tier.price, []).append(tier)
    return {
        price.id: CountedPrice(
            price,
            tuple(
                (tier, tuple(terms.get((price.id, tier.ordinal), ())))
                for tier in sorted(tiers[price.id], key=lambda each: each.ordinal)
            ),
        )
        for price in program.prices
        if price.id in needed
    }
