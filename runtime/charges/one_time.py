"""One-time charges: a non-recurring service, once, dated on the day it was activated."""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.amounts import whole_minor_sql
from runtime.program.model import Program


def charge_one_time(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add one charge to charge.target per non-recurring service activated by `as_of`."""
    amount = whole_minor_sql("p.unit_price", "s.quantity", "s.minor_units", program.rounding)
    connection.execute(
        f"""
        INSERT INTO charge.target BY NAME
        SELECT 'one_time' AS kind, s.account_service, s.service,
               s.activation_day AS period_start, s.activation_day + 1 AS period_end,
               s.quantity, p.unit_price, {amount} AS minor, s.currency, p.source, c.tax_class
        FROM subscription.account_services AS s
        JOIN charge.one_time_prices AS p
          ON p.service = s.service AND p.currency = s.currency
        LEFT JOIN charge.services AS c ON c.service = s.service
        WHERE s.activation_day <= ? AND s.activation_day < s.end_day
        """,
        [as_of],
    )
