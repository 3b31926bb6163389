"""Lays the billing and the usage periods over each life.

Services share few rhythms: the periods of each distinct one are made once and joined.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.calendar import first_bill_day_sql, make_day_instants, make_full_periods
from runtime.engine import create_table
from runtime.subscriptions.known import BEGINNING, is_all_whole


def make_periods(connection: DuckDBPyConnection, as_of: date) -> None:
    """Make subscription.periods: of an advance package those begun, in arrears those ended.

    Each that fell due behind its account service's horizon; none of whom subscription.alike has.
    A service that begins after its package has a partial first period of the package's.  Where a
    discount lasts for so many periods, which one this is counts from the first: a package with
    such a discount and a period that is due is looked at whole.
    """
    create_table(connection, "subscription.periods")
    _lay_periods(connection, "subscription.account_services", as_of)
    if not is_all_whole(connection) and _widen_discounted(connection):
        connection.execute("""
            DELETE FROM subscription.periods
            WHERE account_service IN (SELECT account_service FROM subscription.widened)
        """)
        _lay_periods(connection, "subscription.widened", as_of)
    connection.execute("DROP TABLE IF EXISTS subscription.widened")


def _lay_periods(connection: DuckDBPyConnection, services: str, as_of: date) -> None:
    """Add the periods of a table of account services.

    Of one whose package's bill day changes, those of each bill day in its days.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE subscription.rhythms AS
        SELECT DISTINCT s.bill_day, s.anchor_day, s.months
        FROM {services} AS s WHERE s.anchor_day IS NOT NULL
        UNION
        SELECT b.bill_day, b.anchor_day, s.months
        FROM {services} AS s
        JOIN subscription.bill_days AS b ON b.account_package = s.account_package
        """
    )
    make_full_periods(connection, "subscription.rhythms", "subscription.full_periods", as_of)
    due = "CASE timing WHEN 'advance' THEN period_start ELSE period_end END"
    connection.execute(
        f"""
        INSERT INTO subscription.periods
        WITH horizons AS (SELECT DISTINCT after_day FROM subscription.horizons),
        behind AS (
          SELECT f.*, h.after_day FROM subscription.full_periods AS f
          JOIN horizons AS h ON f.full_end > h.after_day
        )
        SELECT account_service, period_start, period_end, full_start, full_end
        FROM (
          SELECT s.account_service, s.timing, f.full_start, f.full_end, h.after_day,
            greatest(f.full_start, s.start_day, s.activation_day, b.from_day) AS period_start,
            least(f.full_end, s.end_day, b.until_day) AS period_end
          FROM {services} AS s
          ANTI JOIN subscription.alike AS x ON x.account_service = s.account_service
          LEFT JOIN subscription.bill_days AS b ON b.account_package = s.account_package
          JOIN subscription.horizons AS h ON h.account_service = s.account_service
          JOIN behind AS f
            ON f.bill_day = coalesce(b.bill_day, s.bill_day)
           AND f.anchor_day = coalesce(b.anchor_day, s.anchor_day)
           AND f.months = s.months AND f.after_day = h.after_day
        ) p
        WHERE period_start < period_end AND {due} <= DATE '{as_of}' AND {due} > after_day
        """
    )
    connection.execute("DROP TABLE subscription.rhythms")
    connection.execute("DROP TABLE subscription.full_periods")


def _widen_discounted(connection: DuckDBPyConnection) -> bool:
    """Make subscription.widened, the account services that are looked at whole after all."""
    connection.execute(f"""
        CREATE OR REPLACE TABLE subscription.widened AS
        SELECT s.* FROM subscription.account_services AS s
        JOIN subscription.horizons AS h ON h.account_service = s.account_service
        WHERE h.after_day > DATE '{BEGINNING}' AND s.account_package IN (
          SELECT a.account_package
          FROM subscription.periods AS p
          JOIN subscription.account_services AS a ON a.account_service = p.account_service
          JOIN (
            SELECT DISTINCT t.account_package
            FROM subscription.discounts AS d
            JOIN subscription.timed_discounts AS k ON k.discount = d.discount
            JOIN subscription.account_services AS t ON t.account_service = d.account_service
          ) AS l ON l.account_package = a.account_package
        )
    """)
    found = connection.execute("SELECT 1 FROM subscription.widened LIMIT 1").fetchone()
    connection.execute(f"""
        UPDATE subscription.horizons SET after_day = DATE '{BEGINNING}'
        WHERE account_service IN (SELECT account_service FROM subscription.widened)
    """)
    return found is not None


def make_usage_periods(connection: DuckDBPyConnection, as_of: date) -> None:
    """Make subscription.usage_periods: those begun, with the instants their days begin at.

    They are anchored on the first usage bill day from the service's first day on.
    """
    create_table(connection, "subscription.usage_periods")
    anchor = first_bill_day_sql("s.start_day", "s.usage_bill_day")
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE subscription.metered AS
        SELECT s.account_service, s.timezone, s.start_day, s.end_day,
          s.usage_bill_day AS bill_day, {anchor} AS anchor_day, o.usage_months AS months
        FROM subscription.account_services s
        JOIN offer.services o ON o.service = s.service
        WHERE o.usage_months IS NOT NULL AND s.start_day < s.end_day
          AND s.start_day <= DATE '{as_of}'
        """
    )
    connection.execute(
        """
        CREATE OR REPLACE TABLE subscription.rhythms AS
        SELECT DISTINCT bill_day, anchor_day, months FROM subscription.metered
        """
    )
    make_full_periods(connection, "subscription.rhythms", "subscription.full_periods", as_of)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE subscription.clipped AS
        SELECT m.account_service, m.timezone,
          greatest(f.full_start, m.start_day) AS period_start,
          least(f.full_end, m.end_day) AS period_end,
          f.full_start, f.full_end
        FROM subscription.metered m
        JOIN subscription.full_periods f
          ON f.bill_day = m.bill_day AND f.anchor_day = m.anchor_day AND f.months = m.months
        WHERE f.full_end > m.start_day AND f.full_start < m.end_day
          AND f.full_start <= DATE '{as_of}'
        """
    )
    connection.execute(
        """
        CREATE OR REPLACE TABLE subscription.days AS
        SELECT timezone, period_start AS day FROM subscription.clipped
        UNION SELECT timezone, period_end FROM subscription.clipped
        """
    )
    make_day_instants(connection, "subscription.days", "subscription.instants")
    connection.execute(
        """
        INSERT INTO subscription.usage_periods
        SELECT c.account_service, c.period_start, c.period_end, c.full_start, c.full_end,
          b.instant, e.instant
        FROM subscription.clipped c
        JOIN subscription.instants b ON b.timezone = c.timezone AND b.day = c.period_start
        JOIN subscription.instants e ON e.timezone = c.timezone AND e.day = c.period_end
        """
    )
    for name in ("metered", "rhythms", "full_periods", "clipped", "days", "instants"):
        connection.execute(f"DROP TABLE subscription.{name}")
