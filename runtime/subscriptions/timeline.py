"""Cuts each life into stretches of days in one service status and one package status."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import create_table
from runtime.tables import OPEN_DAY


def make_timeline(connection: DuckDBPyConnection) -> None:
    """Make subscription.timeline.

    Before a package's first status it is billable, and its status NULL.
    """
    create_table(connection, "subscription.timeline")
    open_day = f"DATE '{OPEN_DAY}'"
    connection.execute(
        f"""
        INSERT INTO subscription.timeline
        WITH package_spans AS (
          SELECT account_package, status, base, from_day,
            coalesce(until_day, {open_day}) AS until_day
          FROM subscription.package_states
          UNION ALL
          SELECT account_package, CAST(NULL AS VARCHAR), 'billable', DATE '0001-01-01',
            min(from_day)
          FROM subscription.package_states GROUP BY account_package
        ),
        cut AS (
          SELECT l.account_service, s.status, s.base, p.status AS package_status,
            coalesce(p.base, 'billable') AS package_base,
            greatest(s.from_day, coalesce(p.from_day, s.from_day)) AS from_day,
            least(coalesce(s.until_day, {open_day}), coalesce(p.until_day, {open_day}), l.end_day)
              AS until_day
          FROM subscription.lives l
          JOIN subscription.service_states s ON s.account_service = l.account_service
          LEFT JOIN package_spans p ON p.account_package = l.account_package
        )
        SELECT account_service, status, base, package_status, package_base,
          base = 'billable' AND package_base = 'billable', from_day, until_day
        FROM cut WHERE from_day < until_day
        """
    )
