"""Which invoices are not made out yet, as the bill group of their invoicer says.

What is held back is not posted.  It stays due, and the next run bills it with whatever else
is due by then, or holds it back again; where all that an account pays for has ended, there will
be nothing else, and a total that was too small is made out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from runtime.invoice.draft import Draft, InvoiceFacts, Printed
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

    def made_out(self, drafts: Iterable[Draft | Printed]) -> Iterator[Draft | Printed]:
        """Give the drafts that are not held back, in their order."""
        for draft in drafts:
            if self.is_held(draft.facts):
                self.held += 1
                self.account_services.update(draft.account_services)
            else:
                yield draft

    def is_held(self, invoice: InvoiceFacts) -> bool:
        """Tell whether an invoice comes to nothing, or to too little, for its bill group.

        One that is below zero is a credit note, and is always made out.  So is one above zero of
        whom there will be nothing else to bill.
        """
        total = to_major(invoice.gross, invoice.minor_units)
        if total == 0:
            return invoice.bill_group in self._suppressing
        under = self._under.get((invoice.bill_group, invoice.currency))
        has_ended = (invoice.invoicer, invoice.currency) in self._ended
        return under is not None and 0 < total < under and not has_ended


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
