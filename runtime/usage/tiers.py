"""Prices in tiers, applied to what an account service used of a rate in a usage period.

A cell of rated.cells at such a rate is first the whole quantity.  Here it becomes one cell a
tier and term, each `factor` x `amount` / `per`, so that a line still is the exact sum of its
cells: `factor` is what a term counts, steps or started blocks or one, and `quantity` stands on
one cell a tier, so that quantities add up as well.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.money import PRICE_SCALE, scaled_price_sql
from runtime.program.model import Program
from runtime.program.usage_prices import PERCENT_OF_MILLIONTHS, usage_prices
from runtime.tables import PRICE_TYPE
from runtime.usage import sql
from runtime.usage.dispositions import Reason

BOUND = "bound"
"""The basis of the cell that brings a price to its most or its least."""


def asks_amount(program: Program) -> bool:
    """Whether a rate is a share of the event's amount."""
    return any(each.asks_amount for each in usage_prices(program).values())


def make_usage_prices(connection: DuckDBPyConnection, program: Program) -> None:
    """Make usage.tier_prices, usage.price_tiers and usage.price_terms of rates not plain."""
    prices = usage_prices(program)
    sql.make_table(
        connection,
        "tier_prices",
        {
            "price_id": "INTEGER",
            "mode": "VARCHAR",
            "includes": "BIGINT",
            "at_most": PRICE_TYPE,
            "at_least": PRICE_TYPE,
            "common": "BIGINT",
            "asks_amount": "BOOLEAN",
        },
        [
            (
                *(own, price.mode, price.includes, price.at_most, price.at_least),
                *(each.common, each.asks_amount),
            )
            for own, each in prices.items()
            for price in (each.price,)
        ],
    )
    sql.make_table(
        connection,
        "price_tiers",
        {
            "price_id": "INTEGER",
            "price_tier": "INTEGER",
            "lower": "BIGINT",
            "upper": "BIGINT",
            "source": "INTEGER",
        },
        [
            (own, tier.ordinal, lower, tier.upper, tier.source)
            for own, each in prices.items()
            for tier, lower in zip(
                each.tiers, (0, *(tier.upper for tier in each.tiers)), strict=False
            )
        ],
    )
    sql.make_table(
        connection,
        "price_terms",
        {
            "price_id": "INTEGER",
            "price_tier": "INTEGER",
            "term": "INTEGER",
            "basis": "VARCHAR",
            "amount": PRICE_TYPE,
            "per": "BIGINT",
            "unit": "VARCHAR",
        },
        [
            (own, tier.ordinal, number, term.basis, term.amount, term.per, term.unit)
            for own, each in prices.items()
            for tier, terms in zip(each.tiers, each.terms, strict=True)
            for number, term in enumerate(terms)
        ],
    )


