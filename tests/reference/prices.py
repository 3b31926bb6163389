"""What a price comes to, the obvious way: unit by unit, in fractions.

Written from the rules of docs/language.md, "Prices", and not from the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Tier:
    """A tier and what it costs; `upper` None: beyond."""

    upper: int | None
    each: Decimal = Decimal(0)
    block: tuple[int, Decimal] | None = None
    flat: Decimal | None = None
    instance: Decimal | None = None
    even_at_zero: bool = False


@dataclass(frozen=True)
class Expression:
    """A price in one currency."""

    mode: str
    tiers: tuple[Tier, ...]
    includes: int = 0
    less: Decimal = Decimal(0)
    at_most: Decimal | None = None
    at_least: Decimal | None = None


def amount_of(price: Expression, counted: int, instances: int) -> Fraction:
    """Give the amount of so many counted, of which the service itself has `instances`."""
    units = max(counted - price.includes, 0)
    places = [tier_of(price.tiers, unit) for unit in range(1, units + 1)]
    if price.mode == "volume" and places:
        places = [places[-1]] * units
    total = Fraction(0)
    for number, tier in enumerate(price.tiers):
        held = places.count(number)
        total += Fraction(tier.each) * held
        if tier.block is not None:
            size, paid = tier.block
            blocks = 0
            while blocks * size < held:
                blocks += 1
            total += Fraction(paid) * blocks
        is_first_at_zero = number == 0 and not places
        if tier.flat is not None and (held or (is_first_at_zero and tier.even_at_zero)):
            total += Fraction(tier.flat)
        if tier.instance is not None and (held or is_first_at_zero):
            total += Fraction(tier.instance) * instances
    total -= total * Fraction(price.less) / 100
    if price.at_most is not None and total > price.at_most:
        total = Fraction(price.at_most)
    if price.at_least is not None and total < price.at_least:
        total = Fraction(price.at_least)
    return total


def tier_of(tiers: Iterable[Tier], unit: int) -> int:
    """Give the place of the tier that a unit, counted from 1, lies in."""
    for number, tier in enumerate(tiers):
        if tier.upper is None or unit <= tier.upper:
            return number
    raise AssertionError("the last tier is open")


@dataclass(frozen=True)
class Version:
    """A price from a day on: for whom, and of which owner."""

    name: str
    level: str = "catalog"
    owner: str | None = None
    start: date | None = None
    audience: str = "all"


LEVELS = ("override", "price_plan", "contract", "region", "price_book", "catalog")


def version_of(
    versions: Iterable[Version],
    owners: Mapping[str, str],
    *,
    sold: date,
    period: date,
    is_first: bool,
) -> str | None:
    """Give the version that holds in the period of a sale that begins on a day.

    `owners`: whose prices hold for the account service, by level.
    """
    audiences = ("all", "new_sales", "renewals")
    for level in LEVELS:
        holding = []
        for each in versions:
            if each.level != level or (level != "catalog" and owners.get(level) != each.owner):
                continue
            day = {
                "all": period,
                "new_sales": sold,
                "renewals": date.min if is_first else period,
            }[each.audience]
            if each.start is None or each.start <= day:
                holding.append(each)
        if holding:
            last = max(
                holding, key=lambda one: (one.start or date.min, audiences.index(one.audience))
            )
            return last.name
    return None
