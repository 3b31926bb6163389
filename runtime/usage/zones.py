"""How far a zone's clocks are from UTC, stretch by stretch, so that most times need no calendar.

The engine turns a local time into an instant by its calendar, which takes longer than all
else that is read of a record.  Within a stretch in which the clocks are not changed the
answer is the local time and a constant; where the stretches begin is asked of the same
calendar once, for the years that most usage is of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from duckdb import DuckDBPyConnection

from runtime.usage import sql

_STEPS = (timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1))
"""From coarse to fine; no zone changes its clocks twice in a day, nor within a second."""


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


def local_time(connection: DuckDBPyConnection, zone: str, as_of: date) -> LocalTime:
    """Give a zone's local time, with its stretches in the year of a date and the one before."""
    if zone == "UTC":
        return LocalTime(zone)
    if (zone, as_of.year) not in _KNOWN:
        _KNOWN[zone, as_of.year] = _found(connection, zone, as_of.year)
    return _KNOWN[zone, as_of.year]


_KNOWN: dict[tuple[str, int], LocalTime] = {}
"""By zone and year; the calendar is the engine's own, the same on every connection."""


def _found(connection: DuckDBPyConnection, zone: str, year: int) -> LocalTime:
    first = datetime(max(year - 1, 1), 1, 1)  # noqa: DTZ001 - a local time
    end = datetime(min(year + 1, 9999), 1, 1)  # noqa: DTZ001 - a local time
    starts, length = [first], end - first
    for step in _STEPS:
        starts, length = _changed(connection, zone, starts, length, step), step
    changed = [start + length for start in starts]
    return LocalTime(zone, _stretches(connection, zone, [first, *changed]), end)


def _changed(
    connection: DuckDBPyConnection,
    zone: str,
    starts: list[datetime],
    length: timedelta,
    step: timedelta,
) -> list[datetime]:
    """Give the steps in which the clocks are changed, by their start, of spans of a length."""
    shift = f"{_asked(zone, 'local')} - local"
    found = connection.execute(
        f"""
        SELECT local
        FROM (SELECT local, {shift} AS shift,
                     lead({shift}) OVER (PARTITION BY start ORDER BY local) AS next_shift
              FROM (SELECT start, start + step * $step AS local
                    FROM (SELECT unnest($starts::TIMESTAMP[]) AS start) AS s,
                         range($steps + 1) AS r(step)))
        WHERE shift <> next_shift ORDER BY local
        """,
        {"starts": starts, "step": step, "steps": length // step},
    )
    return [local for (local,) in found.fetchall()]


def _stretches(
    connection: DuckDBPyConnection, zone: str, starts: list[datetime]
) -> tuple[Stretch, ...]:
    found = connection.execute(
        f"SELECT local, {_asked(zone, 'local')} - local "
        "FROM (SELECT unnest($1::TIMESTAMP[]) AS local)",
        [starts],
    )
    return tuple(Stretch(*row) for row in found.fetchall())


def _asked(zone: str, local: str) -> str:
    return f"timezone('UTC', timezone({sql.text(zone)}, {local}))"
