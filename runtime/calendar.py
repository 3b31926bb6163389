"""Bill days, billing periods and the instants days begin at.

A bill day of 29, 30 or 31 falls on the last day of a shorter month, and on itself again in
the next.  Boundaries are counted from the anchor, never from one another, so the day does
not drift.  The same rules stand here twice: as functions of dates, and as SQL for a whole
book at once; a test holds the two together.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from duckdb import DuckDBPyConnection

from runtime.engine import fill_table
from runtime.program.time_zones import time_zone


@dataclass(frozen=True, slots=True)
class Period:
    """The held part `[start, end)` of the whole period `[full_start, full_end)`."""

    start: date
    end: date
    full_start: date
    full_end: date


def clamped(year: int, month: int, bill_day: int) -> date:
    """Give the bill day in a month: the month's last day where the month is shorter."""
    return date(year, month, min(bill_day, calendar.monthrange(year, month)[1]))


def first_bill_day(day: date, bill_day: int) -> date:
    """Give the first bill day on or after a day."""
    here = clamped(day.year, day.month, bill_day)
    return here if here >= day else boundary(here, bill_day, 1, 1)


def boundary(anchor: date, bill_day: int, months: int, count: int) -> date:
    """Give the start of the period `count` periods of N months after the anchor's own.

    A negative count goes back: the full period of a first partial one starts at -1.
    """
    years, month = divmod(anchor.year * 12 + anchor.month - 1 + count * months, 12)
    return clamped(years, month + 1, bill_day)


def full_periods(
    anchor: date, bill_day: int, months: int, first: int = 0
) -> Iterator[tuple[date, date]]:
    """Yield the whole periods from the one that starts `first` periods after the anchor, on."""
    start = boundary(anchor, bill_day, months, first)
    count = first
    while True:
        count += 1
        end = boundary(anchor, bill_day, months, count)
        yield start, end
        start = end


def periods(start: date, end: date, anchor: date, bill_day: int, months: int) -> Iterator[Period]:
    """Yield the periods that tile `[start, end)`, the partial ones at its ends clipped.

    `start` is before the anchor (by less than N months) or not; the anchor is a bill day.
    """
    for full_start, full_end in full_periods(anchor, bill_day, months, first=-1):
        if full_start >= end:
            return
        if full_end > start:
            yield Period(max(full_start, start), min(full_end, end), full_start, full_end)


def day_start_instant(day: date, timezone: str) -> datetime:
    """Give the instant, in UTC, at which a day begins in an IANA time zone.

    Where the clock is put forward over midnight, it is the moment of the change; where it
    is put back over it, the first midnight.  A day that a zone left out has no length.
    """
    zone = time_zone(timezone)
    midnight = datetime.combine(day, time(), zone)
    early = midnight.replace(fold=1).astimezone(UTC)
    late = midnight.astimezone(UTC)
    if early >= late:
        return late
    # Midnight does not exist: the clock jumps somewhere in (early, late].
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) // 2).replace(microsecond=0)
        if middle.astimezone(zone).date() >= day:
            late = middle
        else:
            early = middle
    return late


def first_bill_day_sql(day: str, bill_day: str) -> str:
    """Give SQL for `first_bill_day` of two column expressions."""
    here = _clamped_sql(f"CAST(date_trunc('month', {day}) AS DATE)", bill_day)
    month_on = f"CAST(date_trunc('month', {day}) + INTERVAL 1 MONTH AS DATE)"
    return f"CASE WHEN {here} >= {day} THEN {here} ELSE {_clamped_sql(month_on, bill_day)} END"


def make_full_periods(connection: DuckDBPyConnection, keys: str, name: str, until: date) -> None:
    """Make table `name` of the whole periods of each key that begin by `until`.

    Args:
        connection: where both tables are.
        keys: a table of distinct (bill_day, anchor_day, months).
        name: the table made: the key, full_start, full_end; the period before the anchor,
            which a first partial period is part of, comes with it.
        until: the last day a period may begin on.
    """
    earliest = connection.execute(f"SELECT min(anchor_day), max(months) FROM {keys}").fetchone()
    assert earliest is not None
    anchor, months = earliest
    first = until if anchor is None else min(anchor, until)
    _make_months(connection, f"{name}_months", first, until, 1 if months is None else months)
    month = "{0}.first_day + least(k.bill_day, {0}.days) - 1"
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {name} AS
        SELECT k.bill_day, k.anchor_day, k.months,
          CAST({month.format("s")} AS DATE) AS full_start,
          CAST({month.format("e")} AS DATE) AS full_end
        FROM {keys} k
        JOIN {name}_months a ON a.first_day = CAST(date_trunc('month', k.anchor_day) AS DATE)
        JOIN {name}_months s
          ON s.number >= a.number - k.months AND (s.number - a.number) % k.months = 0
        JOIN {name}_months e ON e.number = s.number + k.months
        WHERE {month.format("s")} <= DATE '{until}' OR s.number < a.number
        """
    )
    connection.execute(f"DROP TABLE {name}_months")


def make_day_instants(connection: DuckDBPyConnection, keys: str, name: str) -> None:
    """Make table `name` (timezone, day, instant) for a table of distinct (timezone, day)."""
    rows = connection.execute(
        f"SELECT timezone, day FROM {keys} WHERE day IS NOT NULL ORDER BY timezone, day"
    ).fetchall()
    instants = [
        (zone, day, day_start_instant(day, zone).replace(tzinfo=None)) for zone, day in rows
    ]
    columns = {"timezone": "VARCHAR", "day": "DATE", "instant": "TIMESTAMP"}
    fill_table(connection, name, columns, instants)


def _clamped_sql(first_of_month: str, bill_day: str) -> str:
    days = f"day(last_day({first_of_month}))"
    return f"CAST({first_of_month} + CAST(least({bill_day}, {days}) - 1 AS INTEGER) AS DATE)"


def _make_months(
    connection: DuckDBPyConnection, name: str, first: date, last: date, months: int
) -> None:
    """Make a table of the months from N before `first`'s to N after `last`'s."""
    start = first.year * 12 + first.month - 1 - months
    stop = last.year * 12 + last.month - 1 + months
    rows = []
    for number in range(start, stop + 1):
        year, month = divmod(number, 12)
        rows.append((number, date(year, month + 1, 1), calendar.monthrange(year, month + 1)[1]))
    columns = {"number": "INTEGER", "first_day": "DATE", "days": "INTEGER"}
    fill_table(connection, name, columns, rows)
