"""The lines to post: target minus posted, so that posted and due together are the target.

Recurring charges are compared day by day, all other charges as wholes.  What falls short of
a contract's minimum depends on what all others come to, posted usage among it, so that it is
computed behind them.  The result is put in the order in which invoices print it.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.minimums import charge_minimums
from runtime.charges.recurring_difference import find_recurring_difference
from runtime.charges.whole_difference import (
    find_drawdown_difference,
    find_usage_difference,
    find_whole_difference,
)
from runtime.engine import create_table
from runtime.program.model import Program
from runtime.tables import TABLES


class LedgerDisagrees(Exception):
    """What the ledger has posted cannot be the work of earlier runs on this book."""


# The order of a document: invoice, served account (the invoicer itself first), package,
# service as the package lists them, then kind, class and days; a credit stands before the
# charge that takes its place, and a discount behind what it lowers.
_PRINTED_ORDER = """
s.invoicer, d.currency, s.account <> s.invoicer, a.name, s.account, s.account_package,
ps.ordinal, s.account_service,
CASE d.kind WHEN 'recurring' THEN 0 WHEN 'discount' THEN 0 WHEN 'one_time' THEN 1
            WHEN 'transition' THEN 2 WHEN 'usage' THEN 3 WHEN 'bucket' THEN 4 WHEN 'minimum' THEN 5
            WHEN 'prepaid' THEN 6 WHEN 'drawdown' THEN 7 ELSE 8 END,
u.ordinal, d.usage_class, b.ordinal, d.bucket, d.tier,
d.full_start, d.period_start, d.transition, d.service, d.occurrence,
d.kind = 'discount', k.rank, d.discount,
NOT d.is_credit, d.period_end, d.status, d.corrects
"""


def find_difference(connection: DuckDBPyConnection, program: Program, *, as_of: date) -> None:
    """Make charge.due from charge.target and charge.posted.

    Raises LedgerDisagrees where posted lines have an account service the book lacks, or
    where a stretch was posted twice.
    """
    _refuse_vanished_services(connection)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in TABLES["charge.due"].items())
    connection.execute(f"CREATE OR REPLACE TABLE charge.difference ({columns}, net BIGINT)")
    find_recurring_difference(connection, program)
    find_whole_difference(connection, as_of)
    find_usage_difference(connection, as_of)
    charge_minimums(connection, program, as_of)
    find_whole_difference(connection, as_of, ("minimum", "prepaid"))
    find_drawdown_difference(connection)
    _refuse_double_posting(connection)
    _refuse_unknown_currency(connection)
    create_table(connection, "charge.due")
    names = ", ".join(f"d.{name}" for name in TABLES["charge.due"] if name != "ordinal")
    connection.execute(f"""
        INSERT INTO charge.due
        SELECT row_number() OVER (ORDER BY {_PRINTED_ORDER}) AS ordinal, {names}
        FROM charge.difference AS d
        JOIN subscription.account_services AS s ON s.account_service = d.account_service
        LEFT JOIN book.accounts AS a ON a.account = s.account
        LEFT JOIN charge.package_services AS ps
          ON ps.package = s.package AND ps.service = s.service
        LEFT JOIN charge.usage_classes AS u ON u.usage_class = d.usage_class
        LEFT JOIN charge.buckets AS b ON b.bucket = d.bucket
        LEFT JOIN charge.discounts AS k ON k.discount = d.discount
        ORDER BY ordinal
    """)
    connection.execute("DROP TABLE charge.difference")


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


def _refuse_double_posting(connection: DuckDBPyConnection) -> None:
    row = connection.execute("""
        SELECT account_service, service, full_start
        FROM charge.difference
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
        FROM charge.difference
        WHERE minor IS NULL
        ORDER BY 1, 2
    """).fetchone()
    if row is not None:
        raise LedgerDisagrees(
            f"account service {row[0]} was billed in {row[1]}, which the catalog no longer names"
        )
