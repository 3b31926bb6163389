"""A ledger with invoices and nothing else, and what is done to it in tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection

from runtime.invoice.draft import Draft
from runtime.invoice.model import AccountSummary, Invoice, Party, Totals
from runtime.ledger.connect import hold_ledger
from runtime.ledger.post import post_invoices, post_run
from runtime.payments.balances import Balance, read_balances
from runtime.payments.checks import GivenPayment
from runtime.payments.journal import Journal
from runtime.payments.known import known_to_ledger
from runtime.payments.ledger import account_of_credit, open_journal, post_journal
from runtime.payments.receive import PaymentsRefused, Received, receive
from runtime.payments.standing import Credit, Standing
from tests.ledgers import ledgers
from tests.runtime.programs import connectivity_program

NOBODY = dict.fromkeys(Party.model_fields)


def day(text: str) -> date:
    """Give a day of 2026, as 01-31, or any, as 2025-12-31."""
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def invoice(
    account: str, issued: str, minor: int, *, terms: int = 30, currency: str = "CAD"
) -> Draft:
    """Give an invoice over one sum and no lines."""
    gross = Decimal(minor).scaleb(-2)
    zero = Decimal("0.00")
    on = day(issued)
    due = date.fromordinal(on.toordinal() + terms)
    party = Party.model_validate(NOBODY | {"account": account, "name": f"Customer {account}"})
    return Draft(
        Invoice(
            format=1,
            number=None,
            kind="credit_note" if minor < 0 else "invoice",
            issue_date=on,
            due_date=due,
            currency=currency,
            minor_units=2,
            locale="en_CA",
            catalog="connectivity",
            catalog_title="Northwind",
            seller=party,
            bill_to=party,
            recurring_start=None,
            recurring_end=None,
            usage_start=None,
            usage_end=None,
            sections=(),
            taxes=(),
            totals=Totals(net=gross, tax=zero, gross=gross, paid=zero, due=gross),
            summary=AccountSummary(
                previous_balance=zero, this_invoice=gross, balance_due=gross, due_date=due
            ),
            buckets=(),
            changes=(),
            usage_days=(),
            usage_days_total=0,
            usage_day_limit=60,
            bill_group="business",
            terms_days=terms,
            run=None,
            fingerprint="",
            usage_cutoff=on,
        ),
        (),
    )


def post(ledger: Connection, run: int, *drafts: Draft, as_of: str | None = None) -> list[str]:
    """Post invoices in a run; give their numbers."""
    on = day(as_of) if as_of else max(draft.invoice.issue_date for draft in drafts)
    post_run(ledger, connectivity_program(), run=run, as_of=on, kept_events=0)
    posted = post_invoices(ledger, run=run, owner="northwind", drafts=drafts)
    return [str(each.number) for each in posted]


def given(
    payment: str,
    account: str,
    received: str,
    amount: str,
    *,
    currency: str = "CAD",
    invoices: str | None = None,
    reference: str | None = None,
) -> GivenPayment:
    """Give a payment as a file has it."""
    return GivenPayment(
        1,
        payment,
        account,
        day(received),
        Decimal(amount),
        currency,
        None,
        reference,
        invoices,
    )


def paid(ledger: Connection, *payments: GivenPayment, until: str = "12-31") -> Received:
    """Record payments and post them."""
    known = known_to_ledger(ledger, payments, day(until))
    received = receive(ledger, {"payments.csv": list(payments)}, known)
    assert isinstance(received, Received), received
    post_journal(ledger, received.journal)
    return received


def refused(ledger: Connection, *payments: GivenPayment, until: str = "12-31") -> list[str]:
    """Give the codes of the faults for which payments are refused."""
    known = known_to_ledger(ledger, payments, day(until))
    received = receive(ledger, {"payments.csv": list(payments)}, known)
    assert isinstance(received, PaymentsRefused), received
    return [fault.code for fault in received.faults]


@contextmanager
def working_on(ledger: Connection, name: str) -> Iterator[tuple[Journal, Standing, Credit]]:
    """Give what operations on a payment or credit note take, and post what they made."""
    key = account_of_credit(ledger, name)
    assert key is not None
    journal = open_journal(ledger, [key[0]])
    yield journal, journal.standings[key], journal.standings[key].credits[name]
    post_journal(ledger, journal)


@contextmanager
def new_ledger(folder: Path) -> Iterator[Connection]:
    """Hold a new ledger, of which nothing stays."""
    with hold_ledger(ledgers().url(folder / "ledger.db")) as ledger:
        yield ledger


def balance(ledger: Connection, account: str, on: str, currency: str = "CAD") -> Balance:
    """Give one account's balance at the end of a day."""
    (found,) = (
        each for each in read_balances(ledger, day(on), [account]) if each.currency == currency
    )
    return found
