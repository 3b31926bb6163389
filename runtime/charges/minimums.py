"""What falls short of the minimums of contracts: committed less used, stretch by stretch.

A minimum is measured over stretches of so many months from the package's first day, or over
each term, once they have ended.  A stretch that the end of the package or of the contract cuts
short commits to its part by days, which of an amount for each instance is kept to 12 decimals.
What was used is either what the account package was charged, each charge on one day:

| charge | counts on |
| --- | --- |
| recurring, and its discounts | the first day of its billing period, in arrears the last |
| one-time, transition | its day |
| usage, bucket | the last day of its usage period |

or the instances of a service that bill on the stretch's last day.  So all of it is known when
the stretch has ended, and what becomes known later is a difference like any other.

A prepaid minimum is charged whole when its stretch begins (`prepaid`), and drawn down by what
is used, as it becomes known (`drawdown`): a line below zero of the fee service, so that what
was paid ahead is not paid again, nor its tax.  Instances draw down by those of the stretch's
first day until it has ended.

charge.commitments has the sums behind each charge, for the invoice.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.quotes import price_of_scaled_sql
from runtime.engine import create_table, fill_table
from runtime.money import PRICE_SCALE, power_of_ten_sql, rounded_ratio_sql, scaled_price_sql
from runtime.program.model import Program
from runtime.tables import PRICE_TYPE

_COLUMNS = {
    "contract": "VARCHAR",
    "ordinal": "INTEGER",
    "months": "INTEGER",
    "counted": "VARCHAR",
    "quantity": "BIGINT",
    "fee_service": "VARCHAR",
    "is_prepaid": "BOOLEAN",
    "currency": "VARCHAR",
    "amount": PRICE_TYPE,
    "source": "INTEGER",
}

# The account service that bears a package's charges: the one that did, else the first in the
# book.
BEARERS = """
SELECT s.account_package, s.account_service, s.currency, s.minor_units
FROM subscription.account_services AS s
JOIN book.account_services AS b ON b.account_service = s.account_service
LEFT JOIN (
  SELECT DISTINCT account_service FROM charge.posted WHERE kind IN ('minimum', 'prepaid', 'penalty')
) AS p
  ON p.account_service = s.account_service
QUALIFY row_number() OVER (
  PARTITION BY s.account_package ORDER BY p.account_service IS NULL, b.row
) = 1
"""

# Of terms, the first has the contract's months and each later one those of the renewal.
_STRETCHES = """
WITH numbered AS (
  SELECT m.* EXCLUDE (contract), b.account_package, b.account_service, b.minor_units,
         h.from_day, h.until_day AS contract_end, least(h.until_day, h.end_day) AS last_end,
         h.term_months, h.renewal_months,
         unnest(generate_series(0, date_diff('month', h.from_day, DATE '{as_of}')
           // coalesce(m.months, least(h.term_months, h.renewal_months), h.term_months)
         )) AS number
  FROM subscription.held_contracts AS h
  JOIN ({bearers}) AS b ON b.account_package = h.account_package
  JOIN charge.minimums AS m ON m.contract = h.contract AND m.currency = b.currency
  WHERE h.from_day <= DATE '{as_of}'
),
measured AS (
  SELECT *,
         CASE WHEN months IS NOT NULL THEN number * months
              WHEN number = 0 THEN 0
              ELSE term_months + (number - 1) * renewal_months END AS months_before,
         coalesce(months, CASE number WHEN 0 THEN term_months ELSE renewal_months END) AS length
  FROM numbered
),
dated AS (
  SELECT *,
         CAST(from_day + to_months(CAST(months_before AS INTEGER)) AS DATE) AS full_start,
         CAST(from_day + to_months(CAST(months_before + length AS INTEGER)) AS DATE) AS full_end
  FROM measured
)
SELECT account_package, account_service, ordinal, counted, quantity, fee_service, is_prepaid,
       CASE WHEN is_prepaid AND least(full_end, last_end) > DATE '{as_of}' THEN full_start
            ELSE least(full_end, last_end) - 1 END AS count_day,
       currency, minor_units, amount, source, full_start, full_end,
       least(full_end, last_end) AS until_day, least(full_end, contract_end) AS counts_until,
       CAST(least(full_end, last_end) - full_start AS HUGEINT) AS days,
       CAST(full_end - full_start AS HUGEINT) AS full_days
FROM dated
WHERE full_start < last_end
  AND CASE WHEN is_prepaid THEN full_start ELSE least(full_end, last_end) END <= DATE '{as_of}'
