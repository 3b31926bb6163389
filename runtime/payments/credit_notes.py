"""Credit notes that somebody gives: they name an invoice, and credit it whole or by line.

Such a credit stands beside the target: no line of it is among the posted lines that a run
subtracts, so no run bills it back.  It is applied to the invoice it names; where that is paid,
as much of the payments is freed.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, func, select

from runtime.delivery.outbox import plans_like
from runtime.invoice.draft import Draft
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import (
    AccountSection,
    AccountSummary,
    Credited,
    Invoice,
    InvoiceLine,
    PackageSection,
    ServiceSection,
    TaxLine,
    Totals,
)
from runtime.ledger.history import read_invoice, read_last_run
from runtime.ledger.post import post_invoices
from runtime.ledger.rows import insert_rows
from runtime.ledger.schema import credit_notes, credited_lines, entries, invoices
from runtime.money import to_major
from runtime.payments.apply import take_back
from runtime.payments.balances import read_balances
from runtime.payments.credited import (
    Asked,
    CreditableLine,
    amounts_of,
    read_creditable,
    read_credited_gross,
    taxed_before,
)
from runtime.payments.journal import Journal
from runtime.payments.ledger import open_journal, post_journal
from runtime.payments.model import PaymentRefused
from runtime.program.model import Rounding
from runtime.tax import InvoiceTax, LineTaxes, share_taxes


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A credit note before it is posted: its document, and how much of which line it credits."""

    invoice: Invoice
    credited: Invoice
    amounts: dict[int, int]


def draft_note(
    ledger: Connection, number: str, asked: Sequence[Asked] | None, day: date, reason: str
) -> NoteDraft:
    """Make out a credit note for an invoice; nothing is posted.

    Args:
        ledger: where the invoice is posted.
        number: of the invoice.
        asked: the lines, each with the amount its price came to; None: all that is left.
        day: the note's date, not before the invoice's.
        reason: as it is printed.

    Raises:
        PaymentRefused: there is no such invoice, or not so much left of it to credit.
    """
    original, last = read_invoice(ledger, number), read_last_run(ledger)
    if original is None or last is None:
        raise PaymentRefused(f"the ledger has no invoice `{number}`")
    if original.kind == "credit_note":
        raise PaymentRefused(f"{number} is a credit note, and cannot be credited")
    if day < original.issue_date:
        raise PaymentRefused(f"{number} was issued on {original.issue_date}, after {day}")
    moved = ledger.execute(
        select(func.max(entries.c.day)).where(entries.c.invoice == number)
    ).scalar()
    if moved is not None and moved > day.isoformat():
        raise PaymentRefused(
            f"something was applied to {number}, or taken back, on {moved}",
            f"date the credit note {moved} or later",
        )
    posted = read_creditable(ledger, number)
    rounding: Rounding = "half_even" if last.rounding == "half_even" else "half_up"
    amounts = amounts_of(number, posted, asked, original.minor_units)
    note = _note(original, posted, amounts, rounding)
    gross = int(original.totals.gross.scaleb(original.minor_units))
    left = to_major(gross - read_credited_gross(ledger, number), original.minor_units)
    if -note.totals.gross > left:
        raise PaymentRefused(
            f"{-note.totals.gross:,f} with tax is more than the {left:,f} that is left of {number}",
            "its own credits, and credit notes, have lowered what it comes to",
        )
    summary = _summary(ledger, note, day)
    named = Credited(invoice=number, issue_date=original.issue_date, reason=reason)
    update = {"issue_date": day, "due_date": day, "summary": summary, "credits": named}
    return NoteDraft(note.model_copy(update=update), original, amounts)


def post_note(ledger: Connection, draft: NoteDraft) -> tuple[Invoice, Journal]:
    """Post a credit note with the next number, applied to the invoice it names."""
    last = read_last_run(ledger)
    number = draft.credited.number
    assert last is not None
    assert number is not None
    owner = ledger.execute(select(invoices.c.owner).where(invoices.c.number == number)).scalar()
    drafts = [Draft(draft.invoice, ())]
    plans = plans_like(ledger, draft.credited)
    (posted,) = post_invoices(ledger, run=last.run, owner=str(owner), drafts=drafts, plans=plans)
    note = posted.invoice
    assert draft.invoice.credits is not None
    insert_rows(ledger, credit_notes, [(note.number, number, draft.invoice.credits.reason)])
    rows = [
        (note.number, line, credited, minor)
        for line, (credited, minor) in enumerate(draft.amounts.items(), start=1)
    ]
    insert_rows(ledger, credited_lines, rows)
    journal = open_journal(ledger, [note.bill_to.account])
    notes = select(credit_notes.c.number).where(credit_notes.c.invoice == number)
    _apply(journal, note, number, set(ledger.execute(notes).scalars()))
    post_journal(ledger, journal)
    return note, journal


