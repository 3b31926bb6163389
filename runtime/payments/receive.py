"""Payments that come in: read from files or given singly, checked, recorded and applied.

All of them are recorded or none.  A payment is known by its id: the same file twice records
nothing twice, and an id that comes with other content is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection
from sqlalchemy import Connection

from runtime.book.fault_table import collect_faults, make_fault_table
from runtime.book.faults import WHOLE_FILE, BookFault
from runtime.book.files import BookFile
from runtime.book.read import make_empty, read_file
from runtime.payments.apply import apply_as_far, apply_oldest
from runtime.payments.checks import GivenPayment, Known, check_payments, parts_of
from runtime.payments.journal import Journal
from runtime.payments.known import known_to_ledger
from runtime.payments.ledger import open_journal
from runtime.payments.model import Payment

ENTITY = "payments"


@dataclass(frozen=True, slots=True)
class Received:
    """What came of payments: their journal, and how many were recorded before as they stand."""

    journal: Journal
    repeated: int


@dataclass(frozen=True, slots=True)
class PaymentsRefused:
    """Why nothing was recorded."""

    faults: tuple[BookFault, ...]


def receive_files(
    connection: DuckDBPyConnection, ledger: Connection, paths: Sequence[Path], until: date
) -> Received | PaymentsRefused:
    """Record the payments of files in a journal; nothing is posted.

    Args:
        connection: from open_engine.
        ledger: whose accounts and invoices the payments concern.
        paths: CSV, JSON lines (`.jsonl`) or Parquet, of the columns of the book's `payments`.
        until: the last day on which one may have been received.
    """
    make_fault_table(connection)
    faults: list[BookFault] = []
    given: dict[str, list[GivenPayment]] = {}
    for path in paths:
        name = path.name if len({each.name for each in paths}) == len(paths) else str(path)
        if name in given:
            faults.append(BookFault(name, WHOLE_FILE, "", "", "file_twice", "is named twice", ""))
            continue
        file = BookFile(ENTITY, name, path)
        make_empty(connection, file)
        read_file(connection, file, path)
        given[name] = read_given(connection)
    faults += collect_faults(connection)
    faults += _repeated_ids(given)
    everything = [each for rows in given.values() for each in rows]
    known = known_to_ledger(ledger, everything, until)
    return receive(ledger, given, known, faults)


def receive(
    ledger: Connection,
    given: dict[str, list[GivenPayment]],
    known: Known,
    faults: Iterable[BookFault] = (),
) -> Received | PaymentsRefused:
    """Record payments, by the file they stand in; with a fault, of theirs or before, none."""
    found = list(faults)
    payments: list[Payment] = []
    repeated = 0
    for file, rows in given.items():
        checked = check_payments(file, rows, known)
        found += checked.faults
        payments += checked.payments
        repeated += checked.repeated
    if found:
        return PaymentsRefused(tuple(sorted(found)))
    journal = open_journal(ledger, {payment.account for payment in payments})
    record(journal, payments)
    return Received(journal, repeated)


def record(journal: Journal, payments: Iterable[Payment]) -> None:
    """Record payments, the earliest first, and apply each as it is directed or oldest first.

    What a payment that is directed leaves over stays with the account.
    """
    for payment in sorted(payments, key=lambda each: (each.received, each.payment)):
        credit = journal.receive(payment)
        standing = journal.standings[payment.account, payment.currency]
        parts = parts_of(payment)
        if parts:
            apply_as_far(journal, standing, credit, parts)
        else:
            apply_oldest(journal, standing, credit, payment.received)


def read_given(connection: DuckDBPyConnection) -> list[GivenPayment]:
    """Give the rows of book.payments."""
    return [
        GivenPayment(*row)
        for row in connection.execute("""
            SELECT row, payment, account, received, amount, currency, method, reference, invoices
            FROM book.payments ORDER BY row
        """).fetchall()
    ]


def _repeated_ids(given: dict[str, list[GivenPayment]]) -> Iterable[BookFault]:
    first: dict[str, str] = {}
    for file, rows in given.items():
        for each in rows:
            if each.payment is None:
                continue
            place = f"{file} row {each.row}"
            if each.payment in first:
                reason = f"stands in {first[each.payment]} already"
                yield BookFault(
                    file, each.row, "payment", each.payment, "duplicate_key", reason, ""
                )
            first.setdefault(each.payment, place)
