"""What accounts owe at the end of a day: by invoice age, with what they have to their credit.

The balance is posted invoices, less what is applied to them of payments, less credit notes.
Payments that are not applied are account credit; the balance less that is what is due in all.
Any past day can be asked: an entry counts from its own day on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from runtime.ledger.schema import entries, invoices, payments
from runtime.payments.ledger import effect_sql, in_groups

AGES: tuple[tuple[str, int | None], ...] = (
    ("current", 0),
    ("1-30", 30),
    ("31-60", 60),
    ("61-90", 90),
    ("over 90", None),
)
"""The names of ages, and up to how many days after its due date an invoice is in each."""


@dataclass(frozen=True, slots=True)
class Balance:
    """One account in one currency at the end of a day, in minor units.

    Attributes:
        invoiced: all invoices; credit_notes: all credit notes, as a positive amount.
        applied: of payments, to invoices.
        account_credit: payments that are not applied, reversed or refunded.
        open_credit_notes: what of credit notes is not applied to an invoice.
        aged: what is left to pay of invoices, by AGES.
    """

    account: str
    currency: str
    minor_units: int
    invoiced: int
    credit_notes: int
    applied: int
    account_credit: int
    open_credit_notes: int
    aged: tuple[int, ...]

    @property
    def balance(self) -> int:
        """Invoices, less applied payments, less credit notes."""
        return self.invoiced - self.applied - self.credit_notes

    @property
    def open(self) -> int:
        """What is left to pay of invoices: the balance before credit notes that are not applied."""
        return sum(self.aged)

    @property
    def credit(self) -> int:
        """What the account may still use: payments and credit notes."""
        return self.account_credit + self.open_credit_notes

    @property
    def due(self) -> int:
        """What the account owes in all; below zero: what it has to its credit."""
        return self.balance - self.account_credit


def read_balances(
    ledger: Connection, day: date, accounts: Iterable[str] | None = None
) -> tuple[Balance, ...]:
    """Give the balances at the end of a day by account and currency; of some accounts, or all.

    An account without invoices and entries by that day has none.
    """
    if accounts is None:
        return _read(ledger, day, None)
    return tuple(each for some in in_groups(accounts) for each in _read(ledger, day, some))


def _read(ledger: Connection, day: date, accounts: list[str] | None) -> tuple[Balance, ...]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    for query in (
        _invoice_sums(day, accounts),
        _payment_places(day, accounts),
        _entry_sums(day, accounts),
        _open_sums(day, accounts),
    ):
        for row in ledger.execute(query):
            values = dict(row._mapping)
            key = (values.pop("account"), values.pop("currency"))
            sums = found.setdefault(key, {})
            for name, value in values.items():
                sums[name] = int(value)
    return tuple(_balance(key, sums) for key, sums in sorted(found.items()))


def _balance(key: tuple[str, str], sums: dict[str, int]) -> Balance:
    notes = sums.get("credit_notes", 0)
    return Balance(
        *key,
        minor_units=sums["minor_units"],
        invoiced=sums.get("invoiced", 0),
        credit_notes=notes,
        applied=sums.get("applied", 0),
        account_credit=sums.get("account_credit", 0),
        open_credit_notes=notes + sums.get("note_use", 0),
        aged=tuple(sums.get(name, 0) for name, _ in AGES),
    )


def _invoice_sums(day: date, accounts: list[str] | None) -> Select[Any]:
    is_note = invoices.c.kind == "credit_note"
    return (
        select(
            invoices.c.invoicer.label("account"),
            invoices.c.currency,
            func.max(invoices.c.minor_units).label("minor_units"),
            func.sum(case((is_note, 0), else_=invoices.c.gross_minor)).label("invoiced"),
            func.sum(case((is_note, -invoices.c.gross_minor), else_=0)).label("credit_notes"),
        )
        .where(invoices.c.issue_date <= day.isoformat(), *_of(invoices.c.invoicer, accounts))
        .group_by(invoices.c.invoicer, invoices.c.currency)
    )


def _payment_places(day: date, accounts: list[str] | None) -> Select[Any]:
    return (
        select(
            payments.c.account,
            payments.c.currency,
            func.max(payments.c.minor_units).label("minor_units"),
        )
        .where(payments.c.received <= day.isoformat(), *_of(payments.c.account, accounts))
        .group_by(payments.c.account, payments.c.currency)
    )


def _entry_sums(day: date, accounts: list[str] | None) -> Select[Any]:
    of_payment, of_note = entries.c.payment.is_not(None), entries.c.credit_note.is_not(None)
    use = case((entries.c.kind == "payment", 1), else_=effect_sql("credit"))
    minor = entries.c.minor
    return (
        select(
            entries.c.account,
            entries.c.currency,
            func.sum(case((of_payment, -effect_sql("invoice") * minor), else_=0)).label("applied"),
            func.sum(case((of_payment, use * minor), else_=0)).label("account_credit"),
            func.sum(case((of_note, use * minor), else_=0)).label("note_use"),
        )
        .where(entries.c.day <= day.isoformat(), *_of(entries.c.account, accounts))
        .group_by(entries.c.account, entries.c.currency)
    )


def _open_sums(day: date, accounts: list[str] | None) -> Select[Any]:
    """Give the query for what is left to pay of the invoices of each age."""
    paid = (
        select(entries.c.invoice, func.sum(effect_sql("invoice") * entries.c.minor).label("minor"))
        .where(
            entries.c.invoice.is_not(None),
            entries.c.day <= day.isoformat(),
            *_of(entries.c.account, accounts),
        )
        .group_by(entries.c.invoice)
        .subquery()
    )
    left = invoices.c.gross_minor + func.coalesce(paid.c.minor, 0)
    age = _age(day)
    return (
        select(
            invoices.c.invoicer.label("account"),
            invoices.c.currency,
            *(func.sum(case((age == name, left), else_=0)).label(name) for name, _ in AGES),
        )
        .select_from(invoices.outerjoin(paid, paid.c.invoice == invoices.c.number))
        .where(
            invoices.c.kind != "credit_note",
            invoices.c.issue_date <= day.isoformat(),
            *_of(invoices.c.invoicer, accounts),
        )
        .group_by(invoices.c.invoicer, invoices.c.currency)
    )


def _age(day: date) -> ColumnElement[str]:
    """Give SQL for the age of an invoice: days are text, and compare as days do."""
    bounds = [
        (invoices.c.due_date >= (day - timedelta(days=most)).isoformat(), name)
        for name, most in AGES
        if most is not None
    ]
    return case(*bounds, else_=AGES[-1][0])


def _of(column: ColumnElement[str], accounts: list[str] | None) -> tuple[ColumnElement[bool], ...]:
    return () if accounts is None else (column.in_(accounts),)
