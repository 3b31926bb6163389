"""The days `[start_day, end_day)` each account service is held."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.tables import OPEN_DAY


def make_lives(connection: DuckDBPyConnection) -> None:
    """Make subscription.lives.

    A life ends with the first of the service's cancellation, its package's, and a status
    on the canceled base of either; one that ended before it began has no days.
    """
    open_day = f"DATE '{OPEN_DAY}'"
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE subscription.lives AS
        WITH service_end AS (
          SELECT owner, min(from_day) AS day FROM subscription.service_states
          WHERE base = 'canceled' GROUP BY owner
        ),
        package_end AS (
          SELECT owner, min(from_day) AS day FROM subscription.package_states
          WHERE base = 'canceled' GROUP BY owner
        )
        SELECT h.owner, h.package_owner, h.account_service, h.start_day,
          greatest(h.start_day, least(
            coalesce(h.service_cancelled, {open_day}), coalesce(h.package_cancelled, {open_day}),
            coalesce(s.day, {open_day}), coalesce(p.day, {open_day})
          )) AS end_day
        FROM subscription.holdings h
        LEFT JOIN service_end s ON s.owner = h.owner
        LEFT JOIN package_end p ON p.owner = h.package_owner
        """
    )
