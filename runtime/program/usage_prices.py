"""Prices of usage that are more than so much for a unit and an event, as rating applies them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from runtime.program.model import Program, Rate
from runtime.program.plain import plain_prices
from runtime.program.prices import Price, PriceTerm, PriceTier

DECIMALS = 12
"""The most decimals of an amount that is multiplied exactly."""

MOST_STEPS = 2**63 - 1

PERCENT_OF_MILLIONTHS = 100 * 10**6
"""What a percentage of an amount in millionths is for."""


@dataclass(frozen=True, slots=True)
class UsageTerm:
    """A term of a tier, the percentage off taken off it: it costs what is left.

    `amount` / `divisor` is what is left; the divisor holds the decimals that an amount has no
    room for.
    """

    term: PriceTerm
    amount: Decimal
    divisor: int

    @property
    def per(self) -> int:
        """What the amount is for, of what the term counts."""
        counted = {"share": self.term.per, "percent": PERCENT_OF_MILLIONTHS}
        return counted.get(self.term.basis, 1) * self.divisor


@dataclass(frozen=True, slots=True)
class UsagePrice:
    """A price with its tiers, lowest first, and each tier's terms.

    `common` is the least common multiple of what the terms are for.
    """

    price: Price
    tiers: tuple[PriceTier, ...]
    terms: tuple[tuple[UsageTerm, ...], ...]
    common: int

    @property
    def asks_amount(self) -> bool:
        """Whether a term is a share of the event's amount."""
        return "percent" in self._bases

    @property
    def asks_events(self) -> bool:
        """Whether a term is for each event, or of its amount."""
        return bool(self._bases & {"event", "percent"})

    @property
    def is_ordered(self) -> bool:
        """Whether it matters which event came first: each is charged by the tier it lies in."""
        is_graduated = self.price.mode == "graduated" and self.price.counted_by is None
        return is_graduated and self.asks_events

    @property
    def is_due_at_zero(self) -> bool:
        """Whether its flat amounts are charged even where nothing was used."""
        return self.tiers[0].even_at_zero

    @property
    def _bases(self) -> set[str]:
        return {each.term.basis for own in self.terms for each in own}


def usage_prices(program: Program) -> Mapping[int, UsagePrice]:
    """Give the prices of rates that are not plain and can be billed, by their id."""
    return {own: each for own, each in _prices(program).items() if not _fault(each)}


def unbillable_rates(program: Program) -> Iterator[tuple[Rate, str]]:
    """Give the rates whose prices rating does not apply, and what they ask for."""
    prices = _prices(program)
    for rate in program.rates:
        price = prices.get(rate.price)
        fault = None if price is None else _fault(price)
        if fault is not None:
            yield rate, fault


def _prices(program: Program) -> Mapping[int, UsagePrice]:
    plain = plain_prices(program)
    wanted = {rate.price for rate in program.rates if rate.price not in plain}
    tiers: dict[int, list[PriceTier]] = {}
    for tier in program.price_tiers:
        if tier.price in wanted:
            tiers.setdefault(tier.price, []).append(tier)
    terms: dict[tuple[int, int], list[PriceTerm]] = {}
    for term in program.price_terms:
        if term.price in wanted:
            terms.setdefault((term.price, term.tier), []).append(term)
    return {
        price.id: _usage_price(price, tiers[price.id], terms)
        for price in program.prices
        if price.id in wanted
    }


def _usage_price(
    price: Price, tiers: list[PriceTier], terms: Mapping[tuple[int, int], list[PriceTerm]]
) -> UsagePrice:
    ordered = tuple(sorted(tiers, key=lambda tier: tier.ordinal))
    reduced = tuple(
        tuple(_reduced(term, price.percent_off) for term in terms.get((price.id, tier.ordinal), ()))
        for tier in ordered
    )
    common = math.lcm(1, *(each.per for own in reduced for each in own))
    return UsagePrice(price, ordered, reduced, common)


def _reduced(term: PriceTerm, off: Decimal) -> UsageTerm:
    with localcontext() as context:
        context.prec = 80
        amount = term.amount
        if off:
            amount = (amount * (100 - off) / 100).normalize()
        exponent = amount.as_tuple().exponent
        assert isinstance(exponent, int), "an amount is a number"
        divisor = 10 ** max(0, -exponent - DECIMALS)
        return UsageTerm(term, amount * divisor, divisor)


def _fault(price: UsagePrice) -> str | None:
    """Say what a price asks for that cannot be counted exactly; None: nothing."""
    is_bounded = price.price.at_most is not None or price.price.at_least is not None
    pers = [each.per for own in price.terms for each in own]
    if max(pers) > MOST_STEPS or (is_bounded and price.common > MOST_STEPS):
        return "a rate for so many different units"
    return None
