"""Which status a service or package is in from which day.

Several changes on one day: each is an event, the last one by row is the day's state.
Histories are put in order by the number of the row that owns them, not by its key: the
same order in every respect that counts, and far quicker to sort.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.program.model import IN_SERVICE, NEW


def make_statuses(connection: DuckDBPyConnection, as_of: date) -> None:
    """Make subscription.service_events, service_states and package_states."""
    known = f"(c.recorded IS NULL OR c.recorded <= DATE '{as_of}')"
    _make_service_events(connection, known)
    _make_states(connection, "service", "subscription.service_events")
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE subscription.package_events AS
        SELECT p.row AS owner, c.effective AS day, c.row AS place, c.status,
          lead(c.effective) OVER (PARTITION BY p.row ORDER BY c.effective, c.row) AS next_day
        FROM book.status_changes c
        JOIN book.account_packages p ON p.account_package = c.account_package
        WHERE {known}
        """
    )
    _make_states(connection, "package", "subscription.package_events")


def _make_service_events(connection: DuckDBPyConnection, known: str) -> None:
    """Make one row for each change known, and for the status a service is sold in.

    That one is the destination of the lifecycle's `new` transition where the book gives no
    status on the first day, and IN_SERVICE without a lifecycle; it comes before all others.
    Most have a single one, which nothing comes before or after.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE subscription.service_events AS
        WITH changes AS MATERIALIZED (
          SELECT h.owner, h.lifecycle, c.effective AS day, c.row AS place, c.status,
            c.row AS change_row, h.start_day
          FROM book.status_changes c
          JOIN subscription.holdings h ON h.account_service = c.account_service
          WHERE h.lifecycle IS NOT NULL AND c.effective >= h.start_day AND {known}
        ),
        changed AS MATERIALIZED (
          SELECT owner, count(*) = 1 AS is_single, bool_or(day = start_day) AS is_entered
          FROM changes GROUP BY owner
        ),
        several AS (SELECT owner FROM changed WHERE NOT (is_single AND is_entered)),
        entries AS (
          SELECT h.owner, h.lifecycle, h.start_day AS day, 0 AS place,
            coalesce(y.entry_status, '{NEW}') AS status, CAST(NULL AS BIGINT) AS change_row
          FROM subscription.holdings h
          JOIN offer.lifecycles y ON y.lifecycle = h.lifecycle
          WHERE NOT EXISTS (SELECT 1 FROM changed e WHERE e.owner = h.owner AND e.is_entered)
        ),
        events AS (
          SELECT owner, lifecycle, day, place, status, change_row
          FROM changes WHERE owner IN (SELECT owner FROM several)
          UNION ALL
          SELECT * FROM entries WHERE owner IN (SELECT owner FROM several)
        )
        SELECT owner, lifecycle, day, place, status, change_row, '{NEW}' AS from_status,
          CAST(NULL AS DATE) AS next_day
        FROM changes WHERE owner NOT IN (SELECT owner FROM several)
        UNION ALL
        SELECT *, '{NEW}', CAST(NULL AS DATE)
        FROM entries WHERE owner NOT IN (SELECT owner FROM several)
        UNION ALL
        SELECT owner, lifecycle, day, place, status, change_row,
          coalesce(lag(status) OVER (PARTITION BY owner ORDER BY day, place), '{NEW}'),
          lead(day) OVER (PARTITION BY owner ORDER BY day, place)
        FROM events
        UNION ALL
        SELECT owner, CAST(NULL AS VARCHAR), start_day, 0, '{IN_SERVICE}', CAST(NULL AS BIGINT),
          '{NEW}', CAST(NULL AS DATE)
        FROM subscription.holdings WHERE lifecycle IS NULL
        """
    )


def _make_states(connection: DuckDBPyConnection, kind: str, events: str) -> None:
    """Make the table of a kind's statuses, each from the day it begins to the next one's.

    A day's last event counts; an event that changes nothing begins nothing.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE subscription.{kind}_states AS
        WITH several AS MATERIALIZED (
          SELECT DISTINCT owner FROM {events} WHERE next_day IS NOT NULL
        ),
        changed AS (
          SELECT owner, day, status,
            lag(status) OVER (PARTITION BY owner ORDER BY day) AS before
          FROM {events}
          WHERE (next_day IS NULL OR next_day > day) AND owner IN (SELECT owner FROM several)
        ),
        states AS (
          SELECT owner, status, day AS from_day, CAST(NULL AS DATE) AS until_day
          FROM {events} WHERE owner NOT IN (SELECT owner FROM several)
          UNION ALL
          SELECT owner, status, day, lead(day) OVER (PARTITION BY owner ORDER BY day)
          FROM changed WHERE before IS NULL OR before <> status
        )
        SELECT t.owner, t.status, coalesce(b.base, {_other_bases(kind)}) AS base, t.from_day,
          t.until_day
        FROM states t LEFT JOIN offer.{kind}_statuses b ON b.status = t.status
        """
    )


def _other_bases(kind: str) -> str:
    """Give the base of what is no status of the catalog: in service, or not yet begun."""
    if kind == "package":
        return "'billable'"
    return f"CASE t.status WHEN '{IN_SERVICE}' THEN 'billable' ELSE 'non_billable' END"