"""

# What was posted of usage and what is due of it come to what should have been charged.  It counts
# by the days of its period as they are known now: a line that was posted has those of then.
_SPENT = """
SELECT s.account_package, s.currency,
       CASE s.timing WHEN 'advance' THEN p.period_start ELSE p.period_end - 1 END AS day,
       t.minor
FROM charge.target AS t
JOIN subscription.account_services AS s
  ON s.account_service = t.account_service AND s.currency = t.currency
JOIN subscription.periods AS p
  ON p.account_service = t.account_service AND p.full_start = t.full_start
WHERE t.kind IN ('recurring', 'discount')
UNION ALL
SELECT s.account_package, s.currency, t.period_start, t.minor
FROM charge.target AS t
JOIN subscription.account_services AS s
  ON s.account_service = t.account_service AND s.currency = t.currency
WHERE t.kind IN ('one_time', 'transition')
UNION ALL
SELECT s.account_package, s.currency,
       coalesce(any_value(k.period_end), max_by(u.period_end, u.place)) - 1, sum(u.minor)
FROM (
  SELECT account_service, kind, usage_class, bucket, tier, full_start, period_end, currency,
         minor, line_id AS place
  FROM charge.posted WHERE kind IN ('usage', 'bucket')
  UNION ALL
  SELECT account_service, kind, usage_class, bucket, tier, full_start, period_end, currency,
         minor, 9223372036854775807 - CASE WHEN net < 0 THEN 1 ELSE 0 END
  FROM charge.difference WHERE kind IN ('usage', 'bucket')
) AS u
JOIN subscription.account_services AS s
  ON s.account_service = u.account_service AND s.currency = u.currency
LEFT JOIN subscription.usage_periods AS k
  ON k.account_service = u.account_service AND k.full_start = u.full_start
GROUP BY s.account_package, s.currency, u.account_service, u.kind, u.usage_class, u.bucket,
         u.tier, u.full_start
"""

# Whole minor units of the spend, or instances, that each stretch commits to and used.
_COMMITMENTS = """
SELECT x.*, {committed} AS committed, CAST(coalesce(sum(p.minor), 0) AS HUGEINT) AS used
FROM committed_stretch AS x
LEFT JOIN ({spent}) AS p
  ON p.account_package = x.account_package AND x.full_start <= p.day AND p.day < x.counts_until
WHERE x.counted IS NULL
GROUP BY ALL
UNION ALL
SELECT x.*, CAST(x.quantity AS HUGEINT) AS committed,
       CAST(coalesce(sum(s.quantity), 0) AS HUGEINT) AS used
FROM committed_stretch AS x
LEFT JOIN (
  SELECT s.account_package, s.service, coalesce(q.quantity, s.quantity) AS quantity,
         greatest(t.from_day, q.from_day) AS from_day, least(t.until_day, q.until_day) AS until_day
  FROM subscription.account_services AS s
  JOIN subscription.timeline AS t ON t.account_service = s.account_service AND t.billable
  LEFT JOIN subscription.quantities AS q ON q.account_service = s.account_service
   AND q.from_day < t.until_day AND q.until_day > t.from_day
) AS s
  ON s.account_package = x.account_package AND s.service = x.counted
 AND s.from_day <= x.count_day AND x.count_day < s.until_day
