"""The rate of each combination of attributes: of the rows that fit, the most specific one.

First counts where a row is for: the longest prefix, then a country, then a zone of countries,
then anywhere; then a carrier before any; then a time band, one that holds by a date before one
of the week, before always.
"""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
from duckdb import DuckDBPyConnection

from runtime.program.model import Program
from runtime.program.plain import PlainPrice, plain_prices
from runtime.usage import sql
from runtime.usage.places import CARRIER, COUNTRY
from runtime.usage.reader import attribute

ROW_PRECEDENCE = (
    "f.level",
    "f.depth DESC",
    "r.carrier IS NULL",
    "b.is_dated DESC NULLS LAST",
    "r.ordinal",
)
"""Which row of a group rates an event: the first in this order."""

_PRICE = pa.decimal128(38, 12)
_NOTHING = PlainPrice(Decimal(0), 1, "", Decimal(0))


def make_rates(connection: DuckDBPyConnection, program: Program) -> None:
    """Make usage.rates, one row a rate, and usage.rate_rows and usage.rate_places.

    usage.rate_places: each place that a row is for, by `level`: 0 a prefix, 1 a country, 2 a
    country of a zone, 3 anywhere.  A price that is not plain has amounts of 0 in usage.rates.
    """
    plain = plain_prices(program)
    rates = program.rates
    prices = [plain.get(each.price, _NOTHING) for each in rates]
    words = ("group", "id", "usage_class", "zone", "country", "prefix", "carrier", "band")
    names = {"group": "rate_group", "id": "rate_id"}
    columns: dict[str, pa.Array] = {
        "rate": pa.array(range(len(rates)), pa.int32()),
        "ordinal": pa.array([each.ordinal for each in rates], pa.int32()),
        "currency": pa.array([each.currency for each in rates], pa.string()),
        "minimum": pa.array([each.minimum for each in rates], pa.int64()),
        "increment": pa.array([each.increment for each in rates], pa.int64()),
        "price_id": pa.array([each.price for each in rates], pa.int32()),
        "is_plain": pa.array([each.price in plain for each in rates], pa.bool_()),
        "amount": pa.array([each.amount for each in prices], _PRICE),
        "per": pa.array([each.per for each in prices], pa.int64()),
        "unit": pa.array([each.unit for each in prices], pa.string()),
        "event_amount": pa.array([each.event_amount for each in prices], _PRICE),
        "source": pa.array([each.source for each in rates], pa.int32()),
    }
    for word in words:
        values = [getattr(each, word) for each in rates]
        columns[names.get(word, word)] = pa.array(values, pa.string())
    sql.make_arrow(connection, "rates", pa.table(columns))
    _make_zones(connection, program)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.rate_rows AS
        SELECT DISTINCT rate_group, ordinal, usage_class, zone, country, prefix, carrier, band
        FROM usage.rates
    """)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.rate_places AS
        SELECT rate_group, ordinal, usage_class, 0 AS level, prefix AS place
        FROM usage.rate_rows WHERE prefix IS NOT NULL
        UNION ALL
        SELECT r.rate_group, r.ordinal, r.usage_class, 0, z.prefix
        FROM usage.rate_rows AS r JOIN usage.zone_prefixes AS z ON z.zone = r.zone
        UNION ALL
        SELECT rate_group, ordinal, usage_class, 1, country
        FROM usage.rate_rows WHERE country IS NOT NULL
        UNION ALL
        SELECT r.rate_group, r.ordinal, r.usage_class, 2, z.country
        FROM usage.rate_rows AS r JOIN usage.zone_countries AS z ON z.zone = r.zone
        UNION ALL
        SELECT rate_group, ordinal, usage_class, 3, NULL
        FROM usage.rate_rows WHERE prefix IS NULL AND country IS NULL AND zone IS NULL
    """)


