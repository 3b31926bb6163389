"""The program's prices and orders as tables that the charge queries join.

| table | one row is |
| --- | --- |
| charge.recurring_prices | the price of a service for a full period in one status |
| charge.one_time_prices | the price of a non-recurring service |
| charge.transition_charges | a fee that a service's transition charges |
| charge.services | a service: its place in the program, its tax class |
| charge.package_services | the place of a service inside a package |
| charge.usage_classes | a usage class's place |
| charge.buckets | a bucket's place |
| charge.currencies | a currency and its minor units |
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
from duckdb import DuckDBPyConnection

from runtime.program.model import Program

Cell = object

_WORD, _WHOLE, _PRICE = pa.string(), pa.int64(), pa.decimal128(38, 12)


def load_prices(connection: DuckDBPyConnection, program: Program) -> None:
    """Make the tables of this module from the program, in place of any before."""
    _table(
        connection,
        "recurring_prices",
        {
            "service": _WORD,
            "months": _WHOLE,
            "status": _WORD,
            "currency": _WORD,
            "unit_price": _PRICE,
            "source": _WHOLE,
        },
        (
            (row.service, row.months, row.status, row.currency, row.amount, row.source)
            for row in program.recurring_prices
        ),
    )
    _table(
        connection,
        "one_time_prices",
        {"service": _WORD, "currency": _WORD, "unit_price": _PRICE, "source": _WHOLE},
        ((row.service, row.currency, row.amount, row.source) for row in program.one_time_prices),
    )
    _table(
        connection,
        "transition_charges",
        {
            "service": _WORD,
            "transition": _WORD,
            "fee_service": _WORD,
            "currency": _WORD,
            "unit_price": _PRICE,
            "source": _WHOLE,
        },
        (
            (row.service, row.transition, row.fee_service, row.currency, row.amount, row.source)
            for row in program.transition_charges
        ),
    )
    _load_orders(connection, program)


def _load_orders(connection: DuckDBPyConnection, program: Program) -> None:
    _table(
        connection,
        "services",
        {"service": _WORD, "ordinal": _WHOLE, "base": _WORD, "tax_class": _WORD},
        (
            (row.id, ordinal, row.base, row.tax_class)
            for ordinal, row in enumerate(program.services)
        ),
    )
    _table(
        connection,
        "package_services",
        {"package": _WORD, "service": _WORD, "ordinal": _WHOLE},
        (
            (row.package, row.service, ordinal)
            for ordinal, row in enumerate(program.package_services)
        ),
    )
    _table(
        connection,
        "usage_classes",
        {"usage_class": _WORD, "ordinal": _WHOLE},
        ((row.id, row.ordinal) for row in program.usage_classes),
    )
    _table(
        connection,
        "buckets",
        {"bucket": _WORD, "ordinal": _WHOLE},
        ((row.id, row.ordinal) for row in program.buckets),
    )
    _table(
        connection,
        "currencies",
        {"currency": _WORD, "minor_units": _WHOLE},
        ((row.code, row.minor_units) for row in program.currencies),
    )


def _table(
    connection: DuckDBPyConnection,
    name: str,
    columns: dict[str, pa.DataType],
    rows: Iterable[tuple[Cell, ...]],
) -> None:
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [
        pa.array(values, kind) for values, kind in zip(by_column, columns.values(), strict=True)
    ]
    connection.register("price_rows", pa.table(arrays, names=list(columns)))
    connection.execute(f"CREATE OR REPLACE TABLE charge.{name} AS SELECT * FROM price_rows")
    connection.unregister("price_rows")
