"""One-time charges: a non-recurring service, once, dated on the day it was activated.

That is the day its package was activated, or its own first day where it came later.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.amounts import whole_minor_sql
from runtime.program.model import Program

ACTIVATED = "greatest(s.activation_day, s.start_day)"
"""SQL for the day a service of subscription.account_services s was activated."""


def charge_one_time(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add one charge to charge.target per non-recurring service activated by `as_of`.

    A package that is not activated yet has no such day, whatever the service's first day.
    """
    amount = whole_minor_sql("p.unit_price", "s.quantity", "s.minor_units", program.rounding)
    connection.execute(
        f"""
        INSERT INTO charge.target BY NAME
        SELECT 'one_time' AS kind, s.account_service, s.service,
               {ACTIVATED} AS period_start, {ACTIVATED} + 1 AS period_end,
               s.quantity, p.unit_price, {amount} AS minor, s.currency, p.source, c.tax_class
        FROM subscription.account_services AS s
        JOIN charge.one_time_prices AS p
          ON p.service = s.service AND p.currency = s.currency
        LEFT JOIN charge.services AS c ON c.service = s.service
        WHERE s.activation_day IS NOT NULL AND {ACTIVATED} <= ? AND {ACTIVATED} < s.end_day
        """,
        [as_of],
    )
