"""Which hours of which days a time band holds, by what its text says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dsl.syntax.base import Day
from dsl.syntax.zones import BandHours, Clock, TimeBandDeclaration, Weekdays

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


def stretches(node: TimeBandDeclaration) -> tuple[Stretch, ...]:
    """Give all hours of a band, day by day."""
    return tuple(stretch for hours in node.hours for stretch in stretches_of(hours))


def shared_time(first: TimeBandDeclaration, again: TimeBandDeclaration) -> str | None:
    """Say when neither of two bands is nearer, `on Monday at 20:00`; None where there is no time.

    Both hold then by a date, or both by the day of the week: a date is nearer than that.
    """
    for ours in stretches(first):
        for theirs in stretches(again):
            minute = max(ours.start, theirs.start)
            day = _common_day(ours, theirs)
            if day is not None and minute < min(ours.end, theirs.end):
                return when(day, minute)
    return None


def _common_day(first: Stretch, again: Stretch) -> str | None:
    """Name a date, or a day of the week, that both stretches are of."""
    if (first.day, first.weekday) != (again.day, again.weekday):
        return None
    if first.day is not None:
        return first.day.isoformat()
    return None if first.weekday is None else WEEKDAYS[first.weekday].capitalize()


def uncovered_time(bands: Iterable[TimeBandDeclaration]) -> str | None:
    """Say when none of some bands holds in a week without named dates; None: always one does."""
    weekly = [each for band in bands for each in stretches(band) if each.weekday is not None]
    for weekday, name in enumerate(WEEKDAYS):
        minute = 0
        for stretch in sorted(weekly, key=lambda each: each.start):
            if stretch.weekday == weekday and stretch.start <= minute:
                minute = max(minute, stretch.end)
        if minute < MINUTES_OF_DAY:
            return when(name.capitalize(), minute)
    return None


def when(day: str, minute: int) -> str:
    """Write a time: `on Monday at 20:00`."""
    return f"on {day} at {minute // 60:02}:{minute % 60:02}"
