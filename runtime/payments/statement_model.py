"""A statement of account: plain values, as its documents print them.

Amounts are in major units of `currency`, with its minor units as their places.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from runtime.invoice.model import Frozen, Party

EntryKind = Literal[
    "invoice", "credit_note", "payment", "reversal", "refund", "application", "unapplication"
]


class StatementEntry(Frozen):
    """What was posted on a day.

    Attributes:
        name: of the invoice, the credit note or the payment.
        about: the invoice that something was applied to, or that a credit note names.
        reference: what the bank calls it.
        reason: why, where one was given.
        amount: what it does to what is owed; zero of what is applied or taken back.
        applied: how much was applied, or taken back below zero.
        balance: what is owed after it.
    """

    day: date
    kind: EntryKind
    name: str
    about: str | None
    reference: str | None
    reason: str | None
    amount: Decimal
    applied: Decimal
    balance: Decimal


class OpenInvoice(Frozen):
    """An invoice of which something is left to pay at the end."""

    number: str
    issue_date: date
    due_date: date
    gross: Decimal
    left: Decimal


class Age(Frozen):
    """What is left to pay of invoices of one age; see runtime.payments.balances.AGES."""

    name: str
    amount: Decimal


class Statement(Frozen):
    """One account in one currency, over days.

    Attributes:
        seller, bill_to: as on its last invoice; None where it has none.
        start, end: the first and the last day.
        opening: what it owed before the first day; closing: at the end of the last.
        open_invoices: what of that is left to pay, by due date; ages: the same by age.
        credit: what it has to its credit at the end, of payments and credit notes.
    """

    account: str
    currency: str
    minor_units: int
    locale: str
    seller: Party | None
    bill_to: Party | None
    start: date
    end: date
    opening: Decimal
    entries: tuple[StatementEntry, ...]
    closing: Decimal
    open_invoices: tuple[OpenInvoice, ...]
    ages: tuple[Age, ...]
    credit: Decimal


class StatementPage(Frozen):
    """What a template draws: the statement, the name of its currency, the size of its paper."""

    statement: Statement
    currency_name: str
    paper: str
