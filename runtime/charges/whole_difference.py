"""Charges that are wholes, target minus posted: one-time, transition, bucket, minimum, usage.

A one-off charge is in a state of (quantity, unit price, amount); where the posted state is
another one, it is credited whole and the target charged.  A usage line is a sum, and so is what
a prepaid minimum is drawn down by: its difference is one line of the difference in quantity and
amount.  Usage of a period whose target this run did not compute stands as posted; that of a
period that is no more is credited.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.plain import USAGE, WHOLES, compared_sql
from runtime.charges.quotes import price_of_scaled_sql
from runtime.money import PRICE_SCALE, power_of_ten_sql

# The natural key of a charge.  A one-time charge happens once whatever its day; a transition
# is told from the next one of its name by its day.
_KEY = (
    "kind, account_service, service, transition, usage_class, bucket, tier, occurrence, "
    "key_day, currency"
)
_KEY_DAY = "CASE WHEN kind = 'transition' THEN period_start ELSE full_start END"
_PLAIN_KEY = _KEY.replace("key_day", f"{_KEY_DAY} AS key_day")

# Usage of a period that this run did not compute stands as posted; where no usage period
# covers it any more, its target is nothing.
_OPEN = """
NOT EXISTS (
  SELECT 1
  FROM (
    SELECT u.account_service, u.full_start, u.full_end
    FROM subscription.usage_periods AS u
    LEFT JOIN rated.evaluated AS e
      ON e.account_service = u.account_service AND e.period_start = u.period_start
     AND e.period_end <= $as_of
    WHERE e.account_service IS NULL
  ) AS standing
  WHERE standing.account_service = p.account_service
    AND standing.full_start <= p.period_start AND p.period_start < standing.full_end
)
"""


_PRICE = price_of_scaled_sql(
    f"abs(l.minor) * ({PRICE_SCALE}::HUGEINT // {power_of_ten_sql('a.minor_units')})"
)

WHOLE_KINDS = (*WHOLES, "penalty")
"""The kinds of charges that are wholes and stand by themselves."""


def find_whole_difference(
    connection: DuckDBPyConnection, as_of: date, kinds: Collection[str] = WHOLE_KINDS
) -> None:
    """Add the part of these kinds to charge.changed, where it is compared."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    connection.execute(
        f"""
        INSERT INTO charge.changed BY NAME
        WITH signed AS (
          SELECT {_PLAIN_KEY}, quantity, unit_price, minor, 1 AS sign,
                 CAST(NULL AS BIGINT) AS line_id,
                 period_start, period_end, full_start, full_end, source, tax_class
          FROM charge.target
          WHERE kind IN ({listed}) AND (kind NOT IN {WHOLES} OR {compared_sql(WHOLES)})
          UNION ALL
          SELECT {_PLAIN_KEY}, abs(quantity), unit_price,
                 CASE WHEN is_credit THEN -minor ELSE minor END,
                 CASE WHEN is_credit THEN 1 ELSE -1 END, line_id,
                 period_start, period_end, full_start, full_end, NULL, tax_class
          FROM charge.posted AS p
          WHERE kind IN ({listed}) AND (kind <> 'bucket' OR {_OPEN})
        ),
        states AS (
          SELECT {_KEY}, quantity, unit_price, minor, sum(sign) AS net,
                 max(CASE WHEN sign = -1 THEN line_id END) AS posted_line,
                 max(CASE WHEN line_id IS NULL THEN period_start END) AS target_start,
                 max(CASE WHEN line_id IS NULL THEN period_end END) AS target_end,
                 max(CASE WHEN line_id IS NULL THEN full_start END) AS target_full_start,
                 max(CASE WHEN line_id IS NULL THEN full_end END) AS target_full_end,
                 max(source) AS source,
                 max(CASE WHEN line_id IS NULL THEN tax_class END) AS target_tax_class
          FROM signed
          GROUP BY {_KEY}, quantity, unit_price, minor
          HAVING sum(sign) <> 0
        )
        SELECT t.kind, t.account_service, t.service, t.transition, t.usage_class, t.bucket, t.tier,
               t.occurrence,
               CASE WHEN net > 0 THEN target_start ELSE p.period_start END AS period_start,
               CASE WHEN net > 0 THEN target_end ELSE p.period_end END AS period_end,
               CASE WHEN net > 0 THEN target_full_start ELSE p.full_start END AS full_start,
               CASE WHEN net > 0 THEN target_full_end ELSE p.full_end END AS full_end,
               sign(net) * t.quantity AS quantity, t.unit_price, sign(net) * t.minor AS minor,
               t.currency, CASE WHEN net > 0 THEN t.source END AS source,
               CASE WHEN net > 0 THEN target_tax_class ELSE p.tax_class END AS tax_class,
               net < 0 AS is_credit, CASE WHEN net < 0 THEN posted_line END AS corrects, net
        FROM states AS t
        LEFT JOIN charge.posted AS p ON p.line_id = t.posted_line
        """,
        {"as_of": as_of},
    )


