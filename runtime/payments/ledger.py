"""Standings out of the ledger's tables, and a journal into them.

Nothing here commits: the caller does, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select, true

from runtime.ledger.rows import insert_rows
from runtime.ledger.schema import entries, invoices, payments, runs
from runtime.payments.journal import Journal, Key
from runtime.payments.model import KINDS, Entry, Kind, Payment
from runtime.payments.standing import Credit, Debt, Standing

AT_ONCE = 500
"""Names in one statement."""

ALL_FROM = 20_000
"""Of so many names, all that a ledger has is read once, and those of others left out."""


def open_journal(ledger: Connection, accounts: Iterable[str]) -> Journal:
    """Begin a journal on the standings of these accounts, in all their currencies."""
    return Journal(
        last_entry=ledger.execute(select(func.max(entries.c.entry))).scalar() or 0,
        after_run=ledger.execute(select(func.max(runs.c.run))).scalar() or 0,
        standings=read_standings(ledger, accounts),
    )


def post_journal(ledger: Connection, journal: Journal) -> None:
    """Post a journal's payments and entries; invoices that it names are there already."""
    insert_rows(ledger, payments, [_payment_row(payment) for payment in journal.payments])
    insert_rows(ledger, entries, [_entry_row(entry) for entry in journal.entries])


def read_standings(ledger: Connection, accounts: Iterable[str]) -> dict[Key, Standing]:
    """Give how accounts stand, by account and currency; those that never moved have none."""
    found: dict[Key, Standing] = {}
    for names in in_groups(accounts):
        for invoice in ledger.execute(
            select(
                *(invoices.c[name] for name in ("number", "kind", "invoicer", "currency")),
                *(invoices.c[name] for name in ("minor_units", "issue_date", "due_date")),
                *(invoices.c[name] for name in ("gross_minor", "sequence")),
            ).where(invoices.c.invoicer.in_(names))
        ):
            key = (invoice.invoicer, invoice.currency)
            standing = found.setdefault(key, Standing(*key, invoice.minor_units))
            day = date.fromisoformat(invoice.issue_date)
            if invoice.kind == "credit_note":
                note = Credit(invoice.number, day, -invoice.gross_minor, is_payment=False)
                standing.credits[invoice.number] = note
            else:
                due = date.fromisoformat(invoice.due_date)
                standing.debts[invoice.number] = Debt(
                    invoice.number, day, invoice.gross_minor, due=due, sequence=invoice.sequence
                )
        for row in ledger.execute(select(payments).where(payments.c.account.in_(names))):
            payment = payment_of(dict(row._mapping))
            key = (payment.account, payment.currency)
            found.setdefault(key, Standing(*key, payment.minor_units)).add_payment(payment)
        for entry in read_entries(ledger, entries.c.account.in_(names)):
            found[entry.account, entry.currency].add(entry)
    return found


def read_entries(ledger: Connection, *conditions: ColumnElement[bool]) -> Iterator[Entry]:
    """Give entries in the order they were posted."""
    query = select(entries).where(*conditions).order_by(entries.c.entry)
    for row in ledger.execute(query):
        yield Entry(**{**row._mapping, "day": date.fromisoformat(row.day)})


def read_payments(ledger: Connection, names: Iterable[str]) -> dict[str, Payment]:
    """Give the payments of these ids that are recorded."""
    return {
        row.payment: payment_of(dict(row._mapping))
        for some in in_groups(names)
        for row in ledger.execute(select(payments).where(payments.c.payment.in_(some)))
    }


def account_of_credit(ledger: Connection, name: str) -> Key | None:
    """Give whose payment or credit note it is, and in which currency; None: there is none."""
    row = ledger.execute(
        select(payments.c.account, payments.c.currency).where(payments.c.payment == name)
    ).one_or_none()
    if row is None:
        row = ledger.execute(
            select(invoices.c.invoicer, invoices.c.currency).where(
                invoices.c.number == name, invoices.c.kind == "credit_note"
            )
        ).one_or_none()
    return None if row is None else (row[0], row[1])


def accounts_with_credit(ledger: Connection, accounts: Iterable[str]) -> set[str]:
    """Give those with anything left to use of a payment or of a credit note."""
    left: dict[str, int] = {}
    wanted = frozenset(accounts)
    for names in groups_of(wanted):
        used = (
            select(entries.c.account, func.sum(entries.c.minor * _use()))
            .where(is_among(entries.c.account, names))
            .group_by(entries.c.account)
        )
        notes = (
            select(invoices.c.invoicer, func.sum(-invoices.c.gross_minor))
            .where(is_among(invoices.c.invoicer, names), invoices.c.kind == "credit_note")
            .group_by(invoices.c.invoicer)
        )
        for query in (used, notes):
            for account, minor in ledger.execute(query):
                left[account] = left.get(account, 0) + int(minor)
    return {account for account, minor in left.items() if minor > 0 and account in wanted}


def payment_of(row: dict[str, Any]) -> Payment:
    """Make a payment of a row of the ledger's table."""
    return Payment(**{**row, "received": date.fromisoformat(row["received"])})


def effect_sql(part: str) -> ColumnElement[int]:
    """Give SQL for what one minor unit of an entry does; `part`: a field of model.Effect."""
    effects: dict[Kind, int] = {kind: getattr(effect, part) for kind, effect in KINDS.items()}
    return case(effects, value=entries.c.kind, else_=0)


def _use() -> ColumnElement[int]:
    """Give SQL for what an entry does to the credit its account has left."""
    return case((entries.c.kind == "payment", 1), else_=effect_sql("credit"))


def in_groups(names: Iterable[str]) -> Iterator[list[str]]:
    """Give names, each once, in groups that fit a statement."""
    rest = iter(sorted(set(names)))
    while some := list(islice(rest, AT_ONCE)):
        yield some


def groups_of(names: frozenset[str]) -> Iterator[list[str] | None]:
    """Give names in groups that fit a statement; None, for all: where they are very many."""
    if len(names) > ALL_FROM:
        yield None
    else:
        yield from in_groups(names)


def is_among(column: ColumnElement[str], names: list[str] | None) -> ColumnElement[bool]:
    """Give SQL for whether a name is one of a group."""
    return true() if names is None else column.in_(names)


def _payment_row(payment: Payment) -> tuple[object, ...]:
    return (
        payment.payment,
        payment.account,
        payment.currency,
        payment.minor_units,
        payment.minor,
        payment.received.isoformat(),
        payment.method,
        payment.reference,
        payment.directed,
    )


def _entry_row(entry: Entry) -> tuple[object, ...]:
    return (
        entry.entry,
        entry.kind,
        entry.day.isoformat(),
        entry.account,
        entry.currency,
        entry.minor,
        entry.payment,
        entry.credit_note,
        entry.invoice,
        entry.takes_back,
        entry.reference,
        entry.reason,
        entry.after_run,
    )
