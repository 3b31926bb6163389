"""What is asked of a payment before it is recorded, whether it comes alone or in a file.

One mistake gives one fault; a cell that could not be read was reported where it was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from runtime.book.faults import BookFault
from runtime.money import exact_minor
from runtime.payments.apply import Part
from runtime.payments.model import Payment

MOST_MINOR = 10**15
"""The largest payment in minor units: what many of them add up to fits the ledger."""

_PART = re.compile(r"(?P<invoice>[^\s=]+)(?:=(?P<amount>[0-9]{1,15}(?:\.[0-9]{1,12})?))?\Z")
_NUMBER = re.compile(r"INV-[0-9]+\Z")


@dataclass(frozen=True, slots=True)
class GivenPayment:
    """A payment as it is written; None where a cell is empty or could not be read.

    `row`: from 1 in its file; 0: it is not of a file.
    """

    row: int
    payment: str | None
    account: str | None
    received: date | None
    amount: Decimal | None
    currency: str | None
    method: str | None
    reference: str | None
    invoices: str | None


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account that may pay: the currencies it is invoiced in, with their decimals.

    `invoicer`: who receives its invoices, where that is another account.
    """

    currencies: Mapping[str, int]
    invoicer: str | None = None


@dataclass(frozen=True, slots=True)
class KnownInvoice:
    """A posted invoice or credit note."""

    account: str
    currency: str
    is_credit_note: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What payments are held against: accounts, the invoices they name, what is recorded.

    Attributes:
        until: the last day on which a payment may have been received.
        spelt_nearly: the account that an unknown one may have meant.
    """

    accounts: Mapping[str, KnownAccount]
    invoices: Mapping[str, KnownInvoice]
    recorded: Mapping[str, Payment]
    until: date
    spelt_nearly: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a file: the payments that are new, how many were recorded already, faults."""

    payments: tuple[Payment, ...]
    repeated: int
    faults: tuple[BookFault, ...]


def check_payments(file: str, given: Sequence[GivenPayment], known: Known) -> Checked:
    """Check payments against what is known; those that are recorded as they stand are left out."""
    faults: list[BookFault] = []
    fresh: list[Payment] = []
    repeated = 0
    for each in given:
        found = tuple(_faults(file, each, known))
        faults += found
        payment = None if found else _payment(each, known)
        if payment is None:
            continue
        before = known.recorded.get(payment.payment)
        if before is None:
            fresh.append(payment)
        elif before == payment:
            repeated += 1
        else:
            faults.append(_conflict(file, each, before, payment))
    return Checked(tuple(fresh), repeated, tuple(faults))


def parts_of(payment: Payment) -> tuple[Part, ...]:
    """Give the invoices that a payment names, with the amounts it gives them."""
    return tuple(
        Part(found["invoice"], exact_minor(Decimal(found["amount"]), payment.minor_units))
        if found["amount"]
        else Part(found["invoice"])
        for found in map(_PART.match, (payment.directed or "").split())
        if found
    )


def _faults(file: str, given: GivenPayment, known: Known) -> Iterator[BookFault]:
    def fault(field: str, value: object, code: str, reason: str, hint: str = "") -> BookFault:
        return BookFault(file, given.row, field, str(value), code, reason, hint)

    if given.payment is not None and _NUMBER.match(given.payment):
        yield fault("payment", given.payment, "number_of_invoice", "is how invoices are numbered")
    account = None
    if given.account is not None:
        account = known.accounts.get(given.account)
        if account is None:
            reason = "no account that is invoiced has this name"
            near = known.spelt_nearly.get(given.account)
            hint = f"did you mean `{near}`?" if near else ""
            yield fault("account", given.account, "unknown_payer", reason, hint)
        elif account.invoicer is not None:
            reason = "receives no invoices of its own"
            hint = f"its invoices go to {account.invoicer}, who pays them"
            yield fault("account", given.account, "payer_not_invoiced", reason, hint)
    if given.received is not None and given.received > known.until:
        reason = f"is after {known.until}, up to which payments are recorded now"
        yield fault("received", given.received, "payment_in_future", reason)
    places = None
    if account is not None and account.invoicer is None and given.currency is not None:
        places = account.currencies.get(given.currency)
        if places is None:
            reason = f"the account is invoiced in {', '.join(sorted(account.currencies))}"
            yield fault("currency", given.currency, "payment_currency", reason)
    yield from (
        fault("amount", _plain(given.amount), *said) for said in _amount_faults(given, places)
    )
    if given.invoices is not None and account is not None:
        yield from (
            fault("invoices", given.invoices, *said)
            for said in _invoice_faults(given, places, known)
        )


