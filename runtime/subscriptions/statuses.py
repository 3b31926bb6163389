"""Which status a service or package is in from which day.

Several changes on one day: each is an event, the last one by row is the day's state.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.program.model import IN_SERVICE, NEW


def make_statuses(connection: DuckDBPyConnection, as_of: date) -> None:
    """Make subscription.service_events, service_states and package_states."""
    _make_service_events(connection, as_of)
    _make_states(
        connection,
        "service",
        "SELECT account_service, day, place, status FROM subscription.service_events",
    )
    known = f"""
        SELECT c.account_package, c.effective AS day, c.row AS place, c.status
        FROM book.status_changes c
        WHERE c.account_package IS NOT NULL
          AND (c.recorded IS NULL OR c.recorded <= DATE '{as_of}')
        """
    _make_states(connection, "package", known)


def _make_service_events(connection: DuckDBPyConnection, as_of: date) -> None:
    """Make one row for each change known, and for the status a service is sold in.

    That one is the destination of the lifecycle's `new` transition where the book gives no
    status on the first day, and IN_SERVICE without a lifecycle; it comes before all others.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE subscription.service_events AS
        WITH known AS (
          SELECT c.account_service, c.effective AS day, c.row AS place, c.status,
            c.row AS change_row
          FROM book.status_changes c
          JOIN subscription.holdings h ON h.account_service = c.account_service
          WHERE h.lifecycle IS NOT NULL AND c.effective >= h.start_day
            AND (c.recorded IS NULL OR c.recorded <= DATE '{as_of}')
        )
        SELECT account_service, day, place, status, change_row FROM known
        UNION ALL
        SELECT h.account_service, h.start_day, 0,
          CASE WHEN h.lifecycle IS NULL THEN '{IN_SERVICE}'
            ELSE coalesce(y.entry_status, '{NEW}') END,
          CAST(NULL AS BIGINT)
        FROM subscription.holdings h
        LEFT JOIN offer.lifecycles y ON y.lifecycle = h.lifecycle
        WHERE NOT EXISTS (
          SELECT 1 FROM known k
          WHERE k.account_service = h.account_service AND k.day = h.start_day
        )
        """
    )


def _make_states(connection: DuckDBPyConnection, kind: str, events: str) -> None:
    """Make the table of a kind's statuses, each from the day it begins to the next one's.

    A day's last event counts; an event that changes nothing begins nothing.
    """
    key = f"account_{kind}"
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE subscription.{kind}_states AS
        WITH placed AS (
          SELECT {key}, day, status,
            row_number() OVER (PARTITION BY {key}, day ORDER BY place DESC) AS last
          FROM ({events}) e
        ),
        changed AS (
          SELECT {key}, day, status,
            lag(status) OVER (PARTITION BY {key} ORDER BY day) AS before
          FROM placed WHERE last = 1
        )
        SELECT t.{key}, t.status, coalesce(b.base, {_other_bases(kind)}) AS base,
          t.day AS from_day,
          lead(t.day) OVER (PARTITION BY t.{key} ORDER BY t.day) AS until_day
        FROM changed t LEFT JOIN offer.{kind}_statuses b ON b.status = t.status
        WHERE t.before IS NULL OR t.before <> t.status
        """
    )


def _other_bases(kind: str) -> str:
    """Give the base of what is no status of the catalog: in service, or not yet begun."""
    if kind == "package":
        return "'billable'"
    return f"CASE t.status WHEN '{IN_SERVICE}' THEN 'billable' ELSE 'non_billable' END"
