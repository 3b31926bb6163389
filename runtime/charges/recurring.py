"""Recurring charges: each billable stretch of days of a billing period, at its status's price.

A period is cut where the service's status or its quantity changes; stretches of one status and
quantity that meet are one stretch.  A stretch at price zero is a charge of nothing: part of the
target, never printed.
A period of a package that is never prorated is one stretch, as its first billable day finds it.

A price is chosen once for each case, of which there are few: a service, status, currency, first
day of a period and day of sale, and only where an account service has prices of its own that one.

| passing table | one row is |
| --- | --- |
| found_stretch | a stretch of billable days of a period that is due |
| price_case | a case, with the price that holds in it, or none |
| priced_stretch | a stretch whose case has a price, in the place of found_stretch |
| charged_stretch | a stretch as it is charged: quoted, and those that meet as one |
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.amounts import amounts_sql, same_amount_sql
from runtime.charges.choice import RENEWING_CONTRACTS, best_sql, holds_sql, owned_sql, renewed_sql
from runtime.charges.proration import make_day_seconds, prorations_of
from runtime.charges.quoting import end_quoting, quoted_sql
from runtime.program.model import Program

_CONTRACTS = RENEWING_CONTRACTS.format(day="p.period_start")
_RENEWED = renewed_sql("p.period_start", "p.full_start > s.activation_day")

# `is_cut`: the service may have several stretches in one period, which may be one after all.
_FOUND = """
CREATE OR REPLACE TEMP TABLE found_stretch AS
WITH cut AS (
  SELECT account_service FROM subscription.timeline
  SEMI JOIN subscription.periods USING (account_service) WHERE billable
  GROUP BY account_service HAVING count(*) > 1
  UNION SELECT account_service FROM subscription.quantities
)
SELECT s.account_service, s.account, s.account_package, s.service, s.months, t.status, s.currency,
       s.minor_units, coalesce(q.quantity, s.quantity) AS quantity,
       p.full_start, p.full_end, s.proration, s.sale_day, p.period_start, {renewed} AS renewed,
       {holder} AS holder,
       CASE s.timing WHEN 'advance' THEN p.period_start ELSE p.period_end - 1 END AS count_day,
       greatest(p.period_start, t.from_day, q.from_day) AS from_day,
       least(p.period_end, t.until_day, q.until_day) AS until_day,
       s.account_service IN (SELECT account_service FROM cut) AS is_cut
FROM subscription.periods AS p
JOIN subscription.account_services AS s ON s.account_service = p.account_service
JOIN subscription.timeline AS t
  ON t.account_service = p.account_service AND t.billable
 AND t.from_day < p.period_end AND t.until_day > p.period_start
LEFT JOIN subscription.quantities AS q ON q.account_service = s.account_service
 AND q.from_day < least(p.period_end, t.until_day)
 AND q.until_day > greatest(p.period_start, t.from_day)
{contracts}
"""

_CASE = "service, months, status, currency, period_start, sale_day, renewed, holder"
_SAME_CASE = " AND ".join(f"f.{name} IS NOT DISTINCT FROM s.{name}" for name in _CASE.split(", "))

_CASES = f"""
CREATE OR REPLACE TEMP TABLE price_case AS
WITH asked AS (
  SELECT DISTINCT {_CASE} FROM found_stretch
  WHERE service IN (SELECT service FROM charge.recurring_prices)
),
numbered AS (SELECT row_number() OVER () AS number, * FROM asked),
chosen AS (
  SELECT s.number, r.price, r.unit_price, r.counted_by, r.source
  FROM numbered AS s
  JOIN charge.recurring_prices AS r
    ON r.service = s.service AND r.months = s.months
   AND r.status = s.status AND r.currency = s.currency
  WHERE {owned_sql("s.period_start", "s.holder")} AND {holds_sql("s.period_start", "s.renewed")}
  {best_sql("s.number")}
)
SELECT s.* EXCLUDE (number), c.price, c.unit_price, c.counted_by, c.source,
       c.number IS NOT NULL AS is_priced
FROM numbered AS s LEFT JOIN chosen AS c ON c.number = s.number
"""

_PRICED = f"""
CREATE OR REPLACE TEMP TABLE priced_stretch AS
SELECT f.* EXCLUDE (months, sale_day, period_start, renewed, holder),
       s.price, s.unit_price, s.counted_by, s.source
