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

from duckdb import DuckDBPyConnection

from runtime.engine import fill_table
from runtime.program.model import Program
from runtime.program.plain import plain_prices
from runtime.tables import PRICE_TYPE

_WORD, _WHOLE = "VARCHAR", "INTEGER"


def load_prices(connection: DuckDBPyConnection, program: Program) -> None:
    """Make the tables of this module from the program, in place of any before."""
    plain = plain_prices(program)
    fill_table(
        connection,
        "charge.recurring_prices",
        {
            "service": _WORD,
            "months": _WHOLE,
            "status": _WORD,
            "currency": _WORD,
            "unit_price": PRICE_TYPE,
            "source": _WHOLE,
        },
        [
            (row.service, row.months, row.status, row.currency, plain[row.price].amount, row.source)
            for row in program.recurring_prices
        ],
    )
    fill_table(
        connection,
        "charge.one_time_prices",
        {"service": _WORD, "currency": _WORD, "unit_price": PRICE_TYPE, "source": _WHOLE},
        [
            (row.service, row.currency, plain[row.price].amount, row.source)
            for row in program.one_time_prices
        ],
    )
    fill_table(
        connection,
        "charge.transition_charges",
        {
            "service": _WORD,
            "transition": _WORD,
            "fee_service": _WORD,
            "currency": _WORD,
            "unit_price": PRICE_TYPE,
            "source": _WHOLE,
        },
        [
            (
                *(row.service, row.transition, row.fee_service, row.currency),
                *(plain[row.price].amount, row.source),
            )
            for row in program.transition_charges
        ],
    )
    _load_orders(connection, program)


def _load_orders(connection: DuckDBPyConnection, program: Program) -> None:
    fill_table(
        connection,
        "charge.services",
        {"service": _WORD, "ordinal": _WHOLE, "base": _WORD, "tax_class": _WORD},
        [
            (row.id, ordinal, row.base, row.tax_class)
            for ordinal, row in enumerate(program.services)
        ],
    )
    fill_table(
        connection,
        "charge.package_services",
        {"package": _WORD, "service": _WORD, "ordinal": _WHOLE},
        [
            (row.package, row.service, ordinal)
            for ordinal, row in enumerate(program.package_services)
        ],
    )
    fill_table(
        connection,
        "charge.usage_classes",
        {"usage_class": _WORD, "ordinal": _WHOLE},
        [(row.id, row.ordinal) for row in program.usage_classes],
    )
    fill_table(
        connection,
        "charge.buckets",
        {"bucket": _WORD, "ordinal": _WHOLE},
        [(row.id, row.ordinal) for row in program.buckets],
    )
    fill_table(
        connection,
        "charge.currencies",
        {"currency": _WORD, "minor_units": _WHOLE},
        [(row.code, row.minor_units) for row in program.currencies],
    )
