"""Timed discounts: for each recurring stretch, a line that lowers it, beside it.

A discount holds for so many billing periods, counted from the first one billed.  Of several,
those that set a price come first, then percentages, then amounts; each lowers what the ones
before have left of the price of a full period, down to zero.  A discount's own price is what
it takes off, below zero, and its amount the same part of it as the stretch is of the period.
What a percentage leaves is kept to 12 decimals.  One given twice applies once.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from duckdb import DuckDBPyConnection

from runtime.charges.amounts import stretch_minor_sql
from runtime.charges.proration import prorations_of
from runtime.charges.quotes import price_of_scaled_sql
from runtime.engine import fill_table
from runtime.money import scaled_price_sql
from runtime.program.model import Program
from runtime.tables import PRICE_TYPE

_RANKS = ("override", "percent", "amount")


def charge_discounts(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add a line to charge.target for each recurring one that a discount lowers.

    Which periods are due by `as_of` is decided by the recurring charges.
    """
    if connection.execute("SELECT 1 FROM subscription.discounts LIMIT 1").fetchone() is None:
        return
    _find_periods(connection)
    _find_stretches(connection)
    (most,) = connection.execute("SELECT max(place) FROM discounted_period").fetchone() or (0,)
    for place in range(1, (most or 0) + 1):
        _lower(connection, program, place)
    for table in ("discounted_period", "discounted_stretch"):
        connection.execute(f"DROP TABLE {table}")


def load_discounts(connection: DuckDBPyConnection, program: Program) -> None:
    """Make charge.discounts and charge.discount_amounts."""
    kept = {each.id: 1 - Fraction(each.percent) / 100 for each in program.discounts}
    fill_table(
        connection,
        "charge.discounts",
        {
            "discount": "VARCHAR",
            "kind": "VARCHAR",
            "rank": "INTEGER",
            "keep": "HUGEINT",
            "keep_of": "HUGEINT",
            "periods": "INTEGER",
            "source": "INTEGER",
        },
        [
            (
                *(each.id, each.kind, _RANKS.index(each.kind)),
                *(kept[each.id].numerator, kept[each.id].denominator),
                *(each.periods, each.source),
            )
            for each in program.discounts
        ],
    )
    fill_table(
        connection,
        "charge.discount_amounts",
        {"discount": "VARCHAR", "currency": "VARCHAR", "amount": PRICE_TYPE},
        [(each.discount, each.currency, each.amount) for each in program.discount_amounts],
    )


def _find_periods(connection: DuckDBPyConnection) -> None:
    """Make discounted_period: the discounts of each billed period, in the order they apply."""
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE discounted_period AS
        WITH billed AS (
          SELECT t.account_service, s.account_package, s.months, t.full_start,
                 min(t.period_start) AS first_day
          FROM charge.target AS t
          JOIN subscription.account_services AS s ON s.account_service = t.account_service
          WHERE t.kind = 'recurring'
          GROUP BY t.account_service, s.account_package, s.months, t.full_start
        ),
        offered AS (
          SELECT b.*, d.discount, d.given, d.by_package
          FROM billed AS b
          JOIN subscription.discounts AS d
            ON d.account_service = b.account_service
           AND d.from_day <= b.first_day AND b.first_day < d.until_day
        ),
        counted AS (
          SELECT *, date_diff('month', min(full_start) OVER (
            PARTITION BY discount, given,
              CASE WHEN by_package THEN account_package ELSE account_service END, by_package
          ), full_start) // months AS gone_by
          FROM offered
        ),
        held AS (
          SELECT c.account_service, c.full_start, c.discount, k.rank, k.source
          FROM counted AS c JOIN charge.discounts AS k ON k.discount = c.discount
          WHERE k.periods IS NULL OR c.gone_by < k.periods
          QUALIFY row_number() OVER (
            PARTITION BY c.account_service, c.full_start, c.discount ORDER BY c.given
          ) = 1
        )
        SELECT *, row_number() OVER (
          PARTITION BY account_service, full_start ORDER BY rank, source, discount
        ) AS place
        FROM held
    """)


def _find_stretches(connection: DuckDBPyConnection) -> None:
    """Make discounted_stretch: recurring lines with what is left of their price.

    A price that is more than so much for each is one, of so many instances.
    """
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE discounted_stretch AS
        SELECT t.account_service, t.service, t.status, t.period_start AS from_day,
               t.period_end AS until_day, t.full_start, t.full_end, t.proration, t.days,
               t.full_days, t.quantity, t.currency, t.tax_class, s.minor_units,
               coalesce(k.instances, 1) AS instances,
               {scaled_price_sql("t.unit_price")} AS remains
        FROM charge.target AS t
        JOIN subscription.account_services AS s ON s.account_service = t.account_service
        LEFT JOIN (
          SELECT account_service, status, day, amount, max(instances) AS instances
          FROM charge.quoted WHERE kind = 'recurring' GROUP BY ALL
        ) AS k
          ON k.account_service = t.account_service AND k.status = t.status
         AND k.day = t.full_start AND k.amount = t.unit_price
        WHERE t.kind = 'recurring' AND EXISTS (
          SELECT 1 FROM discounted_period AS p
          WHERE p.account_service = t.account_service AND p.full_start = t.full_start
        )
    """)


def _lower(connection: DuckDBPyConnection, program: Program, place: int) -> None:
    """Apply the discount at a place of each period's order."""
    amount = f"{scaled_price_sql('a.amount')} * x.instances"
    prorations = prorations_of(connection)
    minor = stretch_minor_sql("unit_price", "quantity", "minor_units", program.rounding, prorations)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE lowered_stretch AS
        SELECT x.*, p.discount, p.source,
               CASE k.kind
                 WHEN 'override' THEN least(x.remains, {amount})
                 WHEN 'percent' THEN (2 * x.remains * k.keep + k.keep_of) // (2 * k.keep_of)
                 ELSE greatest(x.remains - {amount}, 0) END AS lowered
        FROM discounted_stretch AS x
        JOIN discounted_period AS p
          ON p.account_service = x.account_service AND p.full_start = x.full_start
         AND p.place = ?
        JOIN charge.discounts AS k ON k.discount = p.discount
        LEFT JOIN charge.discount_amounts AS a
          ON a.discount = p.discount AND a.currency = x.currency
        """,
        [place],
    )
    connection.execute(f"""
        INSERT INTO charge.target BY NAME
        WITH priced AS (
          SELECT *, {price_of_scaled_sql("lowered - remains")} AS unit_price
          FROM lowered_stretch WHERE lowered <> remains
        )
        SELECT 'discount' AS kind, account_service, service, status, discount,
               from_day AS period_start, until_day AS period_end, full_start, full_end,
               proration, days, full_days, quantity, unit_price, {minor} AS minor, currency,
               source, tax_class
        FROM priced
    """)
    connection.execute("""
        UPDATE discounted_stretch AS x SET remains = l.lowered
        FROM lowered_stretch AS l
        WHERE l.account_service = x.account_service AND l.full_start = x.full_start
          AND l.from_day = x.from_day
    """)
    connection.execute("DROP TABLE lowered_stretch")