def _apply(journal: Journal, note: Invoice, number: str, given: Container[str]) -> None:
    """Apply a note to its invoice; payments that are in its way are freed, the last one first.

    `given`: the credit notes that were given for the invoice, which stay applied to it.
    """
    assert note.number is not None
    standing = journal.standings[note.bill_to.account, note.currency]
    credit, debt = standing.credits[note.number], standing.debts[number]
    day, minor = note.issue_date, credit.minor
    short = minor - debt.rest
    if short > 0:
        found = [each for each in standing.applied(debt=number) if each.credit not in given]
        found.sort(key=lambda each: not standing.credits[each.credit].is_payment)
        take_back(journal, standing, found, short, day, f"credited by {note.number}")
    journal.enter(standing, "application", day, minor, credit, on=debt)


def _note(
    original: Invoice,
    posted: Sequence[CreditableLine],
    amounts: dict[int, int],
    rounding: Rounding,
) -> Invoice:
    """Give the invoice's document with the credited lines alone, and their taxes."""
    by_line = {each.line: each for each in posted}
    taxes, shares = share_taxes(
        [(-minor, by_line[line].rates) for line, minor in amounts.items()],
        rounding,
        taxed_before(posted),
    )
    places = original.minor_units
    printed = {line.number: line for line in all_lines(original)}
    credited = {
        line: _line(printed[line], number, minor, share, original)
        for number, ((line, minor), share) in enumerate(
            zip(amounts.items(), shares, strict=True), start=1
        )
    }
    zero = to_major(0, places)
    net = sum((line.net for line in credited.values()), zero)
    tax = sum((line.tax for line in credited.values()), zero)
    totals = Totals(net=net, tax=tax, gross=net + tax, paid=zero, due=net + tax)
    return original.model_copy(
        update={
            "number": None,
            "run": None,
            "kind": "credit_note",
            "recurring_start": None,
            "recurring_end": None,
            "usage_start": None,
            "usage_end": None,
            "sections": tuple(_sections(original, credited, zero)),
            "taxes": tuple(_tax_line(each, original) for each in taxes),
            "totals": totals,
            "buckets": (),
            "changes": (),
            "usage_days": (),
            "usage_days_total": 0,
        }
    )


def _line(
    line: InvoiceLine, number: int, minor: int, share: LineTaxes, original: Invoice
) -> InvoiceLine:
    """Give a line that takes back a line, or so much of it.

    A whole one has the line's price and a quantity below zero; of a part, the amount is the
    price.
    """
    amount = to_major(minor, original.minor_units)
    held = 0 if share.held is None else share.held
    update: dict[str, object] = {
        "number": number,
        "is_credit": True,
        "corrects": f"{original.number}:{line.number}",
        "net": to_major(-minor - held, original.minor_units),
        "with_tax": None if share.held is None else -amount,
        "tax": to_major(share.minor, original.minor_units),
        "components": (),
        "pricing": None,
        "commitment": None,
        "penalty": None,
    }
    if amount == line.charged and line.unit_price is not None:
        update["quantity"] = -line.quantity
    else:
        update |= {
            "quantity": Decimal(-1 if minor > 0 else 1),
            "unit": "",
            "unit_price": abs(amount),
            "unit_price_per": None,
            "proration": None,
            "days": None,
            "full_days": None,
        }
    return line.model_copy(update=update)


def _sections(
    original: Invoice, credited: dict[int, InvoiceLine], zero: Decimal
) -> Iterator[AccountSection]:
    for account in original.sections:
        packages = tuple(_packages(account, credited, zero))
        if packages:
            subtotal = sum((each.subtotal for each in packages), zero)
            yield account.model_copy(update={"packages": packages, "subtotal": subtotal})


def _packages(
    account: AccountSection, credited: dict[int, InvoiceLine], zero: Decimal
) -> Iterator[PackageSection]:
    for package in account.packages:
        services: list[ServiceSection] = []
        for service in package.services:
            own = tuple(credited[line.number] for line in service.lines if line.number in credited)
            if own:
                subtotal = sum((line.net for line in own), zero)
                services.append(service.model_copy(update={"lines": own, "subtotal": subtotal}))
        if services:
            subtotal = sum((each.subtotal for each in services), zero)
            update = {"services": tuple(services), "subtotal": subtotal}
            yield package.model_copy(update=update)


def _tax_line(tax: InvoiceTax, original: Invoice) -> TaxLine:
    """Give the tax of one rate as the invoice printed it, over what is credited of it."""
    rate = tax.rate
    printed = next(
        each
        for each in original.taxes
        if (each.tax, each.tax_class, each.jurisdiction, each.percent, each.exemption)
        == (rate.tax, rate.tax_class, rate.jurisdiction, rate.percent, rate.exemption)
    )
    base = to_major(tax.base, original.minor_units)
    amount = to_major(tax.minor, original.minor_units)
    return printed.model_copy(update={"base": base, "amount": amount})


def _summary(ledger: Connection, note: Invoice, day: date) -> AccountSummary:
    """Say what the account owes on the day without the note and with it."""
    found = read_balances(ledger, day, [note.bill_to.account])
    owed = next(each.due for each in found if each.currency == note.currency)
    previous = to_major(owed, note.minor_units)
    return AccountSummary(
        previous_balance=previous,
        carried_forward=previous,
        this_invoice=note.totals.gross,
        balance_due=previous + note.totals.gross,
        due_date=day,
    )
