"""What an invoice comes to, and what its account owes with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from runtime.invoice.model import AccountSummary, InvoiceLine, SummaryEntry, Totals
from runtime.money import to_major
from runtime.payments.owed import Owed


def total_of(worded: Sequence[InvoiceLine], credit: int, minor_units: int) -> Totals:
    """Add up an invoice's lines; as much of it is paid as its account has to its credit.

    `credit` in minor units; an invoice below zero is a credit note, and pays for others.
    """
    zero = to_major(0, minor_units)
    net = sum((line.net for line in worded), zero)
    tax = sum((line.tax for line in worded), zero)
    gross = net + tax
    paid = max(zero, min(gross, to_major(credit, minor_units)))
    return Totals(net=net, tax=tax, gross=gross, paid=paid, due=gross - paid)


def summary_of(owed: Owed, totals: Totals, due_date: date, minor_units: int) -> AccountSummary:
    """Say what the account owed before, what has come since, and what it owes now."""
    carried = to_major(owed.carried, minor_units)
    return AccountSummary(
        previous_balance=to_major(owed.previous, minor_units),
        entries=tuple(
            SummaryEntry(
                day=each.day,
                kind=each.kind,
                name=each.name,
                reference=each.reference,
                amount=to_major(each.minor, minor_units),
            )
            for each in owed.since
        ),
        carried_forward=carried,
        this_invoice=totals.gross,
        balance_due=carried + totals.gross,
        due_date=due_date,
    )
