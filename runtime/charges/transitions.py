"""Transition charges: once per occurrence, dated on its day, billed as the fee service."""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.amounts import whole_minor_sql
from runtime.charges.choice import best_sql, is_choice, owned_sql
from runtime.charges.held import is_open_sql, quantity_sql
from runtime.charges.quoting import quoted_sql
from runtime.program.model import Program


def transition_sql(connection: DuckDBPyConnection, as_of: date) -> str:
    """Give SQL for each charged transition that occurred by `as_of`, with its price.

    Only those behind their horizon, and of those that are alike one.  `price` is NULL where there
    is none.
    """
    is_held = f"AND {owned_sql('o.day')}" if is_choice(connection) else ""
    best = best_sql("o.account_service, o.transition, o.day, o.occurrence, f.fee_service")
    return f"""
    SELECT o.account_service, s.account, s.account_package, s.service AS charged_service,
           f.fee_service AS service, CAST(NULL AS VARCHAR) AS status, o.transition, o.occurrence,
           o.day, o.day AS count_day, {quantity_sql("o.day")} AS quantity,
           s.currency, s.minor_units,
           r.price, r.unit_price, r.counted_by, r.source
    FROM subscription.occurrences AS o
    SEMI JOIN charge.computed AS x ON x.account_service = o.account_service
    JOIN subscription.account_services AS s ON s.account_service = o.account_service
    LEFT JOIN subscription.horizons AS h ON h.account_service = s.account_service
    JOIN (SELECT DISTINCT service, transition, fee_service FROM charge.transition_prices) AS f
      ON f.service = s.service AND f.transition = o.transition
    LEFT JOIN charge.transition_prices AS r
      ON r.service = s.service AND r.transition = o.transition
     AND r.fee_service = f.fee_service AND r.currency = s.currency {is_held}
    WHERE {is_open_sql("o.day")} AND o.day <= DATE '{as_of}'
    {best if is_choice(connection) else ""}
    """


def charge_transitions(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add one charge to charge.target per charged transition that occurred by `as_of`."""
    priced = f"SELECT * FROM ({transition_sql(connection, as_of)}) AS c WHERE price IS NOT NULL"
    charges = quoted_sql(connection, program, "transition", priced)
    amount = whole_minor_sql("o.unit_price", "o.quantity", "o.minor_units", program.rounding)
    connection.execute(f"""
        INSERT INTO charge.target BY NAME
        SELECT 'transition' AS kind, o.account_service, o.service,
               o.transition, o.occurrence, o.day AS period_start, o.day + 1 AS period_end,
               o.quantity, o.unit_price, {amount} AS minor, o.currency, o.source, c.tax_class
        FROM ({charges}) AS o
        LEFT JOIN charge.services AS c ON c.service = o.service
    """)
