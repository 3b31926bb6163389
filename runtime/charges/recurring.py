"""Recurring charges: each billable stretch of days of a billing period, at its status's price.

A period is cut where the service's status or its quantity changes; stretches of one status and
quantity that meet are one stretch.  A stretch at price zero is a charge of nothing: part of the
target, never printed.
A period of a package that is never prorated is one stretch, as its first billable day finds it.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.amounts import stretch_minor_sql
from runtime.charges.choice import (
    RENEWING_CONTRACTS,
    best_sql,
    holds_sql,
    is_choice,
    owned_sql,
    renewed_sql,
)
from runtime.charges.proration import counted_days_sql, make_day_seconds, prorations_of
from runtime.charges.quoting import quoted_sql
from runtime.program.model import Program

_FOUND = """
FROM subscription.periods AS p
JOIN subscription.account_services AS s ON s.account_service = p.account_service
JOIN subscription.timeline AS t
  ON t.account_service = p.account_service AND t.billable
 AND t.from_day < p.period_end AND t.until_day > p.period_start
"""

_QUANTITIES = """
LEFT JOIN subscription.quantities AS q ON q.account_service = s.account_service
 AND q.from_day < least(p.period_end, t.until_day)
 AND q.until_day > greatest(p.period_start, t.from_day)
"""

_PRICED_BY = """
  r.service = s.service AND r.months = s.months
  AND r.status = t.status AND r.currency = s.currency
"""

_CONTRACTS = RENEWING_CONTRACTS.format(day="p.period_start")
_RENEWED = renewed_sql("p.period_start", "p.full_start > s.activation_day")
_IS_HELD = f"{owned_sql('p.period_start')} AND {holds_sql('p.period_start', _RENEWED)}"


def not_priced_sql(connection: DuckDBPyConnection) -> str:
    """Give SQL for billable stretches of services with recurring prices, but none for this one."""
    is_held, contracts = (f"AND {_IS_HELD}", _CONTRACTS) if is_choice(connection) else ("", "")
    return f"""
    SELECT s.account_service, s.service, t.status, s.months, s.currency
    {_FOUND} {contracts}
    WHERE s.service IN (SELECT service FROM charge.recurring_prices)
      AND NOT EXISTS (
        SELECT 1 FROM charge.recurring_prices AS r WHERE {_PRICED_BY} {is_held}
      )
    """


# What a status costs is found by service, months, status and currency; a stretch is then
# merged with the one before it where nothing that sets its price changed between them.
_STRETCHES = f"""
SELECT s.account_service, s.account, s.account_package, s.service, t.status, s.currency,
       s.minor_units, coalesce(q.quantity, s.quantity) AS quantity,
       p.full_start, p.full_end, s.proration,
       r.price, r.unit_price, r.counted_by, r.source,
       CASE s.timing WHEN 'advance' THEN p.period_start ELSE p.period_end - 1 END AS count_day,
       greatest(p.period_start, t.from_day, q.from_day) AS from_day,
       least(p.period_end, t.until_day, q.until_day) AS until_day
{_FOUND} {_QUANTITIES}
JOIN charge.recurring_prices AS r ON {_PRICED_BY}
"""

_CONTENT = (
    "account_service, service, status, currency, minor_units, quantity, "
    "full_start, full_end, proration, unit_price, source"
)

# A period that was begun is charged whole, whatever came later in it.
_NEVER_PRORATED = """
SELECT * FROM priced_stretches WHERE proration <> 'never'
UNION ALL
SELECT * REPLACE (full_start AS from_day, full_end AS until_day)
FROM priced_stretches
WHERE proration = 'never'
QUALIFY row_number() OVER (PARTITION BY account_service, full_start ORDER BY from_day) = 1
"""


def charge_recurring(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add the recurring charges of subscription.periods to charge.target.

    Which periods are due by `as_of` is decided by subscription.periods.
    """
    prorations = prorations_of(connection)
    make_day_seconds(connection, prorations)
    amount = stretch_minor_sql(
        "unit_price", "quantity", "minor_units", program.rounding, prorations
    )
    stretches = _STRETCHES
    if is_choice(connection):
        case = "s.account_service, p.full_start, t.from_day, q.from_day"
        stretches += f" {_CONTRACTS} WHERE {_IS_HELD} {best_sql(case)}"
    if "never" in prorations:
        stretches = f"WITH priced_stretches AS ({stretches}) {_NEVER_PRORATED}"
    stretches = quoted_sql(connection, program, "recurring", stretches)
    connection.execute(f"""
        INSERT INTO charge.target BY NAME
        WITH stretches AS ({stretches}),
        marked AS (
          SELECT *, CASE WHEN from_day = lag(until_day) OVER same THEN 0 ELSE 1 END AS is_first
          FROM stretches
          WINDOW same AS (PARTITION BY {_CONTENT} ORDER BY from_day)
        ),
        numbered AS (
          SELECT *, sum(is_first) OVER (PARTITION BY {_CONTENT} ORDER BY from_day) AS island
          FROM marked
        ),
        merged AS (
          SELECT {_CONTENT}, island, min(from_day) AS from_day, max(until_day) AS until_day
          FROM numbered
          GROUP BY {_CONTENT}, island
        )
        SELECT 'recurring' AS kind, m.account_service, m.service, m.status,
               from_day AS period_start, until_day AS period_end, full_start, full_end,
               proration,
               {counted_days_sql("from_day", "until_day", prorations)} AS days,
               {counted_days_sql("full_start", "full_end", prorations)} AS full_days,
               quantity, unit_price, {amount} AS minor, currency, source, c.tax_class
        FROM merged AS m
        LEFT JOIN charge.services AS c ON c.service = m.service
    """)
