"""Which invoices are not made out yet, as the bill group of their invoicer says.

What is held back is not posted.  It stays due, and the next run bills it with whatever else
is due by then, or holds it back again; where all that an account pays for has ended, there will
be nothing else, and a total that was too small is made out.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from runtime.engine import fill_table
from runtime.invoice.draft import Draft, InvoiceFacts
from runtime.money import to_major
from runtime.program.model import Program


class Holding:
    """Parts the drafts of a run into those to be made out and those held back.

    Attributes:
        held: how many were held back so far.
        account_services: those whose lines were.
    """

    def __init__(self, program: Program, ended: frozenset[tuple[str, str]] = frozenset()) -> None:
        """Hold back as the program's bill groups say; `ended`: see find_ended."""
        self._suppressing = frozenset(
            group.id for group in program.bill_groups if not group.are_zero_invoices_sent
        )
        self._under: dict[tuple[str, str], Decimal] = {
            (row.bill_group, row.currency): row.under for row in program.carry_forwards
        }
        self._ended = ended
        self.held = 0
        self.account_services: set[str] = set()

    def holds(self, draft: Draft) -> bool:
        """Tell whether a draft is held back, and take note of it."""
        if not self.is_held(draft.facts):
            return False
        self.held += 1
        self.account_services.update(draft.account_services)
        return True

    def part_formed(self, connection: DuckDBPyConnection) -> None:
        """Make `kept`: the invoices on forms that are made out, with their forms' numbers."""
        held, doubtful = [], []
        for row in connection.execute(_SUMS).fetchall():
            shape, bill_group, currency, minor_units, gross = row
            total = to_major(gross, minor_units)
            if self._is_held(bill_group, currency, total, has_ended=True):
                held.append((shape,))
            elif self._is_held(bill_group, currency, total, has_ended=False):
                doubtful.append((shape,))
        fill_table(connection, "held_shape", {"shape": "INTEGER"}, held)
        fill_table(connection, "doubtful_shape", {"shape": "INTEGER"}, doubtful)
        names = {"invoicer": "VARCHAR", "currency": "VARCHAR"}
        fill_table(connection, "ended", names, sorted(self._ended))
        connection.execute(_KEPT)
        if held or doubtful:
            rows = connection.execute(_HELD).fetchall()
            self.held += len({invoice for invoice, _ in rows})
            self.account_services.update(name for _, name in rows)

    def is_held(self, invoice: InvoiceFacts) -> bool:
        """Tell whether an invoice comes to nothing, or to too little, for its bill group.

        One that is below zero is a credit note, and is always made out.  So is one above zero of
        whom there will be nothing else to bill.
        """
        total = to_major(invoice.gross, invoice.minor_units)
        has_ended = (invoice.invoicer, invoice.currency) in self._ended
        return self._is_held(invoice.bill_group, invoice.currency, total, has_ended=has_ended)

    def _is_held(self, bill_group: str, currency: str, total: Decimal, *, has_ended: bool) -> bool:
        if total == 0:
            return bill_group in self._suppressing
        under = self._under.get((bill_group, currency))
        return under is not None and 0 < total < under and not has_ended


_SUMS = "SELECT shape, bill_group, currency, minor_units, net + tax FROM shape_sum"

_KEPT = """
CREATE OR REPLACE TEMP TABLE kept AS
SELECT f.invoice, f.invoicer, f.currency, s.shape
FROM formed AS f
JOIN shape AS s ON s.head = f.head AND s.sections = f.sections
LEFT JOIN ended AS e ON e.invoicer = f.invoicer AND e.currency = f.currency
WHERE s.shape NOT IN (SELECT shape FROM held_shape)
  AND (e.invoicer IS NOT NULL OR s.shape NOT IN (SELECT shape FROM doubtful_shape))
"""

_HELD = """
SELECT s.invoice, s.account_service FROM section AS s ANTI JOIN kept AS k ON k.invoice = s.invoice
"""


def find_ended(
    connection: DuckDBPyConnection, program: Program, as_of: date
) -> frozenset[tuple[str, str]]:
    """Give the invoicers, by currency, of all whose services have ended by a date.

    And whose contracts have, which may charge what is short.  Asked only where a bill group
    carries forward; reads subscription.account_services and held_contracts.
    """
    if not program.carry_forwards:
        return frozenset()
    rows = connection.execute(
        """
        SELECT s.invoicer, s.currency
        FROM subscription.account_services AS s
        LEFT JOIN (
          SELECT account_package, max(least(until_day, end_day)) AS end_day
          FROM subscription.held_contracts GROUP BY account_package
        ) AS h ON h.account_package = s.account_package
        GROUP BY s.invoicer, s.currency
        HAVING max(greatest(s.end_day, coalesce(h.end_day, s.end_day))) <= ?
        """,
        [as_of],
    ).fetchall()
    return frozenset((invoicer, currency) for invoicer, currency in rows)
