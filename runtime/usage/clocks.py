"""What the clocks of accounts show at the instants of events.

The calendar in the engine is not asked for it: it may know of other changes of the clocks
than `runtime.calendar`, which says when days and periods begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from runtime.program.time_zones import changed_at, time_zone

Longs = NDArray[np.int64]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""Clocks are asked between them, as what they show beyond may be no time that Python has."""

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND


def on_clocks(names: Sequence[str], zone: Longs, instant: Longs) -> Longs:
    """Give what the clock of each instant's time zone shows, in microseconds since 1970.

    Args:
        names: of time zones.
        zone: which of the names is an instant's.
        instant: in microseconds since 1970 in UTC.
    """
    shown = instant.copy()
    for number, name in enumerate(names):
        own = np.flatnonzero(zone == number)
        if len(own):
            shown[own] += _shifts(time_zone(name), instant[own])
    return shown


def _shifts(zone: ZoneInfo, instant: Longs) -> Longs:
    """Give how far the clocks are from UTC at each instant; asked at both ends of its day."""
    days, place = np.unique(instant // _DAY, return_inverse=True)
    changes = np.array([_change(zone, day * _DAY) for day in days.tolist()], np.int64)
    before, change, behind = changes[place].T
    shifts: Longs = np.where(instant < change, before, behind)
    return shifts


def _change(zone: ZoneInfo, start: int) -> tuple[int, int, int]:
    """Give how far clocks are from UTC as a day starts, until when, and how far from then on."""
    end = start + _DAY
    before, behind = _shift(zone, start), _shift(zone, end)
    if before != behind:
        seconds = (start // _SECOND, end // _SECOND)
        end = _SECOND * changed_at(lambda second: _shift(zone, second * _SECOND), *seconds)
    return before, end, behind


def _shift(zone: ZoneInfo, instant: int) -> int:
    asked = min(max(_EPOCH + timedelta(microseconds=instant), _FIRST), _LAST)
    return (asked.astimezone(zone).utcoffset() or timedelta()) // timedelta(microseconds=1)