WHERE x.counted IS NOT NULL
GROUP BY ALL
"""


def charge_minimums(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add what falls short of each stretch that ended by `as_of` to charge.target.

    And of prepaid ones that begun by then what is paid ahead, and what of it is drawn down.
    Reads charge.difference of all other charges.
    """
    create_table(connection, "charge.commitments")
    if not program.contract_minimums:
        return
    _load(connection, program)
    stretches = _STRETCHES.format(as_of=as_of, bearers=BEARERS)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE committed_stretch AS {stretches}")
    part = rounded_ratio_sql(
        f"{scaled_price_sql('x.amount')} * {power_of_ten_sql('x.minor_units')} * x.days",
        f"{PRICE_SCALE} * x.full_days",
        program.rounding,
    )
    commitments = _COMMITMENTS.format(committed=part, spent=_SPENT)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE commitment AS
        SELECT * FROM ({commitments}) AS c WHERE is_prepaid OR used < committed
    """)
    connection.execute("""
        INSERT INTO charge.commitments BY NAME
        SELECT account_service, ordinal AS occurrence, full_start, is_prepaid, counted, committed,
               used
        FROM commitment
    """)
    _charge(connection, program, "minimum", "CAST(c.committed - c.used AS HUGEINT)")
    if any(each.is_prepaid for each in program.contract_minimums):
        _charge(connection, program, "prepaid", "CAST(c.committed AS HUGEINT)")
        _draw_down(connection, program)
    for table in ("committed_stretch", "commitment"):
        connection.execute(f"DROP TABLE {table}")


def _charge(connection: DuckDBPyConnection, program: Program, kind: str, charged: str) -> None:
    """Add the charge of each commitment `c` of a kind; `charged`: SQL for how much of it."""
    power = power_of_ten_sql("c.minor_units")
    price = price_of_scaled_sql(f"{charged} * ({PRICE_SCALE}::HUGEINT // {power})")
    each = rounded_ratio_sql(
        f"{scaled_price_sql('c.amount')} * c.days", "c.full_days", program.rounding
    )
    each_price = price_of_scaled_sql(each)
    all_short = rounded_ratio_sql(
        f"{each} * {charged} * {power}", str(PRICE_SCALE), program.rounding
    )
    is_kind = "c.is_prepaid" if kind == "prepaid" else "NOT c.is_prepaid"
    connection.execute(f"""
        INSERT INTO charge.target BY NAME
        WITH short AS (
          SELECT c.*, CASE WHEN counted IS NULL THEN 1 ELSE {charged} END AS instances,
                 CASE WHEN counted IS NULL THEN {price} ELSE {each_price} END AS unit_price,
                 CASE WHEN counted IS NULL THEN {charged} ELSE {all_short} END AS minor
          FROM commitment AS c WHERE {is_kind}
        )
        SELECT '{kind}' AS kind, c.account_service, c.fee_service AS service,
               c.ordinal AS occurrence, c.full_start AS period_start, c.until_day AS period_end,
               c.full_start, c.full_end, c.instances AS quantity, c.unit_price, c.minor,
               c.currency, c.source, k.tax_class
        FROM short AS c
        LEFT JOIN charge.services AS k ON k.service = c.fee_service
        WHERE c.minor <> 0
    """)


def _draw_down(connection: DuckDBPyConnection, program: Program) -> None:
    """Add what each prepaid charge of charge.target is drawn down by, one row a stretch.

    Of instances that is the charge less what is still short, so that both come to what a
    minimum that is not prepaid charges.
    """
    left = rounded_ratio_sql(
        f"{scaled_price_sql('t.unit_price')} * CAST(u.committed - u.used AS HUGEINT) * "
        f"{power_of_ten_sql('u.minor_units')}",
        str(PRICE_SCALE),
        program.rounding,
    )
    connection.execute(f"""
        INSERT INTO charge.target BY NAME
        WITH used AS (
          SELECT c.account_service, c.ordinal, c.full_start, c.counted, c.minor_units,
                 greatest(least(c.used, c.committed), 0) AS used, c.committed
          FROM commitment AS c WHERE c.is_prepaid
        )
        SELECT 'drawdown' AS kind, t.account_service, t.service, t.occurrence, t.period_start,
               t.period_end, t.full_start, t.full_end, 1 AS quantity,
               -CASE WHEN u.counted IS NULL THEN u.used ELSE t.minor - {left} END AS minor,
               t.currency, t.source, t.tax_class
        FROM charge.target AS t
        JOIN used AS u ON u.account_service = t.account_service AND u.ordinal = t.occurrence
         AND u.full_start = t.full_start
        WHERE t.kind = 'prepaid' AND u.used > 0
    """)


def find_unbearable(connection: DuckDBPyConnection, program: Program) -> tuple[str, ...]:
    """Say which packages have nothing that their contract's charges could be made on."""
    committed = {each.contract for each in program.contract_minimums}
    committed |= {each.contract for each in program.contract_penalties}
    rows = connection.execute(
        """
        SELECT h.account_package, h.contract
        FROM subscription.held_contracts AS h
        LEFT JOIN subscription.account_services AS s ON s.account_package = h.account_package
        WHERE s.account_package IS NULL AND h.contract IN (SELECT unnest(CAST(? AS VARCHAR[])))
        ORDER BY 1
        """,
        [sorted(committed)],
    ).fetchall()
    return tuple(
        f"account package {name} is under the contract {contract} "
        "and has no service to charge its minimum or its penalty on"
        for name, contract in rows
    )


def _load(connection: DuckDBPyConnection, program: Program) -> None:
    terms = {(each.contract, each.ordinal): each for each in program.contract_minimums}
    rows = []
    for each in program.contract_minimum_amounts:
        of = terms[each.contract, each.ordinal]
        what = (each.contract, each.ordinal, of.months, of.service, of.quantity, of.fee_service)
        rows.append((*what, of.is_prepaid, each.currency, each.amount, of.source))
    fill_table(connection, "charge.minimums", _COLUMNS, rows)
