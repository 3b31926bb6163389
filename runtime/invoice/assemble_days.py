"""This run's rated usage by day, for the usage detail of invoices.

Reads what runtime.usage leaves of its events (usage.tied, usage.prices, usage.periods): the
one place outside that stage which does, since the detail is of events and not of lines.
The day is the account's own; every time zone's days begin on a quarter of an hour.
"""

from __future__ import annotations

from datetime import date, timedelta

from duckdb import DuckDBPyConnection

from runtime.calendar import make_day_instants
from runtime.engine import fill_table
from runtime.usage.dispositions import Reason

_QUARTER = 15 * 60 * 1_000_000
"""Microseconds; instants are divided in whole numbers, a second's fraction never rounds up."""

DAYS = {
    "account_service": "VARCHAR",
    "day": "DATE",
    "usage_class": "VARCHAR",
    "events": "BIGINT",
    "quantity": "HUGEINT",
}


def make_usage_days(connection: DuckDBPyConnection, as_of: date) -> None:
    """Make charge.usage_days of the evaluated usage periods that ended by `as_of`."""
    fill_table(connection, "charge.usage_days", DAYS, [])
    span = connection.execute(
        "SELECT min(period_start), max(period_end) FROM rated.evaluated WHERE period_end <= ?",
        [as_of],
    ).fetchone()
    if span is None or span[0] is None:
        return
    _make_local_days(connection, *span)
    connection.execute(
        f"""
        INSERT INTO charge.usage_days
        WITH quarters AS (
          SELECT t.period, t.price, epoch_us(t.instant) // {_QUARTER} AS quarter,
                 count(*) AS events, sum(t.quantity) AS quantity
          FROM usage.tied AS t
          JOIN usage.periods AS p ON p.period = t.period
          WHERE t.reason = {Reason.RATED:d} AND p.period_end <= ?
          GROUP BY ALL
        ),
        placed AS (
          SELECT p.account_service, s.timezone, q.quarter, c.usage_class, q.events, q.quantity
          FROM quarters AS q
          JOIN usage.periods AS p ON p.period = q.period
          JOIN usage.prices AS c ON c.price = q.price
          JOIN subscription.account_services AS s ON s.account_service = p.account_service
        ),
        dated AS (
          SELECT k.timezone, k.quarter, d.day
          FROM (SELECT DISTINCT timezone, quarter FROM placed) AS k
          JOIN charge.local_days AS d
            ON d.timezone = k.timezone
           AND d.first_quarter <= k.quarter AND k.quarter < d.next_quarter
        )
        SELECT p.account_service, d.day, p.usage_class, sum(p.events), sum(p.quantity)
        FROM placed AS p
        JOIN dated AS d ON d.timezone = p.timezone AND d.quarter = p.quarter
        GROUP BY p.account_service, d.day, p.usage_class
        """,
        [as_of],
    )
    connection.execute("DROP TABLE charge.local_days")


def _make_local_days(connection: DuckDBPyConnection, first: date, end: date) -> None:
    """Make charge.local_days: which quarters of an hour, from 1970 in UTC, a zone's day has."""
    days = [(first + timedelta(days=day),) for day in range((end - first).days + 1)]
    fill_table(connection, "charge.days", {"day": "DATE"}, days)
    connection.execute("""
        CREATE OR REPLACE TABLE charge.zone_days AS
        SELECT DISTINCT s.timezone, d.day
        FROM subscription.account_services AS s
        CROSS JOIN charge.days AS d
    """)
    make_day_instants(connection, "charge.zone_days", "charge.day_instants")
    connection.execute(f"""
        CREATE OR REPLACE TABLE charge.local_days AS
        SELECT timezone, day, epoch_us(instant) // {_QUARTER} AS first_quarter,
               lead(epoch_us(instant) // {_QUARTER}) OVER (PARTITION BY timezone ORDER BY day)
                 AS next_quarter
        FROM charge.day_instants
    """)
    for table in ("days", "zone_days", "day_instants"):
        connection.execute(f"DROP TABLE charge.{table}")
