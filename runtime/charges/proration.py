"""How much of a billing period has gone by at the start of a day, as its package counts it.

A charge keeps its proration in words, so that a later run takes back what was posted by the
measure it was posted with: `days`, `fixed_30`, `thirty_360`, `never`, or `seconds` and the
time zone, `seconds America/Toronto`.  The part of a period is `gone by at the day / gone by at
the period's end`; it never falls, and is whole at the end.

| proration | gone by at the start of a day |
| --- | --- |
| days, never | days since the period's start |
| seconds | seconds since the period's start, from midnight to midnight in the time zone |
| fixed_30 | 30 for each month on, and the difference of the days of the month; at most 30 a month |
| thirty_360 | the same, the last day of each month and the 31st counting as the 30th |

A period that is prorated `never` is one stretch, from its start to its end.  The same rules
stand here twice, as a function and as SQL; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from duckdb import DuckDBPyConnection

from runtime.calendar import day_start_instant
from runtime.engine import fill_table
from runtime.tables import OPEN_DAY

SECONDS = "seconds "
"""What a proration by seconds begins with, before its time zone."""

DAYS_OF_MONTH = 30

WEIGHTLESS = frozenset({"fixed_30", "thirty_360"})
"""Those by which a day may weigh nothing, as a 31st."""

_BY_CALENDAR = frozenset({"days", "never"})


def is_by_seconds(proration: str) -> bool:
    """Tell a proration by seconds."""
    return proration.startswith(SECONDS)


def gone_by(proration: str, full_start: date, full_end: date, day: date) -> int:
    """Give how much of the period `[full_start, full_end)` has gone by at the start of a day."""
    if is_by_seconds(proration):
        zone = proration.removeprefix(SECONDS)
        elapsed = day_start_instant(day, zone) - day_start_instant(full_start, zone)
        return int(elapsed.total_seconds())
    if proration == "fixed_30":
        whole = DAYS_OF_MONTH * _months(full_start, full_end)
        if day >= full_end:
            return whole
        part = DAYS_OF_MONTH * _months(full_start, day) + day.day - full_start.day
        return min(part, whole)
    if proration == "thirty_360":
        return _thirtieths(day) - _thirtieths(full_start)
    return (day - full_start).days


def part_of(
    proration: str | None, full: tuple[date, date], stretch: tuple[date, date]
) -> tuple[int, int, int]:
    """Give where a stretch of a full period begins and ends, and how long the period is.

    All as the proration counts it; None counts days.
    """
    start, end = full
    first, until = stretch
    by = proration or "days"
    return (
        gone_by(by, start, end, first),
        gone_by(by, start, end, until),
        gone_by(by, start, end, end),
    )


def _months(first: date, other: date) -> int:
    return (other.year - first.year) * 12 + other.month - first.month


def _thirtieths(day: date) -> int:
    """Count days of years that have 360."""
    is_last = (day + timedelta(days=1)).month != day.month
    return DAYS_OF_MONTH * (12 * day.year + day.month) + (
        DAYS_OF_MONTH if is_last else min(day.day, DAYS_OF_MONTH)
    )


def gone_by_sql(day: str, prorations: Collection[str]) -> str:
    """Give SQL for `gone_by`, over the columns proration, full_start and full_end.

    `prorations`: those that can come up; where all count days, so does the SQL, and nothing
    else.  Seconds are read from charge.day_seconds.
    """
    plain = f"date_diff('day', full_start, {day})"
    whens = []
    if "fixed_30" in prorations:
        whole = f"{DAYS_OF_MONTH} * date_diff('month', full_start, full_end)"
        part = (
            f"{DAYS_OF_MONTH} * date_diff('month', full_start, {day}) "
            f"+ day({day}) - day(full_start)"
        )
        whens.append(
            "WHEN proration = 'fixed_30' THEN "
            f"CASE WHEN {day} >= full_end THEN {whole} ELSE least({part}, {whole}) END"
        )
    if "thirty_360" in prorations:
        whens.append(
            "WHEN proration = 'thirty_360' THEN "
            f"{_thirtieths_sql(day)} - {_thirtieths_sql('full_start')}"
        )
    if any(is_by_seconds(each) for each in prorations):
        elapsed = f"{_second_sql(day)} - {_second_sql('full_start')}"
        whens.append(f"WHEN proration LIKE '{SECONDS}%' THEN {elapsed}")
    return f"CASE {' '.join(whens)} ELSE {plain} END" if whens else plain


def counted_days_sql(first: str, end: str, prorations: Collection[str]) -> str:
    """Give SQL for the days of [first, end) as an invoice counts them."""
    counted = [each for each in prorations if not is_by_seconds(each)]
    if _BY_CALENDAR.issuperset(counted):
        return f"date_diff('day', {first}, {end})"
    return f"({gone_by_sql(end, counted)}) - ({gone_by_sql(first, counted)})"


def make_day_seconds(connection: DuckDBPyConnection, prorations: Collection[str]) -> None:
    """Make charge.day_seconds: the second at which each day that can count begins.

    Those are the days on which periods, statuses, quantities and posted lines begin or end.
    """
    zones = sorted(each for each in prorations if is_by_seconds(each))
    days: list[date] = []
    if zones:
        days = [
            day
            for (day,) in connection.execute(f"""
                SELECT DISTINCT unnest([period_start, period_end, full_start, full_end]) AS day
                FROM (
                  SELECT period_start, period_end, full_start, full_end
                  FROM subscription.periods
                  UNION ALL
                  SELECT period_start, period_end, full_start, full_end
                  FROM charge.posted
                  WHERE proration LIKE '{SECONDS}%'
                  UNION ALL
                  SELECT from_day, until_day, NULL, NULL FROM subscription.timeline
                  UNION ALL
                  SELECT from_day, until_day, NULL, NULL FROM subscription.quantities
                )
                ORDER BY day
            """).fetchall()
            if day is not None and day < OPEN_DAY
        ]
    fill_table(
        connection,
        "charge.day_seconds",
        {"zone": "VARCHAR", "midnight": "DATE", "second": "BIGINT"},
        [
            (zone, day, int(day_start_instant(day, zone.removeprefix(SECONDS)).timestamp()))
            for zone in zones
            for day in days
        ],
    )


def prorations_of(connection: DuckDBPyConnection) -> tuple[str, ...]:
    """Give the prorations of the account services and of what was posted."""
    rows = connection.execute("""
        SELECT DISTINCT proration FROM subscription.account_services
        UNION
        SELECT DISTINCT proration FROM charge.posted WHERE kind IN ('recurring', 'discount')
        ORDER BY 1
    """).fetchall()
    return tuple(proration for (proration,) in rows if proration is not None)


def _second_sql(day: str) -> str:
    return (
        "(SELECT q.second FROM charge.day_seconds AS q "
        f"WHERE q.zone = proration AND q.midnight = {day})"
    )


def _thirtieths_sql(day: str) -> str:
    in_month = (
        f"CASE WHEN {day} = last_day({day}) THEN {DAYS_OF_MONTH} "
        f"ELSE least(day({day}), {DAYS_OF_MONTH}) END"
    )
    return f"({DAYS_OF_MONTH} * (12 * year({day}) + month({day})) + {in_month})"
