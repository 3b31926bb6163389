"""Plain prices: so much for a unit, and so much for an event; without tiers or bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from runtime.program.model import Program
from runtime.program.prices import Price, PriceTerm


@dataclass(frozen=True, slots=True)
class PlainPrice:
    """`amount` for each `per` steps, plus `event_amount` for each event.

    `unit` is the unit as written; `event` where only the event is priced.
    """

    amount: Decimal
    per: int
    unit: str
    event_amount: Decimal


def plain_prices(program: Program) -> Mapping[int, PlainPrice]:
    """Give the prices of a program that are plain, by their id."""
    tiers: dict[int, int] = {}
    for tier in program.price_tiers:
        tiers[tier.price] = tiers.get(tier.price, 0) + 1
    terms: dict[int, list[PriceTerm]] = {}
    for term in program.price_terms:
        terms.setdefault(term.price, []).append(term)
    found = {
        price.id: _plain(terms.get(price.id, []))
        for price in program.prices
        if tiers.get(price.id) == 1 and _is_unbounded(price)
    }
    return {own: plain for own, plain in found.items() if plain is not None}


def _is_unbounded(price: Price) -> bool:
    return (
        price.mode == "volume"
        and price.counted_by is None
        and price.includes == 0
        and price.percent_off == 0
        and price.at_most is None
        and price.at_least is None
    )


def _plain(terms: list[PriceTerm]) -> PlainPrice | None:
    shares = [term for term in terms if term.basis == "share"]
    events = [term for term in terms if term.basis == "event"]
    if len(shares) > 1 or len(events) > 1 or len(shares) + len(events) < len(terms):
        return None
    first = (shares or events)[0]
    return PlainPrice(
        amount=shares[0].amount if shares else Decimal(0),
        per=first.per,
        unit=first.unit,
        event_amount=events[0].amount if events else Decimal(0),
    )
