"""Puts the amounts of quotes in the place of unit prices, where a price is more than those.

Such a charge is one of its kind, at the amount that the quote came to: `1 x 42.50`.  The
state of a posted line is then its amount, whatever it was made of.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.charges.counts import load_rules, load_tree, make_counts
from runtime.charges.quotes import load_price_rows, make_quotes, price_of_scaled_sql
from runtime.program.model import Program

# What is looked up of a charge whose line is printed: its quote, by what tells it from others.
_QUOTED = """
CREATE OR REPLACE TABLE charge.quoted (
  kind VARCHAR, account_service VARCHAR, service VARCHAR, status VARCHAR, transition VARCHAR,
  day DATE, amount DECIMAL(38, 12), price INTEGER, counted_by VARCHAR, included BIGINT,
  percent_off DECIMAL(38, 12), counted HUGEINT, instances HUGEINT, gross HUGEINT,
  reduced HUGEINT, bounded HUGEINT, source INTEGER
)
"""

_ROWS = """
CREATE OR REPLACE TABLE charge.quoted_rows (
  price INTEGER, counted HUGEINT, instances HUGEINT, tier INTEGER, term INTEGER, lower BIGINT,
  upper BIGINT, basis VARCHAR, amount DECIMAL(38, 12), per BIGINT, unit VARCHAR, source INTEGER,
  quantity HUGEINT, scaled HUGEINT
)
"""


def begin_quoting(connection: DuckDBPyConnection) -> None:
    """Make charge.quoted and charge.quoted_rows, empty, in place of any before."""
    connection.execute(_QUOTED)
    connection.execute(_ROWS)


def end_quoting(connection: DuckDBPyConnection) -> None:
    """Drop what quoted_sql kept for its queries."""
    connection.execute("DROP TABLE IF EXISTS counted_charge")


def quoted_sql(connection: DuckDBPyConnection, program: Program, kind: str, charges: str) -> str:
    """Give SQL for the same charges, with a unit price each.

    `charges` is SQL for rows with account_service, account, account_package, service,
    status, count_day, price, counted_by, quantity, unit_price and source; recurring ones
    with full_start, others with transition and day.  Where every price is so much for each,
    they are given back as they are.
    """
    is_asked = connection.execute(f"""
        SELECT 1 FROM charge.{kind}_prices WHERE unit_price IS NULL LIMIT 1
    """).fetchone()
    if is_asked is None:
        return charges
    load_price_rows(connection, program)
    load_rules(connection, program)
    load_tree(connection)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE unquoted AS
        SELECT * FROM ({charges}) AS c WHERE unit_price IS NULL
    """)
    make_counts(
        connection,
        "SELECT counted_by AS rule, account, account_package, count_day AS day "
        "FROM unquoted WHERE counted_by IS NOT NULL",
    )
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE counted_charge AS
        SELECT u.*, CASE WHEN u.counted_by IS NULL THEN CAST(u.quantity AS HUGEINT)
                         ELSE c.counted END AS counted
        FROM unquoted AS u
        LEFT JOIN charge.counts AS c
          ON c.rule = u.counted_by AND c.account_package = u.account_package
         AND c.day = u.count_day
    """)
    connection.execute("DROP TABLE unquoted")
    make_quotes(connection, "SELECT price, quantity, counted FROM counted_charge")
    _keep(connection, kind)
    return f"""
    SELECT * FROM ({charges}) AS c WHERE unit_price IS NOT NULL
    UNION ALL
    SELECT u.* EXCLUDE (counted) REPLACE (
      {price_of_scaled_sql("q.bounded")} AS unit_price, 1 AS quantity
    )
    FROM counted_charge AS u
    JOIN charge.quotes AS q
      ON q.price = u.price AND q.quantity = u.quantity AND q.counted = u.counted
    """


def _keep(connection: DuckDBPyConnection, kind: str) -> None:
    """Keep what the quotes came to and of what, for the lines that print them."""
    is_recurring = kind == "recurring"
    day = "u.full_start" if is_recurring else "u.day"
    transition = "u.transition" if kind == "transition" else "CAST(NULL AS VARCHAR)"
    connection.execute(f"""
        INSERT INTO charge.quoted
        SELECT '{kind}', u.account_service, u.service, u.status, {transition}, {day},
               {price_of_scaled_sql("q.bounded")}, u.price, u.counted_by, p.includes,
               p.percent_off, q.counted, q.quantity, q.gross, q.reduced, q.bounded, u.source
        FROM counted_charge AS u
        JOIN charge.quotes AS q
          ON q.price = u.price AND q.quantity = u.quantity AND q.counted = u.counted
        JOIN charge.prices AS p ON p.price = u.price
    """)
    connection.execute("""
        INSERT INTO charge.quoted_rows
        SELECT q.price, q.counted, q.quantity, r.tier, r.term, r.lower, r.upper, r.basis,
               r.amount, r.per, r.unit, r.source, r.quantity, r.scaled
        FROM charge.quote_rows AS r JOIN charge.quotes AS q ON q.quote = r.quote
        WHERE NOT EXISTS (
          SELECT 1 FROM charge.quoted_rows AS k
          WHERE k.price = q.price AND k.counted = q.counted AND k.instances = q.quantity
        )
    """)