def price_in_tiers(connection: DuckDBPyConnection, program: Program) -> None:
    """Put the cells of tiers and terms in the place of those at rates that are not plain."""
    if not usage_prices(program):
        return
    amounts = f"""
        SELECT u.account_service, u.period_start, p.usage_class, p.rate_plan, p.rate_group,
               p.rate_id AS rate, sum((t.amount * 1000000)::HUGEINT) AS millionths
        FROM usage.tied AS t
        JOIN usage.prices AS p ON p.price = t.price
        JOIN usage.periods AS u ON u.period = t.period
        JOIN usage.tier_prices AS v ON v.price_id = p.price_id AND v.asks_amount
        WHERE t.reason = {Reason.RATED:d}
        GROUP BY ALL
    """
    if not asks_amount(program):
        amounts = """
            SELECT '' AS account_service, DATE '2000-01-01' AS period_start, '' AS usage_class,
                   '' AS rate_plan, '' AS rate_group, '' AS rate, 0::HUGEINT AS millionths
            WHERE false
        """
    same = "account_service, period_start, usage_class, rate_plan, rate_group, rate"
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.tiered AS
        WITH used AS (
          SELECT {same}, c.period_end, c.currency, c.source, r.price_id,
                 sum(c.quantity)::HUGEINT AS quantity, sum(c.events)::BIGINT AS events
          FROM rated.cells AS c
          JOIN (SELECT rate_group, rate_id AS rate, currency, price_id
                FROM usage.rates WHERE NOT is_plain) AS r USING (rate_group, rate, currency)
          GROUP BY ALL
        )
        SELECT u.*, v.mode, v.common, v.at_most, v.at_least,
               least(u.quantity, v.includes::HUGEINT) AS free,
               u.quantity - least(u.quantity, v.includes::HUGEINT) AS counted,
               coalesce(a.millionths, 0)::HUGEINT AS millionths
        FROM used AS u
        JOIN usage.tier_prices AS v ON v.price_id = u.price_id
        LEFT JOIN ({amounts}) AS a USING ({same})
    """)
    connection.execute("""
        DELETE FROM rated.cells AS c USING usage.tiered AS t
        WHERE c.account_service = t.account_service AND c.period_start = t.period_start
          AND c.usage_class = t.usage_class AND c.rate_group = t.rate_group AND c.rate = t.rate
    """)
    connection.execute(_PARTS)
    connection.execute(_INSERT_PARTS)
    connection.execute(_INSERT_FREE)
    connection.execute(_INSERT_BOUNDS)
    connection.execute("DROP TABLE usage.tiered")
    connection.execute("DROP TABLE usage.parts")


# What is within each tier, then a row a term of it.  The first tier is there even where
# nothing is within it, for what events cost and for the quantity of zero.
_PARTS = f"""
CREATE OR REPLACE TABLE usage.parts AS
WITH within AS (
  SELECT t.*, r.price_tier, coalesce(r.source, t.source) AS tier_source,
         CASE WHEN t.mode = 'volume' THEN t.counted
              ELSE greatest(least(t.counted, coalesce(r.upper, t.counted)) - r.lower, 0)
              END::HUGEINT AS within
  FROM usage.tiered AS t
  JOIN usage.price_tiers AS r ON r.price_id = t.price_id
  WHERE (t.counted > r.lower OR r.lower = 0)
    AND (t.mode = 'graduated' OR r.upper IS NULL OR t.counted <= r.upper)
)
SELECT w.*, m.term, m.basis, m.amount, m.unit,
       CASE m.basis WHEN 'share' THEN m.per WHEN 'percent' THEN {PERCENT_OF_MILLIONTHS}
            ELSE 1 END::BIGINT AS per,
       CASE m.basis WHEN 'share' THEN w.within
                    WHEN 'block' THEN (w.within + m.per - 1) // m.per
                    WHEN 'flat' THEN CASE WHEN w.within > 0 THEN 1 ELSE 0 END
                    WHEN 'event' THEN w.events
                    ELSE w.millionths END::HUGEINT AS factor,
       CASE m.basis WHEN 'block' THEN m.per END AS block
FROM within AS w
JOIN usage.price_terms AS m ON m.price_id = w.price_id AND m.price_tier = w.price_tier
"""

_PLACE = (
    "account_service, period_start, period_end, usage_class, rate, rate_group, rate_plan, currency"
)

_INSERT_PARTS = f"""
INSERT INTO rated.cells BY NAME
SELECT {_PLACE}, 'rated' AS component,
       CASE WHEN term = 0 THEN within ELSE 0 END AS quantity,
       CASE WHEN term = 0 AND price_tier = first_tier THEN events ELSE 0 END AS events,
       amount, per, unit, 0 AS event_amount, tier_source AS source,
       price_tier, basis, factor, block
FROM (SELECT *, min(price_tier) OVER (PARTITION BY {_PLACE}) AS first_tier FROM usage.parts)
ORDER BY ALL
"""

_INSERT_FREE = f"""
INSERT INTO rated.cells BY NAME
SELECT {_PLACE}, 'included' AS component, free AS quantity, 0 AS events, 0 AS amount, 1 AS per,
       0 AS event_amount, source
FROM usage.tiered WHERE free > 0
ORDER BY ALL
"""

# The exact amount is `total` / (PRICE_SCALE x common); a bound is reached by one cell more.
_INSERT_BOUNDS = f"""
INSERT INTO rated.cells BY NAME
WITH sums AS (
  SELECT {_PLACE}, common, at_most, at_least, any_value(source) AS source,
         sum(factor * {scaled_price_sql("amount")} * (common // per)::HUGEINT)::HUGEINT AS total
  FROM usage.parts WHERE at_most IS NOT NULL OR at_least IS NOT NULL
  GROUP BY ALL
),
bounds AS (
  SELECT *, CASE WHEN at_most IS NULL THEN total
                 ELSE {scaled_price_sql("at_most")} * common::HUGEINT END AS highest,
         CASE WHEN at_least IS NULL THEN 0
              ELSE {scaled_price_sql("at_least")} * common::HUGEINT END AS lowest
  FROM sums
),
bounded AS (
  SELECT *, greatest(least(total, highest), lowest) AS brought FROM bounds
)
SELECT {_PLACE}, 'rated' AS component, 0 AS quantity, 0 AS events,
       0.000000000001::{PRICE_TYPE} AS amount, common AS per, '' AS unit, 0 AS event_amount,
       source, '{BOUND}' AS basis, brought - total AS factor
FROM bounded WHERE brought <> total
ORDER BY ALL
"""
assert PRICE_SCALE == 10**12, "a bound's cell counts in the last place of a price"
