"""Which posted lines there are of an account, of usage, of a line of the catalog."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, select

from runtime.ledger.schema import invoices, lines

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
        select(lines.c.invoice, lines.c.line).where(
            lines.c.account == account,
            lines.c.period_start < end.isoformat(),
            lines.c.period_end > start.isoformat(),
        ),
    )


def is_account(connection: Connection, account: str) -> bool:
    """Tell whether a line was ever posted for an account."""
    query = select(lines.c.account).where(lines.c.account == account).limit(1)
    return connection.execute(query).first() is not None


def places_of_usage(connection: Connection, usage: UsageOf) -> list[Place]:
    """Give the lines that charge usage, or a bucket's tier, and those that correct them."""
    kind = "usage" if usage.bucket is None else "bucket"
    query = select(lines.c.invoice, lines.c.line).where(
        lines.c.kind == kind,
        lines.c.account_service == usage.account_service,
        lines.c.period_start == usage.period_start.isoformat(),
    )
    if usage.bucket is None:
        query = query.where(lines.c.usage_class == usage.usage_class)
    else:
        query = query.where(lines.c.bucket == usage.bucket, lines.c.tier == usage.tier)
    return _places(connection, query)


def places_at_source(connection: Connection, path: str, line: int) -> list[Place]:
    """Give the lines whose own price stands at a line of the catalog."""
    query = select(lines.c.invoice, lines.c.line)
    return _places(
        connection, query.where(lines.c.source_path == path, lines.c.source_line == line)
    )


def invoices_that_name(connection: Connection, path: str, line: int) -> Iterator[str]:
    """Give the numbers of invoices whose documents name a line of the catalog, at any place."""
    query = (
        select(invoices.c.number)
        .where(invoices.c.document.contains(f'"path":"{path}","line":{line},', autoescape=True))
        .order_by(invoices.c.owner, invoices.c.series, invoices.c.sequence)
    )
    return iter(connection.execute(query).scalars())


def _places(connection: Connection, query: Select[Any]) -> list[Place]:
    found = connection.execute(query.order_by(lines.c.line_id)).all()
    return [(str(row.invoice), int(row.line)) for row in found]
