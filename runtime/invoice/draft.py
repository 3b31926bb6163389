"""An invoice before it is posted, with what the ledger keeps of each line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
