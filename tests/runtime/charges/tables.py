"""Stage tables filled by hand, one row a dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from runtime.engine import create_table
from runtime.tables import OPEN_DAY, TABLES

Value = str | int | bool | date | Decimal | None
Row = Mapping[str, Value]

STAGE_TABLES = tuple(name for name in TABLES if not name.startswith("charge."))


def make_stage_tables(connection: DuckDBPyConnection) -> None:
    """Make every table the charges read, empty; and the accounts the printed order needs."""
    for name in (*STAGE_TABLES, "charge.posted"):
        create_table(connection, name)
    connection.execute("CREATE OR REPLACE TABLE book.accounts (account VARCHAR, name VARCHAR)")


def put(connection: DuckDBPyConnection, table: str, *rows: Row) -> None:
    """Insert rows that name the same columns; the others are NULL."""
    if rows:
        marks = ", ".join(f"({', '.join('?' for _ in row)})" for row in rows)
        values = [value for row in rows for value in row.values()]
        connection.execute(f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES {marks}", values)


def read(connection: DuckDBPyConnection, table: str, *columns: str) -> list[tuple[Value, ...]]:
    """Read columns of a table, sorted by them."""
    names = ", ".join(columns)
    return connection.execute(f"SELECT {names} FROM {table} ORDER BY {names}").fetchall()


def account_service(name: str, service: str, **changes: Value) -> dict[str, Value]:
    """Give a row of subscription.account_services: monthly in advance, 1 unit, CAD, from 2026."""
    row: dict[str, Value] = {
        "account_service": name,
        "account_package": "P1",
        "account": "A1",
        "invoicer": "A1",
        "package": "business_connectivity",
        "service": service,
        "months": 1,
        "timing": "advance",
        "proration": "days",
        "quantity": 1,
        "currency": "CAD",
        "minor_units": 2,
        "timezone": "America/Toronto",
        "jurisdiction": "CA-ON",
        "is_exempt": False,
        "start_day": date(2026, 1, 1),
        "end_day": OPEN_DAY,
        "activation_day": date(2026, 1, 1),
        "anchor_day": date(2026, 1, 1),
        "bill_day": 1,
        "usage_bill_day": 1,
    }
    return row | changes


def stretch(name: str, status: str, first: date, until: date, **changes: Value) -> dict[str, Value]:
    """Give a row of subscription.timeline, billable."""
    row: dict[str, Value] = {
        "account_service": name,
        "status": status,
        "base": "billable",
        "package_status": "open",
        "package_base": "billable",
        "billable": True,
        "from_day": first,
        "until_day": until,
    }
    return row | changes


def price_owner(name: str, level: str, owner: str) -> dict[str, Value]:
    """Give a row of subscription.price_owners, which holds on every day."""
    row: dict[str, Value] = {"account_service": name, "level": level, "owner": owner}
    always: dict[str, Value] = {"from_day": date(2000, 1, 1), "until_day": OPEN_DAY}
    columns = TABLES["subscription.price_owners"]
    return row | {column: day for column, day in always.items() if column in columns}


def period(
    name: str, full_start: date, full_end: date, start: date | None = None, end: date | None = None
) -> dict[str, Value]:
    """Give a row of subscription.periods; start, end: the part held."""
    return {
        "account_service": name,
        "period_start": start or full_start,
        "period_end": end or full_end,
        "full_start": full_start,
        "full_end": full_end,
    }
