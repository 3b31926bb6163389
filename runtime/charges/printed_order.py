"""Puts the lines to post into the order in which invoices print them, and numbers them.

Account services are put in order first, by names that are long; lines then by the numbers of
those, which are short.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import create_table
from runtime.tables import TABLES

# Of whom the lines are: the invoicer, then the served account (the invoicer itself first),
# its package, and the service as the package lists them.
_PLACES = """
CREATE OR REPLACE TEMP TABLE printed_place AS
WITH placed AS (
  SELECT s.account_service, s.invoicer, row_number() OVER (
    ORDER BY s.invoicer, s.account <> s.invoicer, a.name, s.account, s.account_package,
             ps.ordinal, s.account_service
  ) AS place
  FROM subscription.account_services AS s
  LEFT JOIN book.accounts AS a ON a.account = s.account
  LEFT JOIN charge.package_services AS ps ON ps.package = s.package AND ps.service = s.service
  WHERE s.account_service IN (SELECT account_service FROM charge.difference)
),
invoiced AS (SELECT invoicer, min(place) AS invoicer_place FROM placed GROUP BY invoicer)
SELECT account_service, place, invoicer_place FROM placed JOIN invoiced USING (invoicer)
"""

# The order of a document: invoice and account service, then kind, class and days; a credit
# stands before the charge that takes its place, and a discount behind what it lowers.
_PRINTED_ORDER = """
p.invoicer_place, d.currency, p.place,
CASE d.kind WHEN 'recurring' THEN 0 WHEN 'discount' THEN 0 WHEN 'one_time' THEN 1
            WHEN 'transition' THEN 2 WHEN 'usage' THEN 3 WHEN 'bucket' THEN 4 WHEN 'minimum' THEN 5
            WHEN 'prepaid' THEN 6 WHEN 'drawdown' THEN 7 ELSE 8 END,
u.ordinal, d.usage_class, b.ordinal, d.bucket, d.tier,
d.full_start, d.period_start, d.transition, d.service, d.occurrence,
d.kind = 'discount', k.rank, d.discount,
NOT d.is_credit, d.period_end, d.status, d.corrects
"""


def make_due(connection: DuckDBPyConnection) -> None:
    """Make charge.due of charge.difference: its lines in order, numbered from 1."""
    connection.execute(_PLACES)
    create_table(connection, "charge.due")
    names = ", ".join(f"d.{name}" for name in TABLES["charge.due"] if name != "ordinal")
    connection.execute(f"""
        INSERT INTO charge.due
        SELECT row_number() OVER () AS ordinal, *
        FROM (
          SELECT {names}
          FROM charge.difference AS d
          JOIN printed_place AS p ON p.account_service = d.account_service
          LEFT JOIN charge.usage_classes AS u ON u.usage_class = d.usage_class
          LEFT JOIN charge.buckets AS b ON b.bucket = d.bucket
          LEFT JOIN charge.discounts AS k ON k.discount = d.discount
          ORDER BY {_PRINTED_ORDER}
        )
    """)
    connection.execute("DROP TABLE printed_place")
