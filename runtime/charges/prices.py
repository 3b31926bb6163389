"""The program's prices and orders as tables that the charge queries join.

| table | one row is |
| --- | --- |
| charge.recurring_prices | the price of a service for a full period in one status |
| charge.one_time_prices | the price of a non-recurring service |
| charge.transition_prices | a fee that a service's transition charges |
| charge.services | a service: its place in the program, its tax class |
| charge.package_services | the place of a service inside a package |
| charge.usage_classes | a usage class's place |
| charge.buckets | a bucket's place |
| charge.currencies | a currency and its minor units |
| charge.computed | an account service whose charges are computed, as they are no other's |
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.charges.discounts import load_discounts
from runtime.charges.given import add_given_prices
from runtime.engine import fill_table
from runtime.program.model import Program
from runtime.program.plain import plain_prices
from runtime.program.prices import OneTimePrice, RecurringPrice, TransitionCharge
from runtime.tables import PRICE_TYPE

_WORD, _WHOLE = "VARCHAR", "INTEGER"

# `unit_price`: NULL where the price is more than so much for each; see runtime.charges.quotes.
_PRICE_COLUMNS = {
    "level": _WORD,
    "owner": _WORD,
    "start": "DATE",
    "audience": _WORD,
    "price": _WHOLE,
    "unit_price": PRICE_TYPE,
    "counted_by": _WORD,
    "source": _WHOLE,
}


# Few of many: asked for once, as those who are charged as another are nearly all.
_COMPUTED = """
CREATE OR REPLACE TABLE charge.computed AS
SELECT s.account_service FROM subscription.account_services AS s
ANTI JOIN subscription.alike AS x ON x.account_service = s.account_service
"""


def load_prices(connection: DuckDBPyConnection, program: Program) -> None:
    """Make the tables of this module from the program, in place of any before."""
    plain = plain_prices(program)
    counted_by = {price.id: price.counted_by for price in program.prices}

    def priced(row: RecurringPrice | OneTimePrice | TransitionCharge) -> tuple[object, ...]:
        """Give the values of _PRICE_COLUMNS."""
        is_plain = row.price in plain
        start, audience = None, "all"
        if not isinstance(row, TransitionCharge):
            start, audience = row.start, row.audience
        return (
            row.level,
            row.owner,
            start,
            audience,
            row.price,
            plain[row.price].amount if is_plain else None,
            counted_by[row.price],
            row.source,
        )

    fill_table(
        connection,
        "charge.recurring_prices",
        {
            "service": _WORD,
            "months": _WHOLE,
            "status": _WORD,
            "currency": _WORD,
            **_PRICE_COLUMNS,
        },
        [
            (row.service, row.months, row.status, row.currency, *priced(row))
            for row in program.recurring_prices
        ],
    )
    fill_table(
        connection,
        "charge.one_time_prices",
        {"service": _WORD, "currency": _WORD, **_PRICE_COLUMNS},
        [(row.service, row.currency, *priced(row)) for row in program.one_time_prices],
    )
    fill_table(
        connection,
        "charge.transition_prices",
        {
            "service": _WORD,
            "transition": _WORD,
            "fee_service": _WORD,
            "currency": _WORD,
            **_PRICE_COLUMNS,
        },
        [
            (row.service, row.transition, row.fee_service, row.currency, *priced(row))
            for row in program.transition_charges
        ],
    )
    add_given_prices(connection)
    load_discounts(connection, program)
    _load_orders(connection, program)
    connection.execute(_COMPUTED)


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