FROM found_stretch AS f JOIN price_case AS s ON {_SAME_CASE}
WHERE s.is_priced
"""

_CONTENT = (
    "account_service, service, status, currency, minor_units, quantity, "
    "full_start, full_end, proration, unit_price, source"
)

# A period that was begun is charged whole, whatever came later in it.
_NEVER_PRORATED = """
SELECT * FROM priced_stretch WHERE proration <> 'never'
UNION ALL
SELECT * REPLACE (full_start AS from_day, full_end AS until_day)
FROM priced_stretch
WHERE proration = 'never'
QUALIFY row_number() OVER (PARTITION BY account_service, full_start ORDER BY from_day) = 1
"""


def charge_recurring(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add the recurring charges of subscription.periods to charge.target.

    Which periods are due by `as_of` is decided by subscription.periods.  Leaves charge.unpriced.
    """
    _price_stretches(connection)
    prorations = prorations_of(connection)
    make_day_seconds(connection, prorations)
    stretches = _NEVER_PRORATED if "never" in prorations else "FROM priced_stretch"
    stretches = quoted_sql(connection, program, "recurring", stretches)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE charged_stretch AS {_merged_sql(stretches)}")
    end_quoting(connection)
    connection.execute("DROP TABLE priced_stretch")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE stretch_amount AS
        {amounts_sql("charged_stretch", program.rounding, prorations)}
    """)
    connection.execute(f"""
        INSERT INTO charge.target BY NAME
        SELECT 'recurring' AS kind, m.account_service, m.service, m.status,
               m.from_day AS period_start, m.until_day AS period_end, m.full_start, m.full_end,
               m.proration, x.days, x.full_days, m.quantity, m.unit_price, x.minor, m.currency,
               m.source, c.tax_class
        FROM charged_stretch AS m
        JOIN stretch_amount AS x ON {same_amount_sql("m", "x")}
        LEFT JOIN charge.services AS c ON c.service = m.service
    """)
    for table in ("charged_stretch", "stretch_amount"):
        connection.execute(f"DROP TABLE {table}")


def _price_stretches(connection: DuckDBPyConnection) -> None:
    """Make priced_stretch and charge.unpriced.

    Cases are told by many columns, so stretches are held against them once, and the wider
    table goes before any amount is made.
    """
    _find_stretches(connection)
    connection.execute(_CASES)
    _keep_unpriced(connection)
    connection.execute(_PRICED)
    for table in ("found_stretch", "price_case"):
        connection.execute(f"DROP TABLE {table}")


def _merged_sql(stretches: str) -> str:
    """Give SQL for stretches, those that meet with the same content as one."""
    return f"""
    WITH marked AS (
      SELECT *, CASE WHEN from_day = lag(until_day) OVER same THEN 0 ELSE 1 END AS is_first
      FROM ({stretches}) AS s WHERE is_cut
      WINDOW same AS (PARTITION BY {_CONTENT} ORDER BY from_day)
    ),
    numbered AS (
      SELECT *, sum(is_first) OVER (PARTITION BY {_CONTENT} ORDER BY from_day) AS island
      FROM marked
    )
    SELECT {_CONTENT}, min(from_day) AS from_day, max(until_day) AS until_day
    FROM numbered
    GROUP BY {_CONTENT}, island
    UNION ALL
    SELECT {_CONTENT}, from_day, until_day FROM ({stretches}) AS s WHERE NOT is_cut
    """


def _find_stretches(connection: DuckDBPyConnection) -> None:
    """Make found_stretch; what no price goes by is left empty, so that fewer cases differ."""
    is_renewing, is_owned = (
        connection.execute(query).fetchone() is not None
        for query in (
            "SELECT 1 FROM charge.recurring_prices WHERE audience = 'renewals' LIMIT 1",
            "SELECT 1 FROM subscription.price_owners LIMIT 1",
        )
    )
    owners = "s.account_service IN (SELECT account_service FROM subscription.price_owners)"
    connection.execute(
        _FOUND.format(
            renewed=_RENEWED if is_renewing else "CAST(NULL AS DATE)",
            holder=f"CASE WHEN {owners} THEN s.account_service END" if is_owned else "NULL",
            contracts=_CONTRACTS if is_renewing else "",
        )
    )


def _keep_unpriced(connection: DuckDBPyConnection) -> None:
    """Make charge.unpriced: the cases of services with recurring prices that have none."""
    connection.execute(f"""
        CREATE OR REPLACE TABLE charge.unpriced AS
        SELECT f.service, f.status, f.months, f.currency,
               min(f.account_service) AS account_service
        FROM found_stretch AS f JOIN (FROM price_case WHERE NOT is_priced) AS s ON {_SAME_CASE}
        GROUP BY f.service, f.status, f.months, f.currency
    """)
