"""One-time charges: a non-recurring service, once, dated on the day it was activated.

That is the day its package was activated, or its own first day where it came later.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.amounts import whole_minor_sql
from runtime.charges.choice import best_sql, holds_sql, is_choice, owned_sql
from runtime.charges.held import is_open_sql, quantity_sql
from runtime.charges.quoting import quoted_sql
from runtime.program.model import Program

ACTIVATED = "greatest(s.activation_day, s.start_day)"
"""SQL for the day a service of subscription.account_services s was activated."""


_HOLDS = f"{owned_sql(ACTIVATED)} AND {holds_sql(ACTIVATED, 'CAST(NULL AS DATE)')}"


def one_time_sql(connection: DuckDBPyConnection, as_of: date) -> str:
    """Give SQL for each non-recurring service activated by `as_of`, with its price.

    Only those behind their horizon, and of those that are alike one.  `price` is NULL where there
    is none.  A package that is not activated yet has no such day, whatever the service's first.
    """
    is_held = f"AND {_HOLDS}" if is_choice(connection) else ""
    best = best_sql("s.account_service") if is_choice(connection) else ""
    return f"""
    SELECT s.account_service, s.account, s.account_package, s.service,
           CAST(NULL AS VARCHAR) AS status, {ACTIVATED} AS day, {ACTIVATED} AS count_day,
           {quantity_sql(ACTIVATED)} AS quantity,
           s.currency, s.minor_units, r.price, r.unit_price, r.counted_by, r.source
    FROM subscription.account_services AS s
    SEMI JOIN charge.computed AS x ON x.account_service = s.account_service
    LEFT JOIN subscription.horizons AS h ON h.account_service = s.account_service
    JOIN charge.services AS k ON k.service = s.service AND k.base = 'non_recurring'
    LEFT JOIN charge.one_time_prices AS r
      ON r.service = s.service AND r.currency = s.currency {is_held}
    WHERE s.activation_day IS NOT NULL AND {ACTIVATED} <= DATE '{as_of}' AND {ACTIVATED} < s.end_day
      AND {is_open_sql(ACTIVATED)}
    {best}
    """


def charge_one_time(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add one charge to charge.target per non-recurring service activated by `as_of`."""
    priced = f"SELECT * FROM ({one_time_sql(connection, as_of)}) AS c WHERE price IS NOT NULL"
    charges = quoted_sql(connection, program, "one_time", priced)
    amount = whole_minor_sql("o.unit_price", "o.quantity", "o.minor_units", program.rounding)
    connection.execute(f"""
        INSERT INTO charge.target BY NAME
        SELECT 'one_time' AS kind, o.account_service, o.service,
               o.day AS period_start, o.day + 1 AS period_end,
               o.quantity, o.unit_price, {amount} AS minor, o.currency, o.source, c.tax_class
        FROM ({charges}) AS o
        LEFT JOIN charge.services AS c ON c.service = o.service
    """)
