"""What each day of a billing period weighs, one day after the other.

Written from the table of docs/billing.md and not from the engine.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from runtime.program.time_zones import time_zone

DAY = timedelta(days=1)


def weights(proration: str, start: date, end: date) -> list[int]:
    """Give the weight of each day of [start, end); together they are the whole period."""
    days = [start + number * DAY for number in range((end - start).days)]
    if proration.startswith("seconds "):
        return [_seconds(day, time_zone(proration.removeprefix("seconds "))) for day in days]
    if proration == "thirty_360":
        return [_thirtieths(day) for day in days]
    if proration == "fixed_30":
        return _fixed(days, end)
    return [1] * len(days)


def _seconds(day: date, zone: ZoneInfo) -> int:
    """Count the seconds from midnight to midnight; no zone of the tests skips a midnight."""
    first, last = (datetime.combine(each, time(), zone).timestamp() for each in (day, day + DAY))
    return round(last - first)


def _thirtieths(day: date) -> int:
    """A month's days are its 1st to its 30th; its last day is the 30th, whatever its number."""
    after = day + DAY
    if after.day == 1:
        return 1
    is_last = (after + DAY).day == 1
    return (30 if is_last else min(after.day, 30)) - min(day.day, 30)


def _fixed(days: list[date], end: date) -> list[int]:
    """A day weighs one, the last of a month what is left of its 30; the period's last the rest.

    Not more than 30 for each month of the period go by before its last day.
    """
    months = (end.year - days[0].year) * 12 + end.month - days[0].month
    left, found = 30 * months, []
    for day in days[:-1]:
        weight = 31 - day.day if (day + DAY).day == 1 else 1
        found.append(min(weight, left))
        left -= found[-1]
    return [*found, left]
