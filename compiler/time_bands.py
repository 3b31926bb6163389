"""Which hours of which days a time band holds, by what its text says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dsl.syntax.base import Day
from dsl.syntax.zones import BandHours, Clock, Weekdays

MINUTES_OF_DAY = 24 * 60

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_GROUPS = {"daily": range(7), "weekdays": range(5), "weekends": range(5, 7)}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Minutes `[start, end)` of a day: of each week's (0: Monday), or of one date."""

    weekday: int | None
    day: date | None
    start: int
    end: int


def minute_of(clock: Clock) -> int | None:
    """Give the minute of the day that a time is; None where no clock shows it."""
    if clock.minute >= 60:
        return None
    minute = clock.hour * 60 + clock.minute
    return minute if minute <= MINUTES_OF_DAY else None


def weekdays_of(node: Weekdays) -> tuple[int, ...]:
    """Give the days of the week that are named, from 0, Monday; a range may pass Sunday."""
    first = node.first.text
    if first in _GROUPS:
        return tuple(_GROUPS[first])
    start = WEEKDAYS.index(first)
    end = start if node.last is None else WEEKDAYS.index(node.last.text)
    return tuple((start + step) % 7 for step in range((end - start) % 7 + 1))


def bounds_of(node: BandHours) -> tuple[int, int] | None:
    """Give the first minute and the one behind the last, past MINUTES_OF_DAY over midnight.

    None where one of the two is no time, or there is no minute between them.
    """
    if node.hours is None:
        return 0, MINUTES_OF_DAY
    start, end = minute_of(node.hours.start), minute_of(node.hours.end)
    if start is None or end is None or start in {end, MINUTES_OF_DAY}:
        return None
    return start, end if end > start else end + MINUTES_OF_DAY


def stretches_of(node: BandHours) -> Iterator[Stretch]:
    """Give the hours of one entry day by day, split at midnight."""
    bounds = bounds_of(node)
    if bounds is None:
        return
    start, end = bounds
    over = end - MINUTES_OF_DAY
    if isinstance(node.days, Day):
        day = node.days.value
        yield Stretch(None, day, start, min(end, MINUTES_OF_DAY))
        if over > 0 and day < date.max:
            yield Stretch(None, day + timedelta(days=1), 0, over)
        return
    for weekday in weekdays_of(node.days):
        yield Stretch(weekday, None, start, min(end, MINUTES_OF_DAY))
        if over > 0:
            yield Stretch((weekday + 1) % 7, None, 0, over)


def overlap(first: BandHours, again: BandHours) -> str | None:
    """Say on which day and at what time two entries both hold; None where they never do.

    Compared are the hours of the day an entry names, from there over midnight, and dates
    with dates only.
    """
    ours, theirs = bounds_of(first), bounds_of(again)
    if ours is None or theirs is None:
        return None
    minute = max(ours[0], theirs[0])
    if minute >= min(ours[1], theirs[1]):
        return None
    day = _shared_day(first, again)
    return None if day is None else f"{day} {minute // 60 % 24:02}:{minute % 60:02}"


def _shared_day(first: BandHours, again: BandHours) -> str | None:
    """Name the first day that both entries name."""
    if isinstance(first.days, Day) and isinstance(again.days, Day):
        same = first.days.value == again.days.value
        return first.days.value.isoformat() if same else None
    if isinstance(first.days, Day) or isinstance(again.days, Day):
        return None
    shared = sorted(set(weekdays_of(first.days)) & set(weekdays_of(again.days)))
    return WEEKDAYS[shared[0]].capitalize() if shared else None
