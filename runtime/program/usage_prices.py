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


@dataclass(frozen=True, slots=True)
class UsagePrice:
    """A price with its tiers, lowest first, and each tier's terms.

    The percentage off is taken off the terms: they cost what is left.  `common` is the least
    common multiple of what they are for.
    """

    price: Price
    tiers: tuple[PriceTier, ...]
    terms: tuple[tuple[PriceTerm, ...], ...]
    common: int

    @property
    def asks_amount(self) -> bool:
        """Whether a term is a share of the event's amount."""
        return any(term.basis == "percent" for own in self.terms for term in own)


def usage_prices(program: Program) -> Mapping[int, UsagePrice]:
    """Give the prices of rates that are not plain and can be billed, by their id."""
    return {own: each for own, each in _prices(program).items() if not _fault(each)}


def unbillable_rates(program: Program) -> Iterator[tuple[Rate, str]]:
    """Give the rates whose prices rating does not apply, and what they ask for."""
    prices = _prices(program)
    in_buckets = {name for bucket in program.buckets for name in bucket.classes}
    for rate in program.rates:
        price = prices.get(rate.price)
        if price is None:
            continue
        fault = _fault(price)
        if fault is not None:
            yield rate, fault
        elif price.asks_amount and rate.usage_class in in_buckets:
            yield rate, "a share of the amount of usage that a bucket takes"


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
    shares = (t.per for own in reduced for t in own if t.basis == "share")
    percent = any(term.basis == "percent" for own in reduced for term in own)
    common = math.lcm(1, *shares, *([PERCENT_OF_MILLIONTHS] if percent else []))
    return UsagePrice(price, ordered, reduced, common)


PERCENT_OF_MILLIONTHS = 100 * 10**6
"""What a percentage of an amount in millionths is for."""


def _reduced(term: PriceTerm, off: Decimal) -> PriceTerm:
    if off == 0:
        return term
    with localcontext() as context:
        context.prec = 80
        return term.model_copy(update={"amount": (term.amount * (100 - off) / 100).normalize()})


def _fault(price: UsagePrice) -> str | None:
    """Say what a price asks for that rating does not do; None: nothing."""
    bases = {term.basis for own in price.terms for term in own}
    if price.price.counted_by is not None:
        return "a rate by a counting rule"
    if any(tier.even_at_zero for tier in price.tiers):
        return "an amount of a rate even where nothing was used"
    if "instance" in bases:
        return "a rate for an instance"
    if price.price.mode == "graduated" and bases & {"event", "percent"}:
        return "a graduated rate for each event or of its amount"
    if price.tiers[-1].upper is not None:
        return "a rate without a last tier"
    places = (term.amount.as_tuple().exponent for own in price.terms for term in own)
    if any(isinstance(each, int) and -each > DECIMALS for each in places):
        return "a percentage off with so many decimals"
    return "a rate for so many different units" if price.common > MOST_STEPS else None
