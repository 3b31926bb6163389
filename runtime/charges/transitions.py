"""Transition charges: once per occurrence, dated on its day, billed as the fee service."""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.amounts import whole_minor_sql
from runtime.program.model import Program


def charge_transitions(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add one charge to charge.target per charged transition that occurred by `as_of`."""
    amount = whole_minor_sql("p.unit_price", "s.quantity", "s.minor_units", program.rounding)
    connection.execute(
        f"""
        INSERT INTO charge.target BY NAME
        SELECT 'transition' AS kind, o.account_service, p.fee_service AS service,
               o.transition, o.occurrence, o.day AS period_start, o.day + 1 AS period_end,
               s.quantity, p.unit_price, {amount} AS minor, s.currency, p.source, c.tax_class
        FROM subscription.occurrences AS o
        JOIN subscription.account_services AS s ON s.account_service = o.account_service
        JOIN charge.transition_charges AS p
          ON p.service = s.service AND p.transition = o.transition AND p.currency = s.currency
        LEFT JOIN charge.services AS c ON c.service = p.fee_service
        WHERE o.day <= ?
        """,
        [as_of],
    )
