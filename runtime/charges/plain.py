"""Charges that nothing posted is compared with: they are due as they are.

Most charges of a first run, and most that fell due since the last one, are of account services of
which nothing of that kind was posted.  Comparing a target with nothing gives the target, so they
are not copied, cut into days and put together again.

| passing table | one row is |
| --- | --- |
| charge.compared | an account service whose recurring, or other, charges are compared |
| charge.difference | a line to post: a plain one, or one of charge.changed |
"""

from __future__ import annotations

from collections.abc import Collection

from duckdb import DuckDBPyConnection

from runtime.charges.proration import WEIGHTLESS, gone_by_sql, prorations_of
from runtime.tables import TABLES

RECURRING = ("recurring", "discount")
WHOLES = ("one_time", "transition", "bucket")
USAGE = ("usage",)
"""Kinds of charges that may be plain; all others depend on what these come to."""


def make_plain(connection: DuckDBPyConnection) -> None:
    """Make charge.compared, and charge.difference as a view over what is not and charge.changed.

    Discounts of which several lower one period are compared as well, since those that come to
    the same and meet are one line.
    """
    connection.execute(f"""
        CREATE OR REPLACE TABLE charge.compared AS
        SELECT DISTINCT account_service, kind IN {RECURRING} AS is_recurring FROM charge.posted
        UNION
        SELECT account_service, true FROM charge.target WHERE kind = 'discount'
        GROUP BY account_service, service, discount, full_start HAVING count(*) > 1
    """)
    is_any = connection.execute("SELECT 1 FROM charge.compared LIMIT 1").fetchone() is not None
    names = ", ".join(name for name in TABLES["charge.target"])

    def plain(kinds: Collection[str], where: str) -> str:
        own = f"AND NOT {compared_sql(kinds)}" if is_any else ""
        return f"SELECT {names} FROM charge.target WHERE kind IN {_listed(kinds)} AND {where} {own}"

    connection.execute(f"""
        CREATE OR REPLACE VIEW charge.difference AS
        WITH plain AS (
          {plain(RECURRING, f"unit_price <> 0 {_weighing(connection)}")}
          UNION ALL {plain(WHOLES, "true")}
          UNION ALL {plain(USAGE, "(quantity <> 0 OR minor <> 0)")}
        )
        SELECT {names}, kind = 'usage' AND minor < 0 AS is_credit,
               CAST(NULL AS BIGINT) AS corrects, CAST(1 AS BIGINT) AS net
        FROM plain
        UNION ALL
        SELECT {names}, is_credit, corrects, net FROM charge.changed
    """)


def drop_plain(connection: DuckDBPyConnection) -> None:
    """Drop what make_plain made."""
    connection.execute("DROP VIEW charge.difference")
    connection.execute("DROP TABLE charge.compared")


def compared_sql(kinds: Collection[str]) -> str:
    """Give SQL for whether charges of kinds like these are compared, of an account_service."""
    own = "is_recurring" if RECURRING[0] in kinds else "NOT is_recurring"
    return f"(account_service IN (SELECT account_service FROM charge.compared WHERE {own}))"


def _weighing(connection: DuckDBPyConnection) -> str:
    """Give SQL for that a stretch is more than days that weigh nothing, as a 31st of 30."""
    weightless = WEIGHTLESS.intersection(prorations_of(connection))
    if not weightless:
        return ""
    begun, gone = (gone_by_sql(day, weightless) for day in ("period_start", "period_end"))
    return f"AND {begun} <> {gone}"


def _listed(kinds: Collection[str]) -> str:
    return "(" + ", ".join(f"'{kind}'" for kind in kinds) + ")"
