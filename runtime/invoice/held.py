"""Which invoices are not made out yet, as the bill group of their invoicer says.

What is held back is not posted.  It stays due, and the next run bills it with whatever else
is due by then, or holds it back again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from runtime.invoice.draft import Draft, InvoiceFacts, Printed
from runtime.money import to_major
from runtime.program.model import Program


class Holding:
    """Parts the drafts of a run into those to be made out and those held back.

    Attributes:
        held: how many were held back so far.
        account_services: those whose lines were.
    """

    def __init__(self, program: Program) -> None:
        self._suppressing = frozenset(
            group.id for group in program.bill_groups if not group.are_zero_invoices_sent
        )
        self._under: dict[tuple[str, str], Decimal] = {
            (row.bill_group, row.currency): row.under for row in program.carry_forwards
        }
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

        One that is below zero is a credit note, and is always made out.
        """
        total = to_major(invoice.gross, invoice.minor_units)
        if total == 0:
            return invoice.bill_group in self._suppressing
        under = self._under.get((invoice.bill_group, invoice.currency))
        return under is not None and 0 < total < under
