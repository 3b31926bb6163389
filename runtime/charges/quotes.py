"""What a price comes to where it is more than so much for each: tiers, blocks, bounds.

A quote is a price asked for a quantity of instances, and for what is counted: the quantity
again, or what a counting rule counts.  Equal questions are one quote.

| table | one row is |
| --- | --- |
| charge.prices | a price: its mode, what it includes, its percentage and bounds |
| charge.price_tiers | a tier of a price, above `lower` up to `upper` |
| charge.price_terms | a term of a tier |
| charge.quotes | a quote, with the amount of a full period or of one charge |
| charge.quote_rows | a part of a quote's sum: a term of a tier that was reached |
| charge.quoted | a charge of charge.target whose unit price is the amount of a quote |

Amounts are whole numbers of 10^-12 of the currency, so that no step rounds: what would need
more decimals is refused (runtime.program.service_prices).
"""

from __future__ import annotations

from fractions import Fraction

from duckdb import DuckDBPyConnection

from runtime.engine import fill_table
from runtime.money import PRICE_SCALE, scaled_price_sql
from runtime.program.model import Program
from runtime.tables import PRICE_TYPE

_WHOLE, _LARGE = "INTEGER", "HUGEINT"


def load_price_rows(connection: DuckDBPyConnection, program: Program) -> None:
    """Make charge.prices, charge.price_tiers and charge.price_terms."""
    kept = {price.id: 1 - Fraction(price.percent_off) / 100 for price in program.prices}
    fill_table(
        connection,
        "charge.prices",
        {
            "price": _WHOLE,
            "mode": "VARCHAR",
            "counted_by": "VARCHAR",
            "includes": "BIGINT",
            "percent_off": PRICE_TYPE,
            "keep": _LARGE,
            "keep_of": _LARGE,
            "at_most": PRICE_TYPE,
            "at_least": PRICE_TYPE,
        },
        [
            (
                *(row.id, row.mode, row.counted_by, row.includes, row.percent_off),
                *(kept[row.id].numerator, kept[row.id].denominator),
                *(row.at_most, row.at_least),
            )
            for row in program.prices
        ],
    )
    fill_table(
        connection,
        "charge.price_tiers",
        {
            "price": _WHOLE,
            "tier": _WHOLE,
            "lower": "BIGINT",
            "upper": "BIGINT",
            "even_at_zero": "BOOLEAN",
            "source": _WHOLE,
        },
        _tiers(program),
    )
    fill_table(
        connection,
        "charge.price_terms",
        {
            "price": _WHOLE,
            "tier": _WHOLE,
            "term": _WHOLE,
            "basis": "VARCHAR",
            "amount": PRICE_TYPE,
            "per": "BIGINT",
            "unit": "VARCHAR",
        },
        [
            (row.price, row.tier, row.ordinal, row.basis, row.amount, row.per, row.unit)
            for row in program.price_terms
        ],
    )


def _tiers(program: Program) -> list[tuple[object, ...]]:
    """Give the tiers with the bound that each starts above."""
    rows: list[tuple[object, ...]] = []
    lower = 0
    for tier in sorted(program.price_tiers, key=lambda row: (row.price, row.ordinal)):
        lower = 0 if tier.ordinal == 0 else lower
        rows.append((tier.price, tier.ordinal, lower, tier.upper, tier.even_at_zero, tier.source))
        lower = tier.upper or 0
    return rows


_TERMS = f"""
WITH asked AS (
  SELECT q.quote, q.price, q.quantity, p.mode,
         greatest(q.counted - p.includes, 0) AS units
  FROM charge.quotes AS q JOIN charge.prices AS p ON p.price = q.price
),
reached AS (
  SELECT a.quote, a.price, a.quantity, a.units, t.tier, t.lower, t.upper, t.even_at_zero, t.source,
         CASE a.mode WHEN 'graduated'
              THEN least(a.units, coalesce(t.upper, a.units)) - t.lower
              ELSE a.units END AS held
  FROM asked AS a JOIN charge.price_tiers AS t ON t.price = a.price
  WHERE CASE WHEN a.units = 0 THEN t.tier = 0
             WHEN a.mode = 'graduated' THEN a.units > t.lower
             ELSE a.units > t.lower AND (t.upper IS NULL OR a.units <= t.upper) END
)
SELECT r.quote, r.tier, m.term, r.lower, r.upper, m.basis, m.amount, m.per, m.unit, r.source,
       CAST(CASE m.basis WHEN 'share' THEN r.held
                         WHEN 'block' THEN (r.held + m.per - 1) // m.per
                         WHEN 'instance' THEN r.quantity
                         ELSE 1 END AS HUGEINT) AS quantity,
       {scaled_price_sql("m.amount")} AS scaled_rate
FROM reached AS r
JOIN charge.price_terms AS m ON m.price = r.price AND m.tier = r.tier
WHERE r.units > 0 OR m.basis = 'instance' OR (m.basis = 'flat' AND r.even_at_zero)
"""


def make_quotes(connection: DuckDBPyConnection, asked: str) -> None:
    """Make charge.quotes and charge.quote_rows for what a query asks.

    `asked` is SQL for rows of price, quantity and counted.
    """
    connection.execute(f"""
        CREATE OR REPLACE TABLE charge.quotes AS
        SELECT CAST(row_number() OVER (ORDER BY price, quantity, counted) AS BIGINT) AS quote,
               price, quantity, counted
        FROM (
          SELECT DISTINCT price, CAST(quantity AS HUGEINT) AS quantity,
                 CAST(counted AS HUGEINT) AS counted
          FROM ({asked}) AS wanted
        )
    """)
    connection.execute(f"""
        CREATE OR REPLACE TABLE charge.quote_rows AS
        SELECT * EXCLUDE (scaled_rate), quantity * scaled_rate AS scaled FROM ({_TERMS})
    """)
    most, least = scaled_price_sql("p.at_most"), scaled_price_sql("p.at_least")
    connection.execute(f"""
        CREATE OR REPLACE TABLE charge.quotes AS
        WITH summed AS (
          SELECT q.quote, CAST(coalesce(sum(r.scaled), 0) AS HUGEINT) AS gross
          FROM charge.quotes AS q LEFT JOIN charge.quote_rows AS r ON r.quote = q.quote
          GROUP BY q.quote
        ),
        lowered AS (SELECT q.*, s.gross, s.gross * p.keep // p.keep_of AS reduced,
                           {most} AS most, {least} AS least
                    FROM charge.quotes AS q
                    JOIN charge.prices AS p ON p.price = q.price
                    JOIN summed AS s ON s.quote = q.quote)
        SELECT quote, price, quantity, counted, gross, reduced,
               greatest(least(reduced, coalesce(most, reduced)), coalesce(least, 0)) AS bounded
        FROM lowered
    """)


def price_of_scaled_sql(scaled: str) -> str:
    """Give SQL for a whole number of 10^-12 as a price (DECIMAL(38, 12)), exactly."""
    whole = f"CAST(({scaled}) // {PRICE_SCALE} AS {PRICE_TYPE})"
    rest = f"CAST(({scaled}) % {PRICE_SCALE} AS DECIMAL(12, 0))"
    return f"({whole} + CAST({rest} * CAST('0.000000000001' AS DECIMAL(12, 12)) AS {PRICE_TYPE}))"
