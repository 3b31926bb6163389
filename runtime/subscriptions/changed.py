"""What the rows of changes.csv make of what a row of the book has: values in days."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.book.rules.changes import NOTHING
from runtime.engine import create_table
from runtime.tables import OPEN_DAY

ALWAYS = "DATE '1900-01-01'"
OPEN = f"DATE '{OPEN_DAY}'"


def make_quantities(connection: DuckDBPyConnection) -> None:
    """Make subscription.quantities, of the account services whose quantity changes."""
    create_table(connection, "subscription.quantities")
    connection.execute(f"""
        INSERT INTO subscription.quantities
        WITH given AS (
          SELECT h.account_service, {ALWAYS} AS day, 0 AS place, h.quantity
          FROM subscription.holdings h
          WHERE h.account_service IN (
            SELECT account_service FROM book.changes WHERE quantity IS NOT NULL
          )
          UNION ALL
          SELECT account_service, effective, row, quantity FROM book.changes
          WHERE quantity IS NOT NULL
        )
        SELECT account_service, quantity, day,
          coalesce(lead(day) OVER (PARTITION BY account_service ORDER BY day), {OPEN})
        FROM (
          SELECT * FROM given
          QUALIFY row_number() OVER (PARTITION BY account_service, day ORDER BY place DESC) = 1
        )
    """)


def valued_sql(entity: str, field: str) -> str:
    """Give SQL for what each row of `<entity>s` has in `field`, day by day: its history.

    Columns: the key of the entity, `value` (NULL: nothing), from_day, until_day; the days of a
    key tile all time.
    """
    return f"""
    (WITH changed AS (
      SELECT {entity}, effective AS day, row AS place, nullif({field}, '{NOTHING}') AS value
      FROM book.changes WHERE {entity} IS NOT NULL AND {field} IS NOT NULL
    ),
    given AS (
      SELECT {entity}, day, value FROM changed
      QUALIFY row_number() OVER (PARTITION BY {entity}, day ORDER BY place DESC) = 1
      UNION ALL
      SELECT b.{entity}, {ALWAYS}, b.{field}
      FROM book.{entity}s b SEMI JOIN changed USING ({entity})
    )
    SELECT {entity}, value, day AS from_day,
      coalesce(lead(day) OVER (PARTITION BY {entity} ORDER BY day), {OPEN}) AS until_day
    FROM given
    UNION ALL
    SELECT b.{entity}, b.{field}, {ALWAYS}, {OPEN}
    FROM book.{entity}s b ANTI JOIN changed USING ({entity}))
    """
