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

    def amount(self, quantity: int) -> Fraction:
        """Give what so many steps cost, in major units."""
        counted = max(0, quantity - self.price.includes)
        parts = (
            self._graduated(counted) if self.price.mode == "graduated" else self._volume(counted)
        )
        amount = sum(parts, Fraction(0))
        amount -= amount * Fraction(self.price.percent_off) / 100
        if self.price.at_most is not None:
            amount = min(amount, Fraction(self.price.at_most))
        if self.price.at_least is not None:
            amount = max(amount, Fraction(self.price.at_least))
        return amount

    def _volume(self, counted: int) -> Iterator[Fraction]:
        for tier, terms in self.tiers:
            if tier.upper is None or counted <= tier.upper:
                if counted or tier.even_at_zero:
                    yield from (_term(term, counted) for term in terms)
                return

    def _graduated(self, counted: int) -> Iterator[Fraction]:
        lower = 0
        for tier, terms in self.tiers:
            within = counted - lower if tier.upper is None else min(counted, tier.upper) - lower
            if within > 0 or (lower == 0 and counted == 0 and tier.even_at_zero):
                yield from (_term(term, within) for term in terms)
            if tier.upper is None or counted <= tier.upper:
                return
            lower = tier.upper


def _term(term: PriceTerm, counted: int) -> Fraction:
    """Give one term's part for so many steps; those of events are no part of it."""
    amount = Fraction(term.amount)
    match term.basis:
        case "share":
            return amount * counted / term.per
        case "block":
            return amount * -(-counted // term.per)
        case "flat" | "instance":
            return amount
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
