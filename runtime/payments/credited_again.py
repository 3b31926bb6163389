"""Lines that a run takes back although somebody credited them by hand already.

A run bills the target minus what was posted, and a credit note is no posted line: of a line
that was credited by hand and then turns out never to have been due, the customer gets more back
than was charged.  Whether that was meant, nobody but who gave the credit knows; so it is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from duckdb import DuckDBPyConnection
from sqlalchemy import Connection, select

from runtime.ledger.schema import credit_notes, credited_lines, invoices
from runtime.money import to_major
from runtime.payments.credited import read_creditable


@dataclass(frozen=True, slots=True)
class CreditedAgain:
    """A posted line of which more is given back than it came to.

    Attributes:
        line: where it was printed, `INV-000001:3`.
        notes: the credit notes that gave of it.
        amount, given, taken: what it came to, what credit notes gave of it, and what runs have
            taken back with this one; major units of the currency, before tax or with the tax
            that the price holds.
    """

    line: str
    notes: tuple[str, ...]
    currency: str
    amount: Decimal
    given: Decimal
    taken: Decimal

    def __str__(self) -> str:
        return (
            f"{self.line} came to {self.amount} {self.currency}; {', '.join(self.notes)} gave "
            f"{self.given} of it by hand, and with this run {self.taken} are taken back besides"
        )


def find_credited_again(
    connection: DuckDBPyConnection, ledger: Connection
) -> tuple[CreditedAgain, ...]:
    """Give the lines that charge.due credits beyond what they came to, by invoice and line."""
    given = ledger.execute(
        select(
            *(credit_notes.c.invoice, credited_lines.c.credited, credit_notes.c.number),
            *(invoices.c.currency, invoices.c.minor_units),
        )
        .join(credited_lines, credited_lines.c.credit_note == credit_notes.c.number)
        .join(invoices, invoices.c.number == credit_notes.c.number)
        .order_by(credit_notes.c.number)
    ).all()
    notes: dict[tuple[str, int], list[str]] = {}
    for row in given:
        notes.setdefault((row.invoice, row.credited), []).append(row.number)
    money = {row.invoice: (row.currency, row.minor_units) for row in given}
    if not notes:
        return ()
    due = connection.execute(
        """
        SELECT r.invoice, r.line, -sum(d.minor)
        FROM charge.due AS d JOIN charge.posted_reference AS r ON r.line_id = d.corrects
        WHERE d.is_credit AND r.invoice IN (SELECT unnest(CAST(? AS VARCHAR[])))
        GROUP BY r.invoice, r.line ORDER BY r.invoice, r.line
        """,
        [sorted(money)],
    ).fetchall()
    found = []
    for invoice, number, minor in due:
        if (invoice, number) not in notes:
            continue
        line = next(each for each in read_creditable(ledger, invoice) if each.line == number)
        taken = line.taken_back + int(minor)
        if line.given + taken > line.amount:
            currency, places = money[invoice]
            amounts = (to_major(each, places) for each in (line.amount, line.given, taken))
            place = f"{invoice}:{number}"
            found.append(CreditedAgain(place, tuple(notes[invoice, number]), currency, *amounts))
    return tuple(found)
