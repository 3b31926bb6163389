"""Usage charges: one line per account service, usage period and class; bucket flats beside.

A line is the exact sum over its cells of quantity x amount / per + events x event amount,
rounded once; the cells of a price in tiers have a `factor` in the place of the quantity.  The
fractions are brought to one denominator, the least common multiple of every `per`, in integers
of 128 bits; where those do not suffice, Python's fractions do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from runtime.charges.amounts import whole_minor_sql
from runtime.money import (
    PRICE_SCALE,
    power_of_ten_sql,
    rounded_ratio_sql,
    scaled_price_sql,
    to_minor,
)
from runtime.program.model import Program

HUGEINT_MAX = 2**127 - 1

# Usage of a period is charged when the period has ended, and only where its target was
# computed in this run: the target of every other period is what was posted of it.
_DUE_CELLS = """
SELECT c.*, s.service, s.currency AS billed_currency, s.minor_units,
       u.full_start, u.full_end, k.tax_class
FROM rated.cells AS c
JOIN rated.evaluated AS e
  ON e.account_service = c.account_service AND e.period_start = c.period_start
JOIN subscription.usage_periods AS u
  ON u.account_service = c.account_service AND u.period_start = c.period_start
JOIN subscription.account_services AS s ON s.account_service = c.account_service
LEFT JOIN charge.services AS k ON k.service = s.service
WHERE c.period_end <= ?
"""

_LINE = (
    "account_service, service, usage_class, period_start, period_end, full_start, full_end, "
    "billed_currency, minor_units, tax_class"
)


class AmountOverflow(Exception):
    """An amount too large to be kept exactly; the message names the account service."""


def charge_usage(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add the usage charges of the evaluated periods that ended by `as_of` to charge.target."""
    try:
        _charge_in_integers(connection, program, as_of)
    except duckdb.OutOfRangeException:
        _charge_in_fractions(connection, program, as_of)


def charge_bucket_flats(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add a charge for each flat bucket tier entered in a bucket period that has ended."""
    amount = whole_minor_sql("f.amount", "1", "s.minor_units", program.rounding)
    connection.execute(
        f"""
        INSERT INTO charge.target BY NAME
        SELECT 'bucket' AS kind, f.account_service, s.service, f.bucket, f.tier,
               f.period_start, f.period_end,
               coalesce(u.full_start, f.period_start) AS full_start,
               coalesce(u.full_end, f.period_end) AS full_end,
               1 AS quantity, f.amount AS unit_price, {amount} AS minor, s.currency, f.source,
               k.tax_class
        FROM rated.flats AS f
        JOIN rated.evaluated AS e
          ON e.account_service = f.account_service AND e.period_end = f.period_end
        JOIN subscription.account_services AS s ON s.account_service = f.account_service
        LEFT JOIN subscription.usage_periods AS u
          ON u.account_service = f.account_service AND u.period_start = f.period_start
         AND u.period_end = f.period_end
        LEFT JOIN charge.services AS k ON k.service = s.service
        WHERE f.period_end <= ?
        """,
        [as_of],
    )


def _charge_in_integers(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    common = _common_denominator(connection)
    by_quantity = (
        f"coalesce(factor, quantity) * {scaled_price_sql('amount')} * ({common}::HUGEINT // per)"
    )
    by_event = f"CAST(events AS HUGEINT) * {scaled_price_sql('event_amount')} * {common}::HUGEINT"
    amount = rounded_ratio_sql(
        f"total * {power_of_ten_sql('minor_units')}",
        f"{PRICE_SCALE}::HUGEINT * {common}::HUGEINT",
        program.rounding,
    )
    connection.execute(
        f"""
        INSERT INTO charge.target BY NAME
        WITH cells AS ({_DUE_CELLS}),
        lines AS (
          SELECT {_LINE}, sum(quantity) AS quantity,
                 sum(CASE WHEN component = 'rated' THEN {by_quantity} + {by_event}
                          ELSE 0 END) AS total
          FROM cells
          GROUP BY {_LINE}
        )
        SELECT 'usage' AS kind, account_service, service, usage_class, period_start, period_end,
               full_start, full_end, quantity, {amount} AS minor, billed_currency AS currency,
               tax_class
        FROM lines
        """,
        [as_of],
    )


def _common_denominator(connection: DuckDBPyConnection) -> int:
    rows = connection.execute(
        "SELECT DISTINCT per FROM rated.cells WHERE component = 'rated'"
    ).fetchall()
    common = math.lcm(1, *(per for (per,) in rows))
    if common > HUGEINT_MAX:
        raise duckdb.OutOfRangeException("the common denominator of the rates")
    return common


def _charge_in_fractions(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE usage_line AS
        WITH cells AS ({_DUE_CELLS})
        SELECT row_number() OVER (ORDER BY account_service, period_start, usage_class) AS line,
               {_LINE}, sum(quantity) AS quantity
        FROM cells
        GROUP BY {_LINE}
        """,
        [as_of],
    )
    lines, amounts = [], []
    for line, minor in _fraction_lines(connection, program):
        lines.append(line)
        amounts.append(Decimal(minor))
    table = pa.table(
        [pa.array(lines, pa.int64()), pa.array(amounts, pa.decimal128(38, 0))],
        names=["line", "minor"],
    )
    connection.register("usage_amount", table)
    connection.execute("""
        INSERT INTO charge.target BY NAME
        SELECT 'usage' AS kind, account_service, service, usage_class, period_start, period_end,
               full_start, full_end, quantity, CAST(a.minor AS HUGEINT) AS minor,
               billed_currency AS currency, tax_class
        FROM usage_line AS l
        JOIN usage_amount AS a ON a.line = l.line
    """)
    connection.unregister("usage_amount")


def _fraction_lines(connection: DuckDBPyConnection, program: Program) -> Iterator[tuple[int, int]]:
    rows = connection.execute("""
        SELECT l.line, l.account_service, l.minor_units, c.component,
               coalesce(c.factor, c.quantity), c.amount, c.per, c.events, c.event_amount
        FROM usage_line AS l
        JOIN rated.cells AS c
          ON c.account_service = l.account_service AND c.period_start = l.period_start
         AND c.usage_class = l.usage_class
        ORDER BY l.line
    """).fetchall()
    totals: dict[int, Fraction] = {}
    facts: dict[int, tuple[str, int]] = {}
    for line, name, minor_units, component, quantity, amount, per, events, event_amount in rows:
        facts[line] = (name, minor_units)
        totals.setdefault(line, Fraction(0))
        if component == "rated":
            totals[line] += Fraction(amount) * quantity / per + Fraction(event_amount) * events
    for line, total in totals.items():
        name, minor_units = facts[line]
        minor = to_minor(total, minor_units, program.rounding)
        if abs(minor) >= 10**38:
            raise AmountOverflow(f"account service {name}: an amount of usage has over 38 digits")
        yield line, minor
