"""Timed discounts: for each recurring stretch, a line that lowers it, beside it.

A discount holds for so many billing periods, counted from the first one billed.  Of several,
those that set a price come first, then percentages, then amounts; each lowers what the ones
before have left of the price of a full period, down to zero.  A discount's own price is what
it takes off, below zero, and its amount the same part of it as the stretch is of the period.
What a percentage leaves is kept to 12 decimals.  One given twice applies once.

Each line is rounded by itself.  So that a whole period never comes to less than nothing, one
that leaves nothing, or takes more than the rounded lines before it have left, takes just that.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from duckdb import DuckDBPyConnection

from runtime.charges.amounts import amounts_sql, same_amount_sql
from runtime.charges.proration import prorations_of
from runtime.charges.quotes import price_of_scaled_sql
from runtime.engine import fill_table
from runtime.money import PRICE_SCALE, power_of_ten_sql, rounded_ratio_sql, scaled_price_sql
from runtime.program.model import Program
from runtime.tables import PRICE_TYPE

_RANKS = ("override", "percent", "amount")

# Of the discounts of billed periods, the day from which on no period has them; only where a
# penalty may ask.
_ENDS = {
    "account_service": "VARCHAR",
    "full_start": "DATE",
    "discount": "VARCHAR",
    "end_day": "DATE",
}


def charge_discounts(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add a line to charge.target for each recurring one that a discount lowers.

    Leaves charge.discount_ends.  Which periods are due by `as_of` is decided by the recurring
    charges.
    """
    fill_table(connection, "charge.discount_ends", _ENDS, [])
    if connection.execute("SELECT 1 FROM subscription.discounts LIMIT 1").fetchone() is None:
        return
    _find_periods(connection)
    _find_stretches(connection, program)
    (most,) = connection.execute("SELECT max(place) FROM discounted_period").fetchone() or (0,)
    for place in range(1, (most or 0) + 1):
        _lower(connection, program, place)
    if program.contract_penalties:
        connection.execute("""
            INSERT INTO charge.discount_ends
            SELECT account_service, full_start, discount, end_day FROM discounted_period
        """)
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
    """Make discounted_period: the discounts of each billed period, in the order they apply.

    `end_day`: the discount holds for no period that begins on it or later; where it is given
    several times over, by the one that lasts longest.
    """
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE discounted_period AS
        WITH billed AS (
          SELECT t.account_service, s.account_package, s.months, t.full_start,
                 min(t.period_start) AS first_day
          FROM charge.target AS t
          JOIN subscription.account_services AS s ON s.account_service = t.account_service
          WHERE t.kind = 'recurring'
            AND t.account_service IN (SELECT account_service FROM subscription.discounts)
          GROUP BY t.account_service, s.account_package, s.months, t.full_start
        ),
        offered AS (
          SELECT b.*, d.discount, d.given, d.by_package, d.until_day
          FROM billed AS b
          JOIN subscription.discounts AS d
            ON d.account_service = b.account_service
           AND d.from_day <= b.first_day AND b.first_day < d.until_day
        ),
        counted AS (
          SELECT *, min(full_start) OVER (
            PARTITION BY discount, given,
              CASE WHEN by_package THEN account_package ELSE account_service END, by_package
          ) AS first_start
          FROM offered
        ),
        held AS (
          SELECT c.account_service, c.full_start, c.discount, k.rank, k.source,
                 max(least(c.until_day, CAST(
                   date_trunc('month', c.first_start) + to_months(k.periods * c.months) AS DATE
                 ))) AS end_day
          FROM counted AS c JOIN charge.discounts AS k ON k.discount = c.discount
          WHERE k.periods IS NULL
             OR date_diff('month', c.first_start, c.full_start) // c.months < k.periods
          GROUP BY ALL
        )
        SELECT *, row_number() OVER (
          PARTITION BY account_service, full_start ORDER BY rank, source, discount
        ) AS place
        FROM held
    """)


def _find_stretches(connection: DuckDBPyConnection, program: Program) -> None:
    """Make discounted_stretch: recurring lines with what is left of their price.

    `remains` is of one and a full period, exactly; `left_minor` of all of them, as it is rounded.
    A price that is more than so much for each is one, of so many instances.
    """
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE discounted_stretch AS
        SELECT t.account_service, t.service, t.status, t.period_start AS from_day,
               t.period_end AS until_day, t.full_start, t.full_end, t.proration,
               t.quantity, t.currency, t.tax_class, s.minor_units,
               coalesce(k.instances, 1) AS instances,
               {scaled_price_sql("t.unit_price")} AS remains,
               {_full_minor_sql(scaled_price_sql("t.unit_price"), "t", "s", program)} AS left_minor
        FROM charge.target AS t
        JOIN subscription.account_services AS s ON s.account_service = t.account_service
        LEFT JOIN (
          SELECT account_service, status, day, amount, max(instances) AS instances
          FROM charge.quoted
          WHERE kind = 'recurring'
            AND account_service IN (SELECT account_service FROM discounted_period)
          GROUP BY ALL
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
    whole = _full_minor_sql("(x.remains - x.lowered)", "x", "x", program)
    is_all = "taken_minor <> left_minor AND (lowered = 0 OR taken_minor > left_minor)"
    all_left = (
        f"(left_minor * ({PRICE_SCALE}::HUGEINT // {power_of_ten_sql('minor_units')}) "
        "+ quantity // 2) // quantity"
    )
    amounts = amounts_sql("priced", program.rounding, prorations_of(connection))
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE lowered_stretch AS
        WITH taking AS (
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
        ),
        taken AS (SELECT *, {whole} AS taken_minor FROM taking AS x)
        SELECT * EXCLUDE (taken_minor) REPLACE (
                 CASE WHEN {is_all} THEN 0 ELSE left_minor - taken_minor END AS left_minor
               ),
               CASE WHEN {is_all} THEN {all_left} ELSE remains - lowered END AS taken
        FROM taken
        """,
        [place],
    )
    connection.execute(f"""
        INSERT INTO charge.target BY NAME
        WITH priced AS (
          SELECT *, {price_of_scaled_sql("-taken")} AS unit_price
          FROM lowered_stretch WHERE taken <> 0
        ),
        amounts AS ({amounts})
        SELECT 'discount' AS kind, p.account_service, p.service, p.status, p.discount,
               p.from_day AS period_start, p.until_day AS period_end, p.full_start, p.full_end,
               p.proration, x.days, x.full_days, p.quantity, p.unit_price, x.minor, p.currency,
               p.source, p.tax_class
        FROM priced AS p
        JOIN amounts AS x ON {same_amount_sql("p", "x")}
    """)
    connection.execute("""
        UPDATE discounted_stretch AS x SET remains = l.lowered, left_minor = l.left_minor
        FROM lowered_stretch AS l
        WHERE l.account_service = x.account_service AND l.full_start = x.full_start
          AND l.from_day = x.from_day
    """)
    connection.execute("DROP TABLE lowered_stretch")


def _full_minor_sql(scaled: str, stretch: str, unit: str, program: Program) -> str:
    """Give SQL for what a price for one comes to for all and a full period, in minor units."""
    whole = f"{scaled} * {stretch}.quantity * {power_of_ten_sql(f'{unit}.minor_units')}"
    return rounded_ratio_sql(whole, str(PRICE_SCALE), program.rounding)
