"""Which discounts are given to an account service, and in which days.

They come from its package, from its account's price plan, and from the rows of overrides.csv.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import create_table, fill_table
from runtime.program.model import Program
from runtime.subscriptions.changed import ALWAYS, OPEN


def make_discounts(connection: DuckDBPyConnection, program: Program) -> None:
    """Make subscription.discounts, of the book, account_services and price_owners.

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
        WITH owned AS (
          SELECT account_service, 'package' AS level, package AS owner, {ALWAYS} AS from_day,
                 {OPEN} AS until_day
          FROM subscription.account_services
          UNION ALL
          SELECT account_service, level, owner, from_day, until_day
          FROM subscription.price_owners WHERE level = 'price_plan'
        )
        SELECT s.account_service, u.discount, u.kind = 'package', 0, w.from_day, w.until_day,
               u.source
        FROM subscription.account_services AS s
        JOIN owned AS w ON w.account_service = s.account_service
        JOIN subscription.discount_uses AS u
          ON u.level = w.level AND u.owner = w.owner
         AND u.target = CASE u.kind WHEN 'package' THEN s.package ELSE s.service END
    """)
    for given_to, by_package in (("account_service", "false"), ("account_package", "true")):
        connection.execute(f"""
            INSERT INTO subscription.discounts
            SELECT s.account_service, o.discount, {by_package}, o.row, o.effective,
                   coalesce(o.until, {OPEN}), NULL
            FROM book.overrides AS o
            JOIN subscription.account_services AS s ON s.{given_to} = o.{given_to}
            WHERE o.discount IS NOT NULL
        """)
