"""Charges the obvious way: one day at a time, in fractions.

Written from the rules of docs/billing.md and not from the engine: what a day costs is what
its cumulative rounding adds, and what is due is what each day should cost less what the days
of posted lines cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

from runtime.program.model import Rounding
from tests.reference.proration import weights


@dataclass(frozen=True)
class Frame:
    """A billing period of an account service: [full_start, full_end)."""

    account_service: str
    full_start: date
    full_end: date

    @property
    def days(self) -> int:
        return (self.full_end - self.full_start).days


@dataclass(frozen=True)
class State:
    """What sets a day's price: the status, its price for a full period, and the quantity.

    And how the parts of the period are counted.
    """

    status: str
    unit_price: Decimal
    quantity: int
    proration: str = "days"


@dataclass(frozen=True)
class Stretch:
    """A line: a state over the days [start, end) of a frame; a credit takes it back."""

    frame: Frame
    state: State
    start: date
    end: date
    minor: int
    is_credit: bool = False


def round_fraction(value: Fraction, rounding: Rounding) -> int:
    """Round to a whole number; half up away from zero, or half to even."""
    whole, rest = divmod(abs(value), 1)
    half = Fraction(1, 2)
    if rest > half or (rest == half and (rounding == "half_up" or whole % 2 == 1)):
        whole += 1
    return int(whole) if value >= 0 else -int(whole)


def day_costs(frame: Frame, state: State, minor_units: int, rounding: Rounding) -> dict[date, int]:
    """Give what each day of a frame costs in a state, in minor units."""
    full = Fraction(state.unit_price) * state.quantity * 10**minor_units
    weighed = weights(state.proration, frame.full_start, frame.full_end)
    costs, before = {}, 0
    for day, gone in enumerate(accumulate(weighed)):
        after = round_fraction(full * gone / sum(weighed), rounding)
        costs[frame.full_start + timedelta(days=day)] = after - before
        before = after
    return costs


def days_between(start: date, end: date) -> Iterable[date]:
    """Give the days of [start, end)."""
    return (start + timedelta(days=day) for day in range((end - start).days))


def target_days(
    statuses: Mapping[date, str],
    frame: Frame,
    prices: Mapping[str, Decimal],
    quantity: int,
    proration: str = "days",
) -> dict[date, State]:
    """Give the state of each day of a frame that has one.

    A frame that is never prorated is in the state of its first such day, from end to end.
    """
    days = tuple(days_between(frame.full_start, frame.full_end))
    states = {
        day: State(statuses[day], prices[statuses[day]], quantity, proration)
        for day in days
        if day in statuses and statuses[day] in prices
    }
    if proration == "never" and states:
        return dict.fromkeys(days, states[min(states)])
    return states


def total(states: Mapping[date, State], frame: Frame, minor_units: int, rounding: Rounding) -> int:
    """Give what the days of a frame cost together."""
    return sum(day_costs(frame, state, minor_units, rounding)[day] for day, state in states.items())


def posted_days(lines: Iterable[Stretch]) -> dict[tuple[Frame, date], State]:
    """Give the state in which each day stands posted: charged, and not taken back."""
    standing: dict[tuple[Frame, date], list[State]] = {}
    for line in lines:
        for day in days_between(line.start, line.end):
            states = standing.setdefault((line.frame, day), [])
            if line.is_credit:
                states.remove(line.state)
            else:
                states.append(line.state)
    twice = [key for key, states in standing.items() if len(states) > 1]
    assert not twice, f"charged more than once: {twice}"
    return {key: states[0] for key, states in standing.items() if states}
