"""Puts the lines to post into the order in which invoices print them, and numbers them.

Packages are put in order first, by names that are long, then their account services, then
lines, each by the numbers of those before, which are short.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import create_table
from runtime.tables import TABLES

# Of whom the lines are: the invoicer, then the served account (the invoicer itself first),
# its package, and the service as the package lists them.
_PLACES = """
CREATE OR REPLACE TEMP TABLE printed_place AS
WITH served AS (
  SELECT s.account_service, s.invoicer, s.account, s.account_package, ps.ordinal
  FROM subscription.account_services AS s
  LEFT JOIN charge.package_services AS ps ON ps.package = s.package AND ps.service = s.service
  WHERE s.account_service IN (SELECT account_service FROM charge.difference)
),
packages AS (
  SELECT p.invoicer, p.account, p.account_package, row_number() OVER (
    ORDER BY p.invoicer, p.account <> p.invoicer, a.name, p.account, p.account_package
  ) AS package_place
  FROM (SELECT DISTINCT invoicer, account, account_package FROM served) AS p
  LEFT JOIN book.accounts AS a ON a.account = p.account
),
invoicers AS (
  SELECT invoicer, min(package_place) AS invoicer_place FROM packages GROUP BY invoicer
)
SELECT s.account_service, i.invoicer_place,
       row_number() OVER (ORDER BY p.package_place, s.ordinal, s.account_service) AS place
FROM served AS s
JOIN packages AS p ON p.account_package = s.account_package AND p.account = s.account
JOIN invoicers AS i ON i.invoicer = s.invoicer
"""

# The order of a document: invoice and account service, then kind, class and days; a credit
# stands before the charge that takes its place, and a discount behind what it lowers.
_PRINTED_ORDER = """
p.invoicer_place, d.currency, p.place,
CASE d.kind WHEN 'recurring' THEN 0 WHEN 'discount' THEN 0 WHEN 'one_time' THEN 1
            WHEN 'transition' THEN 2 WHEN 'usage' THEN 3 WHEN 'bucket' THEN 4 WHEN 'minimum' THEN 5
            WHEN 'prepaid' THEN 6 WHEN 'drawdown' THEN 7 ELSE 8 END,
{of_usage}
d.full_start, d.period_start, d.transition, d.service, d.occurrence,
d.kind = 'discount', k.rank, d.discount,
NOT d.is_credit, d.period_end, d.status, d.corrects
"""

_OF_USAGE = ("usage_class", "bucket", "tier")
"""The columns that lines of usage alone have; where there are none, they are not sorted."""

_USAGE_ORDER = "u.ordinal, d.usage_class, b.ordinal, d.bucket, d.tier,"

_USAGE_JOINS = """
LEFT JOIN charge.usage_classes AS u ON u.usage_class = d.usage_class
LEFT JOIN charge.buckets AS b ON b.bucket = d.bucket
"""


def make_due(connection: DuckDBPyConnection) -> None:
    """Make charge.due of charge.difference: its lines in order, numbered from 1."""
    connection.execute(_PLACES)
    create_table(connection, "charge.due")
    is_usage = connection.execute("""
        SELECT 1 FROM charge.difference WHERE kind IN ('usage', 'bucket') LIMIT 1
    """).fetchone()
    names = [
        f"d.{name}"
        for name in TABLES["charge.due"]
        if name != "ordinal" and (is_usage or name not in _OF_USAGE)
    ]
    order = _PRINTED_ORDER.format(of_usage=_USAGE_ORDER if is_usage else "")
    connection.execute(f"""
        INSERT INTO charge.due BY NAME
        SELECT row_number() OVER () AS ordinal, *
        FROM (
          SELECT {", ".join(names)}
          FROM charge.difference AS d
          JOIN printed_place AS p ON p.account_service = d.account_service
          {_USAGE_JOINS if is_usage else ""}
          LEFT JOIN charge.discounts AS k ON k.discount = d.discount
          ORDER BY {order}
        )
    """)
    connection.execute("DROP TABLE printed_place")
