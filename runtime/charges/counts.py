"""What counting rules count, on the days that prices ask for.

charge.counts has a row for each rule, account package and day that was asked for: the
instances of what the rule counts that were then in its statuses, times their quantities.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import fill_table
from runtime.program.model import Program

_WORD = "VARCHAR"

_NAMED = """
  NOT EXISTS (
    SELECT 1 FROM charge.counted_statuses AS c WHERE c.rule = u.rule AND c.kind = '{kind}')
  {otherwise} OR EXISTS (
    SELECT 1 FROM charge.counted_statuses AS c
    WHERE c.rule = u.rule AND c.kind = '{kind}' AND c.status = {status})
"""

# Of a rule of services: each instance over the stretches in which it is counted.
_SERVICES = f"""
SELECT u.rule, u.scope, s.account, s.account_package,
       coalesce(q.quantity, s.quantity) AS quantity,
       greatest(t.from_day, q.from_day) AS from_day,
       least(t.until_day, q.until_day) AS until_day
FROM charge.counting_rules AS u
JOIN charge.counted_things AS h ON h.rule = u.rule
JOIN subscription.account_services AS s ON s.service = h.thing
JOIN subscription.timeline AS t ON t.account_service = s.account_service
LEFT JOIN subscription.quantities AS q ON q.account_service = s.account_service
 AND q.from_day < t.until_day AND q.until_day > t.from_day
WHERE u.counts = 'service'
  AND ({_NAMED.format(kind="counted", otherwise="AND t.base = 'billable'", status="t.status")})
  AND ({_NAMED.format(kind="package", otherwise="", status="t.package_status")})
"""

_PACKAGES = f"""
SELECT u.rule, u.scope, t.account, t.account_package, 1 AS quantity, t.from_day, t.until_day
FROM charge.counting_rules AS u
JOIN charge.counted_things AS h ON h.rule = u.rule
JOIN subscription.package_timeline AS t ON t.package = h.thing
WHERE u.counts = 'package'
  AND ({_NAMED.format(kind="counted", otherwise="AND t.base = 'billable'", status="t.status")})
"""

# What is counted for each question `q`, of the rules of one scope.
_WITHIN = """
SELECT q.rule, q.account_package, q.day, c.quantity
FROM asked_count AS q {0}
JOIN counted AS c
  ON c.rule = q.rule AND c.scope = '{scope}' AND {1}
 AND c.from_day <= q.day AND q.day < c.until_day
"""

_REACH = {
    "account": ("", "c.account = q.account"),
    "account_package": ("", "c.account_package = q.account_package"),
    "account_tree": ("JOIN below AS b ON b.top = q.account", "c.account = b.account"),
}
"""How far a rule's scope reaches: a join, and what tells what is counted."""

_NOTHING = "SELECT rule, account_package, day, CAST(NULL AS BIGINT) AS quantity FROM asked_count"


def load_rules(connection: DuckDBPyConnection, program: Program) -> None:
    """Make charge.counting_rules, charge.counted_things and charge.counted_statuses."""
    fill_table(
        connection,
        "charge.counting_rules",
        {"rule": _WORD, "counts": _WORD, "scope": _WORD},
        [(rule.id, rule.counts, rule.scope) for rule in program.counting_rules],
    )
    fill_table(
        connection,
        "charge.counted_things",
        {"rule": _WORD, "thing": _WORD},
        [(row.rule, row.thing) for row in program.counted_things],
    )
    fill_table(
        connection,
        "charge.counted_statuses",
        {"rule": _WORD, "kind": _WORD, "status": _WORD},
        [(row.rule, row.of, row.status) for row in program.counted_statuses],
    )


def make_counts(connection: DuckDBPyConnection, asked: str) -> None:
    """Make charge.counts (rule, account_package, day, counted) for what a query asks.

    `asked` is SQL for rows of rule, account, account_package and day.
    """
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE asked_count AS
        SELECT DISTINCT rule, account, account_package, day FROM ({asked}) AS wanted
    """)
    found = connection.execute("""
        SELECT DISTINCT scope FROM charge.counting_rules
        WHERE rule IN (SELECT rule FROM asked_count) ORDER BY scope
    """).fetchall()
    within = " UNION ALL ".join(_WITHIN.format(*_REACH[scope], scope=scope) for (scope,) in found)
    connection.execute(f"""
        CREATE OR REPLACE TABLE charge.counts AS
        WITH RECURSIVE below AS (
          SELECT account AS top, account FROM (SELECT DISTINCT account FROM asked_count)
          UNION
          SELECT b.top, a.account
          FROM below AS b JOIN charge.account_tree AS a ON a.parent = b.account
        ),
        counted AS ({_SERVICES} UNION ALL {_PACKAGES}),
        within AS ({within or _NOTHING})
        SELECT q.rule, q.account_package, q.day,
               CAST(coalesce(sum(w.quantity), 0) AS HUGEINT) AS counted
        FROM asked_count AS q
        LEFT JOIN within AS w
          ON w.rule = q.rule AND w.account_package = q.account_package AND w.day = q.day
        GROUP BY q.rule, q.account_package, q.day
    """)
    connection.execute("DROP TABLE asked_count")


def load_tree(connection: DuckDBPyConnection) -> None:
    """Make charge.account_tree, the accounts that have a parent, from the book."""
    connection.execute("""
        CREATE OR REPLACE TABLE charge.account_tree AS
        SELECT account, parent FROM book.accounts WHERE parent IS NOT NULL
    """)
