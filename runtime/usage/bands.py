"""Which time bands hold when, on the clocks of accounts.

Only bands that rates ask for are looked at.  They cut the clock into slots; all slots in which
the same bands hold are one set, by its number, and a rate is looked up once a set.  An event is
in the slot of the time that the account's clock shows at its start: an hour that comes twice, as
clocks go back, is twice in the same slot.  A band may hold by a date or by a day of the week, and
a set tells which, as a row for a date comes before one for the week.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from duckdb import DuckDBPyConnection

from runtime.program.model import Program
from runtime.program.zones import TimeBandHours
from runtime.usage import sql

Held = frozenset[tuple[str, bool]]
"""The bands that hold, each with whether a date makes it hold."""

NO_BANDS = 0
"""The number of the set in which no band holds."""


def asked_bands(program: Program) -> tuple[str, ...]:
    """Give the bands that rates ask for, sorted."""
    return tuple(sorted({rate.band for rate in program.rates if rate.band is not None}))


def make_bands(connection: DuckDBPyConnection, program: Program) -> None:
    """Make usage.band_sets, usage.band_set_numbers and usage.band_slots.

    usage.band_sets: (band_set, band) -> is_dated, whether it holds by a date.
    usage.band_slots: from which local time on which set holds, over all usage periods.
    """
    asked = asked_bands(program)
    hours = [each for each in program.time_band_hours if each.band in asked]
    numbers: dict[Held, int] = {frozenset(): NO_BANDS}
    slots: list[tuple[str, int]] = []
    for start, held in _slots(connection, hours) if asked else ():
        slots.append((start.isoformat(sep=" "), numbers.setdefault(held, len(numbers))))
    sql.make_table(
        connection,
        "band_set_numbers",
        {"band_set": "INTEGER"},
        [(number,) for number in numbers.values()],
    )
    sql.make_table(
        connection,
        "band_sets",
        {"band_set": "INTEGER", "band": "VARCHAR", "is_dated": "BOOLEAN"},
        [(number, *each) for held, number in numbers.items() for each in sorted(held)],
    )
    sql.make_table(
        connection, "band_slots", {"local_start": "TIMESTAMP", "band_set": "INTEGER"}, slots
    )


def _slots(
    connection: DuckDBPyConnection, hours: list[TimeBandHours]
) -> Iterator[tuple[datetime, Held]]:
    """Give each time from which another set of bands holds, from before all usage periods on."""
    ((first, last),) = connection.execute(
        "SELECT min(period_start), max(period_end) FROM subscription.usage_periods"
    ).fetchall()
    if first is None:
        return
    weekly: dict[int, Mapping[int, Held]] = {}
    dates = {each.day for each in hours if each.day is not None}
    before: Held | None = None
    for offset in range(-1, (last - first).days + 2):
        day = first + timedelta(days=offset)
        weekday = day.weekday()
        if day in dates:
            changes = _changes(hours, day)
        else:
            changes = weekly.setdefault(weekday, _changes(hours, day))
        for minute, held in changes.items():
            if held != before:
                before = held
                yield datetime.combine(day, time()) + timedelta(minutes=minute), held


def _changes(hours: list[TimeBandHours], day: date) -> Mapping[int, Held]:
    """Give the minutes of a day at which the bands that hold may change, and which do then."""
    own = [each for each in hours if each.day == day or each.weekday == day.weekday()]
    minutes = sorted({0, *(each.start for each in own), *(each.end for each in own)} - {24 * 60})
    found: dict[int, Held] = {}
    for minute in minutes:
        now = [each for each in own if each.start <= minute < each.end]
        dated = {each.band for each in now if each.day is not None}
        found[minute] = frozenset((each.band, each.band in dated) for each in now)
    return found


def band_join(program: Program) -> tuple[str, str]:
    """Give the joins that find the slot of events e in segments s, and SQL for its set."""
    if not asked_bands(program):
        return "", str(NO_BANDS)
    local = "timezone(z.timezone, timezone('UTC', e.instant))"
    join = (
        "LEFT JOIN usage.service_kinds AS z ON z.account_service = s.account_service "
        f"ASOF LEFT JOIN usage.band_slots AS b ON {local} >= b.local_start "
    )
    return join, f"coalesce(b.band_set, {NO_BANDS})"
