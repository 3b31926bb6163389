"""Taxes and bill groups."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from compiler.catalog.base import Entity, Money
from dsl.source import Span
from runtime.program.expressions import Closed


class InvoiceTemplate(Closed):
    """A template's path from the catalog's folder, its text, and those of what it includes."""

    path: str
    text: str
    included: tuple[tuple[str, str], ...]
    span: Span


class TaxRate(Closed):
    """A rate in percent of one class in one jurisdiction, from `start` on (None: always)."""

    tax_class: str
    jurisdiction: str
    percent: Decimal
    start: date | None
    span: Span


class OtherwiseRate(Closed):
    """The rate, in percent, of what no row of a tax covers."""

    percent: Decimal
    span: Span


class TaxExemption(Closed):
    """A reason for which an account owes no such tax, and the words its invoice prints."""

    id: str
    text: str
    span: Span


class Tax(Entity):
    """A tax: its rates by class and jurisdiction, and what holds elsewhere.

    `included_at`: where it says that prices hold it already; None: it comes on top.
    """

    included_at: Span | None
    rates: tuple[TaxRate, ...]
    exemptions: tuple[TaxExemption, ...]
    otherwise: OtherwiseRate | None


class Attachment(Closed):
    """A report that goes with the invoice, and the format it is written in."""

    report: str
    format: str
    span: Span


class BillGroup(Entity):
    """Accounts billed alike: the bill day, and days from invoice date to due date.

    `template` None: Ratebook's own.  `carry_forward`: totals below which nothing is invoiced
    yet, one a currency.
    """

    bill_day: int
    terms_days: int
    template: InvoiceTemplate | None
    delivery: Literal["email", "offline"]
    attachments: tuple[Attachment, ...]
    are_zero_invoices_sent: bool
    carry_forward: tuple[Money, ...]
