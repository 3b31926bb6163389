"""Statements of account: what was owed, every entry since, what is owed now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select

from runtime.invoice.model import Invoice
from runtime.ledger.history import read_invoice
from runtime.ledger.schema import credit_notes, entries, invoices
from runtime.money import to_major
from runtime.payments.balances import AGES, Balance, read_balances
from runtime.payments.ledger import read_entries, read_standings
from runtime.payments.model import KINDS, Entry, PaymentRefused
from runtime.payments.statement_model import Age, EntryKind, OpenInvoice, Statement, StatementEntry

DEFAULT_LOCALE = "en"

Posted = tuple[date, int, int, StatementEntry]
"""An entry with what orders it: its day, invoices before the rest, as it was posted."""


def read_statements(
    ledger: Connection, account: str, start: date | None, end: date
) -> tuple[Statement, ...]:
    """Give an account's statements from a day to a day, one a currency.

    `start` None: from its first entry on.  Raises PaymentRefused where it has no entry by `end`.
    """
    closing = read_balances(ledger, end, [account])
    if not closing:
        raise PaymentRefused(f"account {account} has no invoice and no payment by {end}")
    return tuple(_statement(ledger, balance, start, end) for balance in closing)


def _statement(ledger: Connection, closing: Balance, start: date | None, end: date) -> Statement:
    posted = sorted(
        (*_documents(ledger, closing, end), *_entries(ledger, closing, end)),
        key=lambda each: each[:3],
    )
    first = start or posted[0][0]
    before = sum((each.amount for day, _, _, each in posted if day < first), Decimal(0))
    zero = to_major(0, closing.minor_units)
    opening = balance = zero + before
    shown = []
    for day, _, _, entry in posted:
        if day >= first:
            balance += entry.amount
            shown.append(entry.model_copy(update={"balance": balance}))
    last = _last_invoice(ledger, closing, end)
    return Statement(
        account=closing.account,
        currency=closing.currency,
        minor_units=closing.minor_units,
        locale=last.locale if last else DEFAULT_LOCALE,
        seller=last.seller if last else None,
        bill_to=last.bill_to if last else None,
        start=first,
        end=end,
        opening=opening,
        entries=tuple(shown),
        closing=balance,
        open_invoices=tuple(_open_invoices(ledger, closing, end)),
        ages=tuple(
            Age(name=name, amount=to_major(minor, closing.minor_units))
            for (name, _), minor in zip(AGES, closing.aged, strict=True)
        ),
        credit=to_major(closing.credit, closing.minor_units),
    )


def _documents(ledger: Connection, of: Balance, end: date) -> Iterator[Posted]:
    query = (
        select(
            *(invoices.c[name] for name in ("number", "kind", "sequence", "issue_date")),
            invoices.c.gross_minor,
            credit_notes.c.invoice,
            credit_notes.c.reason,
        )
        .select_from(invoices.outerjoin(credit_notes, credit_notes.c.number == invoices.c.number))
        .where(
            invoices.c.invoicer == of.account,
            invoices.c.currency == of.currency,
            invoices.c.issue_date <= end.isoformat(),
        )
    )
    zero = to_major(0, of.minor_units)
    for row in ledger.execute(query):
        day = date.fromisoformat(row.issue_date)
        entry = StatementEntry(
            day=day,
            kind=row.kind,
            name=row.number,
            about=row.invoice,
            reference=None,
            reason=row.reason,
            amount=to_major(row.gross_minor, of.minor_units),
            applied=zero,
            balance=zero,
        )
        yield day, 0, row.sequence, entry


def _entries(ledger: Connection, of: Balance, end: date) -> Iterator[Posted]:
    for entry in read_entries(
        ledger,
        entries.c.account == of.account,
        entries.c.currency == of.currency,
        entries.c.day <= end.isoformat(),
    ):
        yield entry.day, 1, entry.entry, _shown(entry, of.minor_units)


def _shown(entry: Entry, minor_units: int) -> StatementEntry:
    kind: EntryKind = entry.kind
    effect = KINDS[entry.kind]
    return StatementEntry(
        day=entry.day,
        kind=kind,
        name=entry.credit,
        about=entry.invoice,
        reference=entry.reference,
        reason=entry.reason,
        amount=to_major(effect.owed * entry.minor, minor_units),
        applied=to_major(-effect.invoice * entry.minor, minor_units),
        balance=to_major(0, minor_units),
    )


def _open_invoices(ledger: Connection, of: Balance, end: date) -> Iterator[OpenInvoice]:
    standing = read_standings(ledger, [of.account])[of.account, of.currency]
    for debt in sorted(standing.debts.values(), key=lambda each: (each.due, each.sequence)):
        left = debt.left(end)
        if left:
            yield OpenInvoice(
                number=debt.name,
                issue_date=debt.day,
                due_date=debt.due,
                gross=to_major(debt.minor, of.minor_units),
                left=to_major(left, of.minor_units),
            )


def _last_invoice(ledger: Connection, of: Balance, end: date) -> Invoice | None:
    number = ledger.execute(
        select(invoices.c.number)
        .where(
            invoices.c.invoicer == of.account,
            invoices.c.currency == of.currency,
            invoices.c.issue_date <= end.isoformat(),
        )
        .order_by(invoices.c.sequence.desc())
        .limit(1)
    ).scalar()
    return None if number is None else read_invoice(ledger, number)
