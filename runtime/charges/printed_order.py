"""Puts the lines to post into the order in which invoices print them, and numbers them.

Account services that are alike have the same lines but for whose they are, so that these are put
in order once.  Then packages are put in order, by names that are long, and numbered; and their
account services behind each other, each as far from the last one as that has lines.

| table | one row is |
| --- | --- |
| charge.due_content | a line of a group, with its place among them |
| charge.due_package | an account package, whose it is, in their order, and where its lines begin |
| charge.due_service | an account service, its package, its group, and where its lines begin |
| charge.due | a line to post; a view of the two |
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.tables import TABLES

_SHARED = "('recurring', 'discount', 'one_time', 'transition')"
"""Kinds of charges that account services that are alike have in common."""

# Those who have lines of other kinds have groups of their own, which take in what they share.
_OWN = f"""
CREATE OR REPLACE TEMP TABLE own_due AS
SELECT DISTINCT account_service FROM charge.difference WHERE kind NOT IN {_SHARED}
"""

_HELD = f"""
SELECT d.account_service AS holder, false AS is_own, d.*
FROM charge.difference AS d WHERE d.kind IN {_SHARED}
"""

_HELD_APART = f"""
{_HELD}
UNION ALL
SELECT o.account_service, true, d.*
FROM own_due AS o
LEFT JOIN subscription.alike AS x ON x.account_service = o.account_service
JOIN charge.difference AS d ON d.account_service = coalesce(x.example, o.account_service)
WHERE d.kind IN {_SHARED}
UNION ALL
SELECT d.account_service, true, d.* FROM charge.difference AS d WHERE d.kind NOT IN {_SHARED}
"""

# The order of an account service's lines: kind, class and days; a credit stands before the charge
# that takes its place, and a discount behind what it lowers.
_CONTENT = """
CREATE OR REPLACE TABLE charge.due_content AS
SELECT CAST(dense_rank() OVER (ORDER BY d.holder, d.is_own, d.currency) AS INTEGER)
         AS content_group,
       CAST(row_number() OVER (
         PARTITION BY d.holder, d.is_own, d.currency ORDER BY {order}
       ) AS INTEGER) AS number,
       d.holder, d.is_own, {names}
FROM ({held}) AS d
{joins}
LEFT JOIN charge.discounts AS k ON k.discount = d.discount
"""

_PRINTED_ORDER = """
CASE d.kind WHEN 'recurring' THEN 0 WHEN 'discount' THEN 0 WHEN 'one_time' THEN 1
            WHEN 'transition' THEN 2 WHEN 'usage' THEN 3 WHEN 'bucket' THEN 4 WHEN 'minimum' THEN 5
            WHEN 'prepaid' THEN 6 WHEN 'drawdown' THEN 7 ELSE 8 END,
{of_usage}
d.full_start, d.period_start, d.transition, d.service, d.occurrence,
d.kind = 'discount', k.rank, d.discount,
NOT d.is_credit, d.period_end, d.status, d.corrects
"""

_USAGE_ORDER = "u.ordinal, d.usage_class, b.ordinal, d.bucket, d.tier,"

_USAGE_JOINS = """
LEFT JOIN charge.usage_classes AS u ON u.usage_class = d.usage_class
LEFT JOIN charge.buckets AS b ON b.bucket = d.bucket
"""

_SERVED = """
CREATE OR REPLACE TEMP TABLE served AS
WITH groups AS (
  SELECT content_group, any_value(holder) AS holder, any_value(is_own) AS is_own,
         any_value(currency) AS currency, count(*) AS lines
  FROM charge.due_content GROUP BY content_group
)
SELECT s.account_service, s.invoicer, s.account, s.account_package, ps.ordinal,
       g.content_group, g.currency, g.lines
FROM (
  SELECT s.account_service, s.invoicer, s.account, s.account_package, s.package, s.service,
         {holder} AS holder, {is_own} AS is_own
  FROM subscription.account_services AS s
  LEFT JOIN subscription.alike AS x ON x.account_service = s.account_service
  LEFT JOIN own_due AS o ON o.account_service = s.account_service
) AS s
JOIN groups AS g ON g.holder = s.holder AND g.is_own = s.is_own
LEFT JOIN charge.package_services AS ps ON ps.package = s.package AND ps.service = s.service
"""

# The invoicer, then the served account (the invoicer itself first), its package, and the service
# as the package lists them.
_PACKAGES = """
CREATE OR REPLACE TABLE charge.due_package AS
SELECT CAST(row_number() OVER printed AS INTEGER) AS package, p.invoicer, p.currency, p.account,
       p.account_package, CAST(1 + sum(p.lines) OVER printed - p.lines AS BIGINT) AS ordinal
FROM (
  SELECT invoicer, currency, account, account_package, sum(lines) AS lines
  FROM served GROUP BY ALL
) AS p
LEFT JOIN book.accounts AS a ON a.account = p.account
WINDOW printed AS (
  ORDER BY p.invoicer, p.currency, p.account <> p.invoicer, a.name, p.account, p.account_package
  ROWS UNBOUNDED PRECEDING
)
"""

_SERVICES = """
CREATE OR REPLACE TABLE charge.due_service AS
SELECT s.account_service, s.content_group, p.package,
       CAST(1 + sum(s.lines) OVER printed - s.lines AS BIGINT) AS ordinal
FROM served AS s
JOIN charge.due_package AS p
  ON p.account_package = s.account_package AND p.account = s.account AND p.currency = s.currency
WINDOW printed AS (
  ORDER BY p.package, s.ordinal, s.account_service ROWS UNBOUNDED PRECEDING
)
"""


def make_due(connection: DuckDBPyConnection) -> None:
    """Make charge.due of charge.difference: its lines in order, numbered from 1."""
    connection.execute(_OWN)
    is_any_own = connection.execute("SELECT 1 FROM own_due LIMIT 1").fetchone() is not None
    is_usage = (
        is_any_own
        and connection.execute("""
        SELECT 1 FROM charge.difference WHERE kind IN ('usage', 'bucket') LIMIT 1
    """).fetchone()
    )
    names = [f"d.{name}" for name in TABLES["charge.due"] if name != "ordinal"]
    connection.execute(
        _CONTENT.format(
            order=_PRINTED_ORDER.format(of_usage=_USAGE_ORDER if is_usage else ""),
            names=", ".join(names),
            held=_HELD_APART if is_any_own else _HELD,
            joins=_USAGE_JOINS if is_usage else "",
        )
    )
    own = "o.account_service IS NOT NULL"
    connection.execute(
        _SERVED.format(
            holder=f"CASE WHEN {own} THEN s.account_service "
            "ELSE coalesce(x.example, s.account_service) END",
            is_own=own,
        )
    )
    connection.execute(_PACKAGES)
    connection.execute(_SERVICES)
    of = {"ordinal": "s.ordinal + c.number - 1", "account_service": "s.account_service"}
    columns = ", ".join(f"{of.get(name, f'c.{name}')} AS {name}" for name in TABLES["charge.due"])
    connection.execute(f"""
        CREATE OR REPLACE VIEW charge.due AS
        SELECT {columns}
        FROM charge.due_service AS s
        JOIN charge.due_content AS c ON c.content_group = s.content_group
    """)
    for table in ("own_due", "served"):
        connection.execute(f"DROP TABLE {table}")
