"""Names the transitions that occurred, each on its day."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import create_table


def make_occurrences(connection: DuckDBPyConnection) -> None:
    """Make subscription.occurrences.

    Every event counts, several on one day as well, up to the day the life ends, on which
    it may be a transition that ends it.
    """
    create_table(connection, "subscription.occurrences")
    connection.execute(
        """
        INSERT INTO subscription.occurrences
        WITH steps AS (
          SELECT l.account_service, e.owner, t.transition, e.from_status, e.status, e.day,
            e.place, e.change_row
          FROM subscription.service_events e
          JOIN subscription.lives l ON l.owner = e.owner
          JOIN offer.transitions t ON t.lifecycle = e.lifecycle
            AND t.from_status = e.from_status AND t.to_status = e.status
          WHERE e.day <= l.end_day
        ),
        again AS (
          SELECT owner, transition, day FROM steps
          WHERE owner IN (
            SELECT owner FROM subscription.service_events WHERE next_day IS NOT NULL
          )
          GROUP BY owner, transition, day HAVING count(*) > 1
        )
        SELECT s.account_service, s.transition, s.from_status, s.status, s.day, 0, s.change_row
        FROM steps s
        WHERE NOT EXISTS (
          SELECT 1 FROM again a
          WHERE a.owner = s.owner AND a.transition = s.transition AND a.day = s.day
        )
        UNION ALL
        SELECT s.account_service, s.transition, s.from_status, s.status, s.day,
          CAST(row_number() OVER (
            PARTITION BY s.owner, s.transition, s.day ORDER BY s.place
          ) - 1 AS INTEGER),
          s.change_row
        FROM steps s
        JOIN again a ON a.owner = s.owner AND a.transition = s.transition AND a.day = s.day
        """
    )
