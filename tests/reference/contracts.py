"""What contracts charge, the obvious way: one stretch after the other, in fractions.

Written from docs/billing.md, "Minimums of contracts" and "Leaving a contract early", and not
from the engine; what was charged besides is given.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.reference.charges import round_fraction
from tests.reference.proration import weights

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Promise:
    """A minimum: of spend, or of instances that cost `amount` each; `months` None: a term."""

    months: int | None
    amount: Fraction
    instances: int = 0
    is_prepaid: bool = False


@dataclass(frozen=True)
class Held:
    """A contract in the days [start, until) of a package that ends on a day, or None: not yet."""

    start: date
    until: date | None
    term: int
    renewal: int | None
    end: date | None

    @property
    def binds_until(self) -> date:
        """The first day that it does not bind any more, whatever the package."""
        ends = [self.until or date.max]
        if self.renewal is None:
            ends.append(months_on(self.start, self.term))
        return min(ends)


@dataclass(frozen=True)
class Stretch:
    """Days [start, end) of a whole stretch to `full_end`; a charge counts to `counts_until`."""

    start: date
    end: date
    full_end: date
    counts_until: date

    @property
    def part(self) -> Fraction:
        """How much of the whole it is, by days."""
        return Fraction((self.end - self.start).days, (self.full_end - self.start).days)


def months_on(day: date, months: int) -> date:
    """Give the same day some months on, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def stretches(held: Held, months: int | None, as_of: date) -> Iterator[Stretch]:
    """Give the stretches that begin by a day, each cut where package or contract ends."""
    last = min(held.binds_until, held.end or date.max)
    gone_by = 0
    while (start := months_on(held.start, gone_by)) <= as_of and start < last:
        gone_by += months or (held.term if gone_by == 0 else held.renewal or held.term)
        end = months_on(held.start, gone_by)
        yield Stretch(start, min(end, last), end, min(end, held.binds_until))


def charged_for(
    promise: Promise,
    held: Held,
    as_of: date,
    places: int,
    spent: Sequence[tuple[date, int]],
    instances_on: Callable[[date], int],
) -> int:
    """Give what a minimum has charged by a day, in minor units, less what was drawn down.

    Args:
        spent: the day on which each charge counts, and its minor units.
        instances_on: how many instances bill on a day.
    """
    total = 0
    for each in stretches(held, promise.months, as_of):
        if each.end > as_of and not promise.is_prepaid:
            continue
        if promise.instances:
            counted_on = each.start if each.end > as_of else each.end - DAY
            short = max(promise.instances - instances_on(counted_on), 0)
            price = Fraction(round_fraction(promise.amount * each.part * 10**12, "half_up"), 10**12)
            total += round_fraction(price * short * 10**places, "half_up")
        else:
            committed = round_fraction(promise.amount * each.part * 10**places, "half_up")
            used = sum(minor for day, minor in spent if each.start <= day < each.counts_until)
            total += max(committed - max(used, 0), 0)
    return total


def term_end(held: Held, day: date) -> date:
    """Give the end of the term that a day is in, or ends."""
    months = held.term
    while (end := months_on(held.start, months)) < day and held.renewal is not None:
        months += held.renewal
    return end


@dataclass(frozen=True)
class InForce:
    """A price for a full period on a package's last day, and how its periods go on."""

    price: Fraction
    proration: str
    whole_periods: Callable[[date], tuple[date, date]]


def remaining(prices: Sequence[InForce], first: date, until: date) -> Fraction:
    """Give what prices would have come to over the days [first, until), day after day."""
    total = Fraction(0)
    for price in prices:
        day = first
        while day < until:
            start, end = price.whole_periods(day)
            if price.proration == "never":
                total += price.price if start >= first else 0
            else:
                weighed = weights(price.proration, start, end)
                days = range((max(day, start) - start).days, (min(end, until) - start).days)
                total += price.price * sum(weighed[number] for number in days) / sum(weighed)
            day = end
    return total
