"""An invoice before it is posted, with what the ledger keeps of each line.

An invoice on forms (runtime.invoice.alike) is never made as one object: it would be equal in
every byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from runtime.invoice.model import Invoice, LineKind, PriceSource
from runtime.tax import LineTaxes


@dataclass(frozen=True, slots=True)
class DueLine:
    """A row of charge.due with the account service it is for; see runtime.tables.

    `corrects` is the posted line's id; `posted_*` are that line's own facts.
    """

    ordinal: int
    kind: LineKind
    account: str
    invoicer: str
    account_package: str
    account_service: str
    package: str
    sold_service: str
    months: int
    recurring_timing: str
    jurisdiction: str | None
    is_exempt: bool
    service: str
    status: str | None
    transition: str | None
    usage_class: str | None
    bucket: str | None
    tier: int | None
    occurrence: int | None
    period_start: date
    period_end: date
    full_start: date | None
    full_end: date | None
    proration: str | None
    days: int | None
    full_days: int | None
    quantity: int
    unit_price: Decimal | None
    minor: int
    currency: str
    minor_units: int
    source: int | None
    tax_class: str | None
    is_credit: bool
    corrects: int | None
    posted_invoice: str | None
    posted_line: int | None
    posted_taxes: str | None
    posted_path: str | None
    posted_source_line: int | None
    posted_text: str | None
    discount: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """What posting must know of an invoice; amounts in minor units, `email` of the bill-to."""

    invoicer: str
    currency: str
    minor_units: int
    bill_group: str
    issue_date: date
    due_date: date
    net: int
    tax: int
    email: str | None

    @property
    def gross(self) -> int:
        """The total; below zero it is a credit note."""
        return self.net + self.tax

    @property
    def kind(self) -> Literal["invoice", "credit_note"]:
        """As the invoice says."""
        return "credit_note" if self.gross < 0 else "invoice"


def facts_of(invoice: Invoice) -> InvoiceFacts:
    """Give what posting must know of an invoice."""
    places, totals = invoice.minor_units, invoice.totals
    return InvoiceFacts(
        invoicer=invoice.bill_to.account,
        currency=invoice.currency,
        minor_units=places,
        bill_group=invoice.bill_group,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        net=int(totals.net.scaleb(places)),
        tax=int(totals.tax.scaleb(places)),
        email=invoice.bill_to.email,
    )


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A due line as the invoice prints it: its number, its taxes, its price's words."""

    number: int
    due: DueLine
    taxes: LineTaxes
    source: PriceSource | None


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice without number and run, and its lines in printed order."""

    invoice: Invoice
    lines: tuple[DraftLine, ...]

    @property
    def facts(self) -> InvoiceFacts:
        """What posting must know of it."""
        return facts_of(self.invoice)

    @property
    def account_services(self) -> Iterator[str]:
        """Whose lines it has."""
        return (line.due.account_service for line in self.lines)

    def document(self, number: str | None, run: int | None) -> str:
        """Give the invoice as JSON, with its number and run."""
        return self.invoice.model_copy(update={"number": number, "run": run}).model_dump_json()
