"""Which posted lines there are of an account, of usage, of a line of the catalog."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, or_, select

from runtime.ledger.schema import all_lines, form_lines, invoice_forms, invoices, line_forms, words

Place = tuple[str, int]
"""An invoice's number and a line's number in it."""


@dataclass(frozen=True, slots=True)
class UsageOf:
    """The usage of an account service and usage period: of a class, or of a bucket's tier."""

    account_service: str
    period_start: date
    usage_class: str | None = None
    bucket: str | None = None
    tier: int | None = None


def places_of_account(connection: Connection, account: str, start: date, end: date) -> list[Place]:
    """Give the lines of an account whose days lie in `[start, end)`, or some of them."""
    return _places(
        connection,
        select(all_lines.c.invoice, all_lines.c.line).where(
            all_lines.c.account == account,
            all_lines.c.period_start < end.isoformat(),
            all_lines.c.period_end > start.isoformat(),
        ),
    )


def is_account(connection: Connection, account: str) -> bool:
    """Tell whether a line was ever posted for an account."""
    query = select(all_lines.c.account).where(all_lines.c.account == account).limit(1)
    return connection.execute(query).first() is not None


def places_of_usage(connection: Connection, usage: UsageOf) -> list[Place]:
    """Give the lines that charge usage, or a bucket's tier, and those that correct them."""
    kind = "usage" if usage.bucket is None else "bucket"
    query = select(all_lines.c.invoice, all_lines.c.line).where(
        all_lines.c.kind == kind,
        all_lines.c.account_service == usage.account_service,
        all_lines.c.period_start == usage.period_start.isoformat(),
    )
    if usage.bucket is None:
        query = query.where(all_lines.c.usage_class == usage.usage_class)
    else:
        query = query.where(all_lines.c.bucket == usage.bucket, all_lines.c.tier == usage.tier)
    return _places(connection, query)


def places_at_source(connection: Connection, path: str, line: int) -> list[Place]:
    """Give the lines whose own price stands at a line of the catalog."""
    query = select(all_lines.c.invoice, all_lines.c.line)
    return _places(
        connection, query.where(all_lines.c.source_path == path, all_lines.c.source_line == line)
    )


def invoices_that_name(connection: Connection, path: str, line: int) -> Iterator[str]:
    """Give the numbers of invoices whose documents name a line of the catalog, at any place."""
    named = f'"path":"{path}","line":{line},'

    def names_it(text: ColumnElement[str]) -> ColumnElement[bool]:
        return text.contains(named, autoescape=True)

    # Pieces are JSON in JSON.
    quoted = json.dumps(named, ensure_ascii=False)[1:-1]
    by_words = select(words.c.words).where(words.c.pieces.contains(quoted, autoescape=True))
    by_lines = (
        select(form_lines.c.invoice_form)
        .join(line_forms, line_forms.c.line_form == form_lines.c.line_form)
        .where(line_forms.c.words.in_(by_words))
    )
    forms = select(invoice_forms.c.invoice_form).where(
        or_(
            names_it(invoice_forms.c.taxes),
            invoice_forms.c.words.in_(by_words),
            invoice_forms.c.invoice_form.in_(by_lines),
        )
    )
    query = (
        select(invoices.c.number)
        .where(or_(names_it(invoices.c.document), invoices.c.form.in_(forms)))
        .order_by(invoices.c.owner, invoices.c.series, invoices.c.sequence)
    )
    return iter(connection.execute(query).scalars())


def _places(connection: Connection, query: Select[Any]) -> list[Place]:
    found = connection.execute(query.order_by(all_lines.c.line_id)).all()
    return [(str(row.invoice), int(row.line)) for row in found]
