"""Names the transitions that occurred, each on its day."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import create_table
from runtime.program.model import NEW


def make_occurrences(connection: DuckDBPyConnection) -> None:
    """Make subscription.occurrences.

    Every event counts, several on one day as well, up to the day the life ends, on which
    it may be a transition that ends it.
    """
    create_table(connection, "subscription.occurrences")
    connection.execute(
        f"""
        INSERT INTO subscription.occurrences
        WITH steps AS (
          SELECT account_service, day, place, change_row, status AS to_status,
            coalesce(
              lag(status) OVER (PARTITION BY account_service ORDER BY day, place), '{NEW}'
            ) AS from_status
          FROM subscription.service_events
        ),
        named AS (
          SELECT s.account_service, t.transition, s.from_status, s.to_status, s.day, s.place,
            s.change_row
          FROM steps s
          JOIN subscription.holdings h ON h.account_service = s.account_service
          JOIN subscription.lives l ON l.account_service = s.account_service
          JOIN offer.transitions t ON t.lifecycle = h.lifecycle
            AND t.from_status = s.from_status AND t.to_status = s.to_status
          WHERE s.day <= l.end_day
        )
        SELECT account_service, transition, from_status, to_status, day,
          CAST(row_number() OVER (
            PARTITION BY account_service, transition, day ORDER BY place
          ) - 1 AS INTEGER),
          change_row
        FROM named
        """
    )
