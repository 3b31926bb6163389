"""How far a zone's clocks are from UTC, stretch by stretch, so that most times need no calendar.

The engine turns a local time into an instant by its calendar, which takes longer than all
else that is read of a record.  Within a stretch in which the clocks are not changed the
answer is the local time and a constant; where the stretches begin, for the years that most
usage is of, the files say by which days and periods begin.  Times of other years are asked of
the engine's calendar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from runtime.program.time_zones import changed_at, time_zone
from runtime.usage import sql

_DAY = 86_400
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Local times from `start` on, up to the next stretch, are `shift` behind UTC."""

    start: datetime
    shift: timedelta


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A zone's local time.

    Attributes:
        stretches: in their order; what is before the first is asked of the calendar.
        end: the end of the last one, exclusive; what is after it is asked of the calendar too.
    """

    zone: str
    stretches: tuple[Stretch, ...] = ()
    end: datetime = datetime.min  # noqa: DTZ901 - a local time

    def in_utc(self, local: str) -> str:
        """Give the SQL of the instant of a local time, which is the SQL of a timestamp."""
        if self.zone == "UTC":
            return local
        asked = _asked(self.zone, local)
        if not self.stretches:
            return asked
        cases = "".join(
            f" WHEN {local} >= TIMESTAMP '{each.start}' "
            f"THEN {local} + to_microseconds({each.shift // timedelta(microseconds=1)})"
            for each in reversed(self.stretches)
        )
        return f"CASE WHEN {local} >= TIMESTAMP '{self.end}' THEN {asked}{cases} ELSE {asked} END"


def local_time(zone: str, as_of: date) -> LocalTime:
    """Give a zone's local time, with its stretches in the year of a date and the one before."""
    return LocalTime(zone) if zone == "UTC" else _local_time(zone, as_of.year)


@cache
def _local_time(name: str, year: int) -> LocalTime:
    first = datetime(max(year - 1, 1), 1, 1)  # noqa: DTZ001 - a local time
    end = datetime(min(year + 1, 9999), 1, 1)  # noqa: DTZ001 - a local time
    zone = time_zone(name)
    starts = [first, *_changes(zone, first, end)]
    return LocalTime(name, tuple(Stretch(each, _shift(zone, each)) for each in starts), end)


def _changes(zone: ZoneInfo, first: datetime, end: datetime) -> Iterator[datetime]:
    """Give the local times from which on a zone's clocks have another shift."""

    def at(second: int) -> datetime:
        return first + timedelta(seconds=second)

    for begin in range(0, (end - first).days * _DAY, _DAY):
        if _shift(zone, at(begin)) != _shift(zone, at(begin + _DAY)):
            yield at(changed_at(lambda second: _shift(zone, at(second)), begin, begin + _DAY))


def _shift(zone: ZoneInfo, local: datetime) -> timedelta:
    """Give how far a local time is behind UTC.

    Of one that occurs twice it is that of the second, of one that the clocks left out that of
    before: of both the larger one.
    """
    offsets = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return -min(offset or timedelta() for offset in offsets)


def _asked(zone: str, local: str) -> str:
    return f"timezone('UTC', timezone({sql.text(zone)}, {local}))"
