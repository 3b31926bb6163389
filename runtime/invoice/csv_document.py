"""An invoice's lines as CSV, one row a line; and how a cell is kept from being a formula.

Figures are plain: a point, no groups, no currency.  A text that a spreadsheet would take for a
formula gets a quote before it; a number never does.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from io import StringIO

from runtime.invoice.format import clean_text
from runtime.invoice.model import Invoice, InvoiceLine

COLUMNS = (
    "invoice",
    "line",
    "account",
    "account_name",
    "package",
    "account_service",
    "service",
    "identifiers",
    "kind",
    "is_credit",
    "corrects",
    "description",
    "period_start",
    "period_end",
    "quantity",
    "unit",
    "unit_price",
    "unit_price_per",
    "currency",
    "net",
    "tax_class",
    "tax_percent",
    "tax",
)
"""A period's end is the first day after it."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render_csv(invoice: Invoice) -> bytes:
    """Return the lines of an invoice as CSV in UTF-8, a header first."""
    return table_of([COLUMNS, *_rows(invoice)]).encode("utf-8")


def table_of(rows: Iterable[Iterable[object]]) -> str:
    """Write rows as CSV; see `cell_of`."""
    file = StringIO()
    csv.writer(file, lineterminator="\n").writerows(
        [cell_of(value) for value in row] for row in rows
    )
    return file.getvalue()


def cell_of(value: object) -> str:
    """Write one cell: a text that begins like a formula gets a quote before it.

    What is told from a text is the type: a number below zero stays a number.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(abs(value) if value.is_zero() else value, "f")
    if isinstance(value, int | date):
        return str(value)
    text = str(value)
    is_formula = text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA)
    cleaned = clean_text(text)
    return f"'{cleaned}" if is_formula or cleaned.startswith(_FORMULA) else cleaned


def _rows(invoice: Invoice) -> Iterator[tuple[object, ...]]:
    for account in invoice.sections:
        for package in account.packages:
            for service in package.services:
                identifiers = " ".join(service.identifiers)
                for line in service.lines:
                    served = (account.name, package.title, identifiers)
                    yield _row(invoice, line, *served)


def _row(
    invoice: Invoice, line: InvoiceLine, account_name: str, package: str, identifiers: str
) -> tuple[object, ...]:
    return (
        invoice.number or "",
        line.number,
        line.account,
        account_name,
        package,
        line.account_service,
        line.service_title,
        identifiers,
        line.kind,
        line.is_credit,
        line.corrects,
        line.description,
        line.period_start,
        line.period_end,
        line.quantity,
        line.unit,
        line.unit_price,
        line.unit_price_per,
        invoice.currency,
        line.net,
        line.tax_class,
        line.tax_percent,
        line.tax,
    )