def _amount_faults(given: GivenPayment, places: int | None) -> Iterator[tuple[str, str, str]]:
    amount = given.amount
    if amount is None:
        return
    if amount <= 0:
        hint = "what is given back is a refund, what did not hold is reversed"
        yield "payment_of_nothing", "a payment is above zero", hint
    elif places is not None and exact_minor(amount, places) is None:
        yield "payment_decimals", f"has more decimals than the {places} of {given.currency}", ""
    elif places is not None and (exact_minor(amount, places) or 0) > MOST_MINOR:
        yield "payment_too_large", "is too large for the ledger", ""


def _invoice_faults(
    given: GivenPayment, places: int | None, known: Known
) -> Iterator[tuple[str, str, str]]:
    total = 0
    seen = set()
    for word in (given.invoices or "").split():
        found = _PART.match(word)
        if found is None:
            yield "bad_direction", f"`{word}` names no invoice", "write INV-000001=50.00"
            return
        name, amount = found["invoice"], found["amount"]
        invoice = known.invoices.get(name)
        if invoice is None:
            yield "unknown_invoice", f"`{name}` is no invoice", ""
        elif invoice.account != given.account:
            yield "invoice_of_other", f"{name} is account {invoice.account}'s", ""
        elif invoice.is_credit_note:
            yield (
                "invoice_is_credit",
                f"{name} is a credit note, of which nothing is to be paid",
                "",
            )
        elif given.currency is not None and invoice.currency != given.currency:
            yield "invoice_currency", f"{name} is in {invoice.currency}", ""
        if name in seen:
            yield "invoice_twice", f"{name} stands twice", ""
        seen.add(name)
        if amount and places is not None:
            minor = exact_minor(Decimal(amount), places)
            if not minor:
                yield "bad_direction", f"`{word}` is no amount in {given.currency}", ""
            total += minor or 0
    if given.amount is not None and places is not None:
        whole = exact_minor(given.amount, places)
        if whole is not None and total > whole:
            yield "directed_too_much", "comes to more than the payment", ""


def _payment(given: GivenPayment, known: Known) -> Payment | None:
    """Make a payment of what has no fault; None where a cell is missing."""
    if given.payment is None or given.account is None or given.received is None:
        return None
    if given.amount is None or given.currency is None:
        return None
    places = known.accounts[given.account].currencies[given.currency]
    minor = exact_minor(given.amount, places)
    assert minor is not None
    return Payment(
        payment=given.payment,
        account=given.account,
        currency=given.currency,
        minor_units=places,
        minor=minor,
        received=given.received,
        method=given.method,
        reference=given.reference,
        directed=" ".join(given.invoices.split()) if given.invoices else None,
    )


def _conflict(file: str, given: GivenPayment, before: Payment, now: Payment) -> BookFault:
    names = {"minor": "amount", "directed": "invoices"}
    changed = [
        names.get(name, name)
        for name in ("account", "currency", "minor", "received", "method", "reference", "directed")
        if getattr(before, name) != getattr(now, name)
    ]
    return BookFault(
        file,
        given.row,
        "payment",
        now.payment,
        "payment_conflict",
        f"is recorded already, with another {' and another '.join(changed)}",
        "what was recorded stays: reverse it, and record the right one by another id",
    )


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else format(amount.normalize(), "f")
