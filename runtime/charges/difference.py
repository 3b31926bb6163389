"""The lines to post: target minus posted, so that posted and due together are the target.

Charges of whom nothing like them was posted are due as they are (runtime.charges.plain).  Of the
others, recurring charges are compared day by day, all else as wholes.  What falls short of
a contract's minimum depends on what all others come to, posted usage among it, so that it is
computed behind them.  The result is put in the order in which invoices print it.

| passing table | one row is |
| --- | --- |
| charge.changed | a line to post that comes of a comparison |
| charge.difference | a line to post, not in order: plain ones, and those of charge.changed |
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.minimums import charge_minimums
from runtime.charges.plain import drop_plain, make_plain
from runtime.charges.printed_order import make_due
from runtime.charges.recurring_difference import find_recurring_difference
from runtime.charges.whole_difference import (
    find_drawdown_difference,
    find_usage_difference,
    find_whole_difference,
)
from runtime.program.model import Program
from runtime.tables import TABLES


class LedgerDisagrees(Exception):
    """What the ledger has posted cannot be the work of earlier runs on this book."""


def find_difference(connection: DuckDBPyConnection, program: Program, *, as_of: date) -> None:
    """Make charge.due from charge.target and charge.posted.

    Raises LedgerDisagrees where posted lines have an account service that the book lacks or
    has at another account, or where a stretch was posted twice.
    """
    _refuse_vanished_services(connection)
    _refuse_moved_services(connection)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in TABLES["charge.due"].items())
    connection.execute(f"CREATE OR REPLACE TABLE charge.changed ({columns}, net BIGINT)")
    make_plain(connection)
    find_recurring_difference(connection, program)
    find_whole_difference(connection, as_of)
    find_usage_difference(connection, as_of)
    charge_minimums(connection, program, as_of)
    find_whole_difference(connection, as_of, ("minimum", "prepaid"))
    find_drawdown_difference(connection)
    _refuse_double_posting(connection)
    _refuse_unknown_currency(connection)
    make_due(connection)
    drop_plain(connection)
    connection.execute("DROP TABLE charge.changed")


def _refuse_vanished_services(connection: DuckDBPyConnection) -> None:
    rows = connection.execute("""
        SELECT DISTINCT p.account_service
        FROM charge.posted AS p
        LEFT JOIN subscription.account_services AS s ON s.account_service = p.account_service
        WHERE s.account_service IS NULL
        ORDER BY 1
    """).fetchall()
    if rows:
        names = ", ".join(name for (name,) in rows[:5])
        more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
        raise LedgerDisagrees(
            f"the ledger has posted lines of account services that the book lacks: {names}{more}; "
            "end a service with a cancelled date, not by taking its row out"
        )


def _refuse_moved_services(connection: DuckDBPyConnection) -> None:
    """Refuse to credit an account with what another one was billed."""
    row = connection.execute("""
        SELECT p.account_service, s.account_package, p.account, s.account
        FROM charge.posted AS p
        JOIN subscription.account_services AS s ON s.account_service = p.account_service
        WHERE p.account <> s.account
        ORDER BY 1
    """).fetchone()
    if row is not None:
        service, package, billed, holder = row
        raise LedgerDisagrees(
            f"account service {service} was billed to account {billed} and is held by {holder} "
            f"in the book; give account package {package} back to {billed}, end it there with a "
            f"cancelled date, and sell one to {holder} from that day on"
        )


def _refuse_double_posting(connection: DuckDBPyConnection) -> None:
    row = connection.execute("""
        SELECT account_service, service, full_start
        FROM charge.changed
        WHERE abs(net) > 1
        ORDER BY 1, 2, 3
    """).fetchone()
    if row is not None:
        raise LedgerDisagrees(
            f"account service {row[0]}: {row[1]} is posted more than once for one time; "
            "the ledger was not written by billing runs alone"
        )


def _refuse_unknown_currency(connection: DuckDBPyConnection) -> None:
    row = connection.execute("""
        SELECT account_service, currency
        FROM charge.changed
        WHERE minor IS NULL
        ORDER BY 1, 2
    """).fetchone()
    if row is not None:
        raise LedgerDisagrees(
            f"account service {row[0]} was billed in {row[1]}, which the catalog no longer names"
        )
