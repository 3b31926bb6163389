"""The payments of a billing run: those of the book, and the credit that its invoices use.

A payment of the book is recorded by the first run whose date it counts by.  What an account
has to its credit is applied to the invoice the run makes for it, the oldest credit first;
a credit note of the run is applied as a payment would be, oldest due first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from duckdb import DuckDBPyConnection
from sqlalchemy import Connection, select

from runtime.engine import fill_table
from runtime.ledger.post import Posted, PostedNote, sequence_of
from runtime.ledger.schema import payments
from runtime.payments.apply import apply_oldest
from runtime.payments.checks import GivenPayment
from runtime.payments.journal import Journal
from runtime.payments.known import known_to_book
from runtime.payments.ledger import open_journal, post_journal
from runtime.payments.receive import PaymentsRefused, Received, receive
from runtime.payments.standing import Debt
from runtime.program.model import Program

_RECORDED = {
    "payment": "VARCHAR",
    "account": "VARCHAR",
    "currency": "VARCHAR",
    "minor_units": "INTEGER",
    "minor": "BIGINT",
    "received": "VARCHAR",
    "method": "VARCHAR",
    "reference": "VARCHAR",
    "directed": "VARCHAR",
}


def receive_from_book(
    connection: DuckDBPyConnection, program: Program, ledger: Connection, as_of: date
) -> Received | PaymentsRefused:
    """Record what book.payments has by the date and the ledger has not, in a journal."""
    given = _fresh(connection, ledger, as_of)
    known = known_to_book(connection, program, ledger, given, as_of)
    files = connection.execute("SELECT DISTINCT file FROM book.payments").fetchall()
    name = files[0][0] if files else ""
    return receive(ledger, {name: given}, known)


def _fresh(connection: DuckDBPyConnection, ledger: Connection, as_of: date) -> list[GivenPayment]:
    """Give the book's payments but those that are recorded just so, which may be very many."""
    if not connection.execute("SELECT 1 FROM book.payments LIMIT 1").fetchone():
        return []
    rows = [tuple(row) for row in ledger.execute(select(payments))]
    fill_table(connection, "book.recorded", _RECORDED, rows)
    found = connection.execute(
        """
        SELECT p.row, p.payment, p.account, p.received, p.amount, p.currency, p.method,
               p.reference, p.invoices
        FROM book.payments AS p
        WHERE p.received <= ? AND NOT EXISTS (
            SELECT 1 FROM book.recorded AS r
            WHERE r.payment = p.payment AND r.account = p.account AND r.currency = p.currency
              AND CAST(r.received AS DATE) = p.received
              AND CAST(r.minor AS DECIMAL(38, 12)) = p.amount * CAST(10 ** r.minor_units AS BIGINT)
              AND r.method IS NOT DISTINCT FROM p.method
              AND r.reference IS NOT DISTINCT FROM p.reference
              AND r.directed IS NOT DISTINCT FROM p.invoices
        )
        ORDER BY p.row
        """,
        [as_of],
    ).fetchall()
    connection.execute("DROP TABLE book.recorded")
    return [GivenPayment(*row) for row in found]


def use_credit(journal: Journal, posted: Posted) -> None:
    """Apply what its account has to its credit to an invoice that was just posted.

    It was made out as paid by so much; see runtime.invoice.assemble.
    """
    facts = posted.facts
    standing = journal.standings.get((facts.invoicer, facts.currency))
    if standing is None or facts.gross <= 0:
        return
    paid = int(posted.invoice.totals.paid.scaleb(facts.minor_units))
    if not paid:
        return
    assert posted.number is not None
    day = facts.issue_date
    debt = Debt(posted.number, day, facts.gross, due=facts.due_date)
    standing.debts[posted.number] = debt
    for credit in standing.credits_by_age():
        minor = min(paid, credit.free(day))
        if minor > 0:
            journal.enter(standing, "application", day, minor, credit, on=debt)
            paid -= minor
    assert paid == 0


def post_payments(
    ledger: Connection, journal: Journal, notes: Sequence[PostedNote], day: date
) -> None:
    """Post a run's journal, and apply the credit notes that the run posted on a day."""
    post_journal(ledger, journal)
    if not notes:
        return
    after = open_journal(ledger, {note.account for note in notes})
    for note in sorted(notes, key=lambda each: sequence_of(each.number)):
        standing = after.standings[note.account, note.currency]
        apply_oldest(after, standing, standing.credits[note.number], day)
    post_journal(ledger, after)
