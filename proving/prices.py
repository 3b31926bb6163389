"""What a service costs under whom: the program's prices, as guards and coverage ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from runtime.charges.tier_prices import CountedPrice, counted_prices
from runtime.program.model import Program
from runtime.program.prices import OneTimePrice, RecurringPrice
from runtime.program.terms import Level

Owner = tuple[Level, str | None]
"""Whose prices: the catalog's, or a contract's, a region's, a price book's, a price plan's."""

CATALOG: Owner = ("catalog", None)


@dataclass(frozen=True, slots=True)
class Key:
    """What a price is for; months and status None: charged once, when sold."""

    service: str
    months: int | None
    status: str | None
    currency: str


@dataclass(frozen=True, slots=True)
class Priced:
    """A price in force, and the line of the catalog that sets it."""

    price: CountedPrice
    source: int


@dataclass(frozen=True, slots=True)
class PriceSheet:
    """All prices of services, by owner and by what they are for, the versions in order."""

    rows: Mapping[Owner, Mapping[Key, tuple[tuple[date | None, Priced], ...]]]

    def owners(self) -> tuple[Owner, ...]:
        """Give whose prices there are, the catalog's first."""
        return tuple(self.rows)

    def asked(self) -> tuple[Key, ...]:
        """Give what there are prices for, whoever sets them."""
        return tuple(dict.fromkeys(key for rows in self.rows.values() for key in rows))

    def at(self, owner: Owner, key: Key, day: date | None) -> Priced | None:
        """Give the price under an owner on a day: its own, else the catalog's; None: neither.

        `day` None: before every version.
        """
        for own in dict.fromkeys((owner, CATALOG)):
            versions = self.rows.get(own, {}).get(key, ())
            held = [price for start, price in versions if start is None or (day and start <= day)]
            if held:
                return held[-1]
        return None

    def days(self, owner: Owner, service: str) -> tuple[date | None, ...]:
        """Give the days on which a price of a service changes under an owner, `None` first."""
        starts = {
            start
            for own in (owner, CATALOG)
            for key, versions in self.rows.get(own, {}).items()
            if key.service == service
            for start, _ in versions
            if start is not None
        }
        return (None, *sorted(starts))


def price_sheet(program: Program) -> PriceSheet:
    """Give the recurring and one-time prices of a program."""
    rows: list[RecurringPrice | OneTimePrice]
    rows = [*program.recurring_prices, *program.one_time_prices]
    prices = counted_prices(program, [row.price for row in rows])
    found: dict[Owner, dict[Key, list[tuple[date | None, Priced]]]] = {CATALOG: {}}
    for row in rows:
        versions = found.setdefault((row.level, row.owner), {}).setdefault(_key(row), [])
        versions.append((row.start, Priced(prices[row.price], row.source)))
    return PriceSheet(
        {
            owner: {key: tuple(sorted(each, key=_start)) for key, each in keys.items()}
            for owner, keys in found.items()
        }
    )


def quantities(prices: Iterable[CountedPrice]) -> Iterator[int]:
    """Give the quantities at which prices turn: 1, and each bound and one more."""
    bounds = {tier.upper for price in prices for tier, _ in price.tiers if tier.upper is not None}
    included = {price.price.includes for price in prices}
    asked = {1, *bounds, *(bound + 1 for bound in bounds), *(each + 1 for each in included)}
    yield from sorted(asked)


def _key(row: RecurringPrice | OneTimePrice) -> Key:
    if isinstance(row, RecurringPrice):
        return Key(row.service, row.months, row.status, row.currency)
    return Key(row.service, None, None, row.currency)


def _start(version: tuple[date | None, Priced]) -> date:
    return version[0] or date.min
