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

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.program.model import Program
from runtime.program.zones import TimeBandHours
from runtime.usage import sql
from runtime.usage.clocks import on_clocks

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_SECOND, _MINUTE = 1_000_000, 60_000_000
_WHOLE_MINUTES = 315_532_800_000_000
"""1980, since when all clocks differ from UTC by whole minutes."""

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


def find_bands(
    connection: DuckDBPyConnection, program: Program, segment: Ints, instant: Longs
) -> Ints:
    """Give the set of bands in which each event starts; none where all are in NO_BANDS.

    Args:
        connection: where usage.band_slots and usage.segments are.
        program: whose rates ask for bands, or for none.
        segment: of an event; a negative one is none.
        instant: in microseconds since 1970 in UTC.

    An instant is looked up once for each time zone: by the minute, as clocks differ by whole
    minutes, or by the second, where an event is of a time when they did not.
    """
    if not asked_bands(program) or not len(segment):
        return np.zeros(0, np.int32)
    zones = connection.execute(
        "SELECT dense_rank() OVER (ORDER BY z.timezone) - 1 AS zone, z.timezone "
        "FROM usage.segments AS s "
        "JOIN usage.service_kinds AS z ON z.account_service = s.account_service "
        "ORDER BY s.segment"
    ).fetchnumpy()
    zone = np.append(np.asarray(zones["zone"], np.int64), 0)[segment]
    step = _MINUTE if instant.min(initial=_WHOLE_MINUTES) >= _WHOLE_MINUTES else _SECOND
    unit = instant // step
    first = int(unit.min(initial=0))
    room = int(unit.max(initial=0)) - first + 1
    wanted, place = np.unique(zone * room + (unit - first), return_inverse=True)
    names = sorted(set(zones["timezone"].tolist()))
    shown = on_clocks(names, wanted // room, (wanted % room + first) * step)
    table = pa.table({"place": np.arange(len(wanted)), "shown": shown})
    connection.register("usage_starts", table)
    try:
        found = connection.execute(f"""
            SELECT e.place, coalesce(b.band_set, {NO_BANDS})::INTEGER AS band_set
            FROM usage_starts AS e
            ASOF LEFT JOIN usage.band_slots AS b
              ON make_timestamp(e.shown) >= b.local_start
            ORDER BY e.place
        """).fetchnumpy()["band_set"]
    finally:
        connection.unregister("usage_starts")
    return np.asarray(found, np.int32)[place]
