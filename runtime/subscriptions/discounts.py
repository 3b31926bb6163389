"""Which discounts are given to an account service, and in which days.

They come from its package, from its account's price plan, and from the rows of overrides.csv.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import create_table, fill_table
from runtime.program.model import Program
from runtime.tables import OPEN_DAY

_ALWAYS = f"DATE '1900-01-01', DATE '{OPEN_DAY}'"


def make_discounts(connection: DuckDBPyConnection, program: Program) -> None:
    """Make subscription.discounts, of the book and of subscription.account_services.

    A discount of a package, of a plan or of the book, counts the periods of the package; one
    of a service those of the account service.
    """
    create_table(connection, "subscription.discounts")
    fill_table(
        connection,
        "subscription.discount_uses",
        {
            "level": "VARCHAR",
            "owner": "VARCHAR",
            "kind": "VARCHAR",
            "target": "VARCHAR",
            "discount": "VARCHAR",
            "source": "INTEGER",
        },
        [
            (use.level, use.owner, use.kind, use.target, use.discount, use.source)
            for use in program.discount_uses
        ],
    )
    timed = [(each.id,) for each in program.discounts if each.periods is not None]
    fill_table(connection, "subscription.timed_discounts", {"discount": "VARCHAR"}, timed)
    connection.execute(f"""
        INSERT INTO subscription.discounts
        SELECT s.account_service, u.discount, u.kind = 'package', 0, {_ALWAYS}, u.source
        FROM subscription.account_services AS s
        LEFT JOIN book.accounts AS a ON a.account = s.account
        JOIN subscription.discount_uses AS u
          ON u.owner = CASE u.level WHEN 'package' THEN s.package ELSE a.price_plan END
         AND u.target = CASE u.kind WHEN 'package' THEN s.package ELSE s.service END
    """)
    for given_to, by_package in (("account_service", "false"), ("account_package", "true")):
        connection.execute(f"""
            INSERT INTO subscription.discounts
            SELECT s.account_service, o.discount, {by_package}, o.row, o.effective,
                   coalesce(o.until, DATE '{OPEN_DAY}'), NULL
            FROM book.overrides AS o
            JOIN subscription.account_services AS s ON s.{given_to} = o.{given_to}
            WHERE o.discount IS NOT NULL
        """)