def find_drawdown_difference(connection: DuckDBPyConnection) -> None:
    """Add what prepaid minimums are drawn down by to charge.changed: what is new of each.

    What was drawn down is a sum that grows, so its change is a line of its own, at a price above
    zero and a quantity below it; one that shrinks is the other way round.
    """
    connection.execute(f"""
        INSERT INTO charge.changed BY NAME
        WITH signed AS (
          SELECT {_PLAIN_KEY}, minor, period_start, period_end, full_end, source, tax_class,
                 9223372036854775807 AS place
          FROM charge.target WHERE kind = 'drawdown'
          UNION ALL
          SELECT {_PLAIN_KEY}, -minor, period_start, period_end, full_end, NULL, tax_class, line_id
          FROM charge.posted WHERE kind = 'drawdown'
        ),
        lines AS (
          SELECT {_KEY}, sum(minor) AS minor, max_by(period_start, place) AS period_start,
                 max_by(period_end, place) AS period_end,
                 max_by(full_end, place) AS full_end, max(source) AS source,
                 max_by(tax_class, place) AS tax_class
          FROM signed GROUP BY {_KEY} HAVING sum(minor) <> 0
        )
        SELECT l.kind, l.account_service, l.service, l.occurrence, l.period_start, l.period_end,
               key_day AS full_start, l.full_end, CAST(sign(l.minor) AS HUGEINT) AS quantity,
               {_PRICE} AS unit_price, CAST(l.minor AS HUGEINT) AS minor, l.currency, l.source,
               l.tax_class, false AS is_credit, 1 AS net
        FROM lines AS l JOIN charge.currencies AS a ON a.currency = l.currency
    """)


def find_usage_difference(connection: DuckDBPyConnection, as_of: date) -> None:
    """Add the usage part to charge.changed: one row a changed line, with the differences."""
    connection.execute(
        f"""
        INSERT INTO charge.changed BY NAME
        WITH signed AS (
          SELECT {_PLAIN_KEY}, quantity, minor, CAST(NULL AS BIGINT) AS line_id,
                 period_start, period_end, full_end, tax_class
          FROM charge.target
          WHERE kind = 'usage' AND {compared_sql(USAGE)}
          UNION ALL
          SELECT {_PLAIN_KEY}, -quantity, -minor, line_id,
                 period_start, period_end, full_end, tax_class
          FROM charge.posted AS p
          WHERE kind = 'usage' AND {_OPEN}
        ),
        lines AS (
          SELECT {_KEY}, sum(quantity) AS quantity, sum(minor) AS minor,
                 max(line_id) AS corrects,
                 max(CASE WHEN line_id IS NULL THEN period_start END) AS target_start,
                 max(CASE WHEN line_id IS NULL THEN period_end END) AS target_end,
                 max(CASE WHEN line_id IS NULL THEN full_end END) AS target_full_end,
                 max(CASE WHEN line_id IS NULL THEN tax_class END) AS target_tax_class,
                 count(*) - count(line_id) AS targets
          FROM signed
          GROUP BY {_KEY}
          HAVING sum(quantity) <> 0 OR sum(minor) <> 0
        )
        SELECT l.kind, l.account_service, l.service, l.usage_class,
               coalesce(target_start, p.period_start) AS period_start,
               coalesce(target_end, p.period_end) AS period_end,
               key_day AS full_start, coalesce(target_full_end, p.full_end) AS full_end,
               l.quantity, l.minor, l.currency,
               CASE WHEN targets > 0 THEN target_tax_class ELSE p.tax_class END AS tax_class,
               l.minor < 0 AS is_credit, l.corrects, 1 AS net
        FROM lines AS l
        LEFT JOIN charge.posted AS p ON p.line_id = l.corrects
        """,
        {"as_of": as_of},
    )
