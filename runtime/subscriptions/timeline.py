"""Cuts each life into stretches of days in one service status and one package status."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import create_table
from runtime.tables import OPEN_DAY


def make_package_timeline(connection: DuckDBPyConnection) -> None:
    """Make subscription.package_timeline: what status each account package is in, and when."""
    open_day = f"DATE '{OPEN_DAY}'"
    create_table(connection, "subscription.package_timeline")
    connection.execute(
        f"""
        INSERT INTO subscription.package_timeline
        WITH ends AS (
          SELECT owner, min(from_day) AS day FROM subscription.package_states
          WHERE base = 'canceled' GROUP BY owner
        ),
        firsts AS (
          SELECT owner, min(from_day) AS day FROM subscription.package_states GROUP BY owner
        ),
        spans AS (
          SELECT owner, status, base, from_day, coalesce(until_day, {open_day}) AS until_day
          FROM subscription.package_states
          UNION ALL
          SELECT p.row, CAST(NULL AS VARCHAR), 'billable', DATE '0001-01-01',
            coalesce(f.day, {open_day})
          FROM book.account_packages p LEFT JOIN firsts f ON f.owner = p.row
        ),
        cut AS (
          SELECT p.account_package, p.account, p.package, s.status, s.base,
            greatest(s.from_day, p.effective) AS from_day,
            least(s.until_day, coalesce(p.cancelled, {open_day}), coalesce(e.day, {open_day}))
              AS until_day
          FROM book.account_packages p
          JOIN spans s ON s.owner = p.row
          LEFT JOIN ends e ON e.owner = p.row
        )
        SELECT * FROM cut WHERE from_day < until_day
        """
    )


def make_timeline(connection: DuckDBPyConnection) -> None:
    """Make subscription.timeline, and first_billable: the first such day of a package.

    The latter of those only that are not activated by their sale.

    Before a package's first status it is billable, and its status NULL.
    """
    open_day = f"DATE '{OPEN_DAY}'"
    create_table(connection, "subscription.timeline")
    connection.execute(
        f"""
        INSERT INTO subscription.timeline
        WITH package_spans AS (
          SELECT owner, status, base, from_day, coalesce(until_day, {open_day}) AS until_day
          FROM subscription.package_states
          UNION ALL
          SELECT owner, CAST(NULL AS VARCHAR), 'billable', DATE '0001-01-01', min(from_day)
          FROM subscription.package_states GROUP BY owner
        ),
        cut AS (
          SELECT l.account_service, s.status, s.base,
            p.status AS package_status, coalesce(p.base, 'billable') AS package_base,
            greatest(s.from_day, coalesce(p.from_day, s.from_day)) AS from_day,
            least(coalesce(s.until_day, {open_day}), coalesce(p.until_day, {open_day}), l.end_day)
              AS until_day
          FROM subscription.service_states s
          JOIN subscription.lives l ON l.owner = s.owner
          LEFT JOIN package_spans p ON p.owner = l.package_owner
        )
        SELECT account_service, status, base, package_status, package_base,
          base = 'billable' AND package_base = 'billable', from_day, until_day
        FROM cut WHERE from_day < until_day
        """
    )
    connection.execute(
        """
        CREATE OR REPLACE TABLE subscription.first_billable AS
        SELECT h.package_owner, min(t.from_day) AS day
        FROM subscription.timeline t
        JOIN subscription.holdings h ON h.account_service = t.account_service
        WHERE t.billable AND h.activation <> 'sale'
        GROUP BY h.package_owner
        """
    )
