"""Periods tile a subscription's life: every bill day, every frequency, for thirty years.

The engine lays the periods of all rhythms at once, so that all of them can be checked at once,
by queries that know of periods only what is asked of them.  By default for some first days,
with the heavy profile for each day of four years.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import settings

from runtime.engine import create_table, open_engine
from runtime.subscriptions.known import BEGINNING
from runtime.subscriptions.lives import make_lives
from runtime.subscriptions.periods import make_periods, make_usage_periods
from runtime.subscriptions.services import make_account_services

IS_HEAVY = settings().max_examples > 100
FIRST = date(2023, 3, 1)
EVERY_DAY = [FIRST + timedelta(days=day) for day in range(4 * 365 + 1)]
SOME_DAYS = [
    *(date(2024, 2, 29), date(2024, 1, 31), date(2023, 12, 1), date(2025, 2, 28)),
    *(date(2025, 4, 30), date(2026, 7, 15)),
]
DAYS = EVERY_DAY if IS_HEAVY else SOME_DAYS
BILL_DAYS = tuple(range(1, 32))
ZONES = ("America/Toronto", "Asia/Beirut", "America/Sao_Paulo", "Pacific/Apia")


@pytest.fixture(scope="module")
def connection() -> Iterator[DuckDBPyConnection]:
    with open_engine(threads=1) as opened:
        create_table(opened, "subscription.bill_days")
        create_table(opened, "subscription.discounts")
        create_table(opened, "subscription.alike")
        create_table(opened, "subscription.aside")
        opened.execute("CREATE TABLE subscription.timed_discounts (discount VARCHAR)")
        opened.execute("""
            CREATE SCHEMA offer;
            CREATE TABLE offer.services AS
            SELECT 'data_' || months AS service, CAST(months AS INTEGER) AS usage_months
            FROM range(1, 37) AS m(months)
        """)
        yield opened


def sell(
    connection: DuckDBPyConnection, days: list[date], alignment: str, bill_days: tuple[int, ...]
) -> None:
    """Sell a service on each day, at each frequency, with each bill day; a third of them end."""
    connection.execute("CREATE OR REPLACE TEMP TABLE sold (day DATE)")
    connection.executemany("INSERT INTO sold VALUES (?)", [[day] for day in days])
    connection.execute("CREATE OR REPLACE TEMP TABLE billed (bill_day INTEGER)")
    connection.executemany("INSERT INTO billed VALUES (?)", [[each] for each in bill_days])
    zones = ", ".join(f"'{zone}'" for zone in ZONES)
    connection.execute(f"""
        CREATE OR REPLACE TABLE subscription.holdings AS
        WITH each AS (
          SELECT row_number() OVER (ORDER BY day, bill_day, months) AS owner, day, bill_day,
                 CAST(months AS INTEGER) AS months
          FROM sold, billed, range(1, 37) AS m(months)
        )
        SELECT owner, owner AS package_owner, 'S' || owner AS account_service,
               'S' || owner AS account_package, 'A' AS account, 'A' AS invoicer, 'P' AS package,
               'data_' || months AS service, 'L' AS lifecycle, months,
               'advance' AS timing, '{alignment}' AS alignment, 'sale' AS activation,
               'days' AS proration, 1 AS quantity, 'CAD' AS currency, 2 AS minor_units,
               [{zones}][owner % {len(ZONES)} + 1] AS timezone, NULL AS jurisdiction,
               false AS is_exempt, bill_day, NULL::INTEGER AS usage_bill_day,
               day AS sale_day, day AS start_day,
               CASE WHEN owner % 3 = 0 THEN day + CAST(owner % 4000 AS INTEGER) END
                 AS service_cancelled,
               NULL::DATE AS package_cancelled
        FROM each
    """)
    for kind in ("service", "package"):
        connection.execute(f"""
            CREATE OR REPLACE TABLE subscription.{kind}_states (
              owner BIGINT, base VARCHAR, from_day DATE)
        """)
    make_lives(connection)
    connection.execute(
        "CREATE OR REPLACE TABLE subscription.first_billable (package_owner BIGINT, day DATE)"
    )
    make_account_services(connection)
    create_table(connection, "subscription.horizons")
    connection.execute(
        "INSERT INTO subscription.horizons SELECT account_service, ? FROM subscription.lives",
        [BEGINNING],
    )


def broken(
    connection: DuckDBPyConnection, table: str, as_of: date, bill_day: str
) -> list[tuple[object, ...]]:
    """Give the account services whose periods in a table do not tile their lives until a date.

    Each period meets the next, the first begins with the life, the last holds the date or ends
    with the life.  A whole period is so many months long, begins on the bill day or the last day
    of a shorter month, and holds its part.
    """
    clamped = f"least({bill_day}, day(last_day(full_start)))"
    return connection.execute(f"""
        WITH placed AS (
          SELECT p.*, s.months, s.{bill_day}, s.start_day, s.end_day,
                 lead(period_start) OVER same AS next_start,
                 lag(period_end) OVER same AS last_end
          FROM subscription.{table} AS p
          JOIN subscription.account_services AS s ON s.account_service = p.account_service
          WINDOW same AS (PARTITION BY p.account_service ORDER BY period_start)
        )
        SELECT * FROM placed
        WHERE period_start >= period_end
           OR period_start <> coalesce(last_end, start_day)
           OR CASE WHEN next_start IS NULL
                   THEN period_end <= DATE '{as_of}' AND period_end <> end_day
                   ELSE next_start <> period_end END
           OR period_start < full_start OR period_end > full_end
           OR (last_end IS NOT NULL AND period_start <> full_start)
           OR (next_start IS NOT NULL AND period_end <> full_end)
           OR date_diff('month', full_start, full_end) <> months
           OR day(full_start) <> {clamped}
        LIMIT 3
    """).fetchall()


@pytest.mark.property
@pytest.mark.feature("D1", "B4")
@pytest.mark.parametrize("alignment", ["bill_day", "anniversary"])
def test_periods_tile_a_life_of_thirty_years(
    connection: DuckDBPyConnection, alignment: str
) -> None:
    # An anniversary's bill day is that of its sale, whatever the account's.
    bill_days = BILL_DAYS if alignment == "bill_day" else (1,)
    as_of = date(FIRST.year + 30, 12, 31)
    for first in range(0, len(DAYS), 60):
        sell(connection, DAYS[first : first + 60], alignment, bill_days)
        make_periods(connection, as_of)
        assert broken(connection, "periods", as_of, "bill_day") == []
        assert missing(connection, "periods") == []


@pytest.mark.property
@pytest.mark.feature("D1", "B4")
def test_usage_periods_tile_a_life_and_so_do_their_instants(
    connection: DuckDBPyConnection,
) -> None:
    as_of = date(FIRST.year + (30 if IS_HEAVY else 5), 12, 31)
    sell(connection, SOME_DAYS if IS_HEAVY else SOME_DAYS[:2], "bill_day", BILL_DAYS)
    make_usage_periods(connection, as_of)
    assert broken(connection, "usage_periods", as_of, "usage_bill_day") == []
    assert missing(connection, "usage_periods") == []
    gaps = connection.execute("""
        SELECT * FROM (
          SELECT *, lead(start_instant) OVER (
            PARTITION BY account_service ORDER BY period_start) AS next_instant
          FROM subscription.usage_periods
        ) WHERE next_instant <> end_instant OR start_instant >= end_instant LIMIT 3
    """).fetchall()
    assert gaps == []


def missing(connection: DuckDBPyConnection, table: str) -> list[tuple[object, ...]]:
    """Give account services that are held and have no period at all."""
    return connection.execute(f"""
        SELECT account_service FROM subscription.account_services AS s
        WHERE start_day < end_day AND NOT EXISTS (
          SELECT 1 FROM subscription.{table} AS p WHERE p.account_service = s.account_service)
        LIMIT 3
    """).fetchall()