def _make_zones(connection: DuckDBPyConnection, program: Program) -> None:
    for name, rows in (
        ("country", [(each.zone, each.country) for each in program.zone_countries]),
        ("prefix", [(each.zone, each.prefix) for each in program.zone_prefixes]),
    ):
        table = pa.table(
            {
                "zone": pa.array([zone for zone, _ in rows], pa.string()),
                name: pa.array([place for _, place in rows], pa.string()),
            }
        )
        plural = {"country": "countries", "prefix": "prefixes"}[name]
        sql.make_arrow(connection, f"zone_{plural}", table)


def make_matches(connection: DuckDBPyConnection) -> None:
    """Make usage.matches: for each kind, combination and set of bands the class and the rate.

    The row is chosen before its currency is looked at: a row that is not priced in the
    account's currency is a missing rate, never a less specific price.
    """
    columns = {row[0] for row in connection.execute("DESCRIBE usage.classified").fetchall()}
    country, carrier = (_column(columns, name) for name in (COUNTRY, CARRIER))
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.matches AS
        WITH reached AS (
          SELECT DISTINCT c.reach, left(c.reach, l.length) AS prefix
          FROM (SELECT DISTINCT reach FROM usage.classified WHERE reach IS NOT NULL) AS c
          JOIN usage.prefix_lengths AS l ON l.length <= length(c.reach)
        ),
        fitting AS (
          SELECT c.combination, p.rate_group, p.ordinal, 0 AS level, length(d.prefix) AS depth
          FROM usage.classified AS c
          JOIN reached AS d ON d.reach = c.reach
          JOIN usage.rate_places AS p
            ON p.level = 0 AND p.place = d.prefix AND p.usage_class = c.usage_class
          UNION ALL
          SELECT c.combination, p.rate_group, p.ordinal, p.level, 0
          FROM usage.classified AS c
          JOIN usage.rate_places AS p
            ON p.level IN (1, 2) AND p.place = {country} AND p.usage_class = c.usage_class
          UNION ALL
          SELECT c.combination, p.rate_group, p.ordinal, p.level, 0
          FROM usage.classified AS c
          JOIN usage.rate_places AS p ON p.level = 3 AND p.usage_class = c.usage_class
        ),
        ranked AS (
          SELECT g.rate_plan, f.combination, n.band_set, f.rate_group, f.ordinal,
                 row_number() OVER (PARTITION BY g.rate_plan, f.combination, n.band_set
                   ORDER BY g.ordinal, {", ".join(ROW_PRECEDENCE)}) AS rank
          FROM fitting AS f
          JOIN usage.classified AS c ON c.combination = f.combination
          JOIN usage.rate_rows AS r ON r.rate_group = f.rate_group AND r.ordinal = f.ordinal
          JOIN usage.group_combinations AS h
            ON h.rate_group = f.rate_group AND h.combination = f.combination
          JOIN usage.plan_groups AS g ON g.rate_group = f.rate_group
          CROSS JOIN usage.band_set_numbers AS n
          LEFT JOIN usage.band_sets AS b ON b.band_set = n.band_set AND b.band = r.band
          WHERE (r.carrier IS NULL OR r.carrier = {carrier})
            AND (r.band IS NULL OR b.band IS NOT NULL)
        )
        SELECT k.kind, c.combination, n.band_set, c.usage_class, k.rate_plan, r.rate
        FROM usage.kinds AS k
        CROSS JOIN usage.classified AS c
        CROSS JOIN usage.band_set_numbers AS n
        LEFT JOIN ranked AS m ON m.rate_plan = k.rate_plan AND m.combination = c.combination
         AND m.band_set = n.band_set AND m.rank = 1
        LEFT JOIN usage.rates AS r ON r.rate_group = m.rate_group AND r.ordinal = m.ordinal
         AND r.currency = k.currency
    """)


def _column(columns: set[str], name: str) -> str:
    return f"c.{attribute(name)}" if f"attribute.{name}" in columns else "NULL::VARCHAR"
