"""Rate plans that the book gives: to an account service, by a price plan, to an account."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import create_table, fill_table
from runtime.program.model import Program
from runtime.subscriptions.changed import valued_sql


def make_rate_plans(connection: DuckDBPyConnection, program: Program) -> None:
    """Make subscription.rate_plans; reads subscription.price_owners."""
    create_table(connection, "subscription.rate_plans")
    for level in ("account_service", "account"):
        # Most books give none: a million rows need not be looked through twice.
        if _is_given(connection, level):
            connection.execute(f"""
                INSERT INTO subscription.rate_plans
                SELECT s.account_service, '{level}', v.value, v.from_day, v.until_day
                FROM subscription.account_services AS s
                JOIN {valued_sql(level, "rate_plan")} AS v ON v.{level} = s.{level}
                WHERE v.value IS NOT NULL
            """)
    plans = [(each.id, each.rate_plan) for each in program.price_plans if each.rate_plan]
    if not plans:
        return
    columns = {"price_plan": "VARCHAR", "rate_plan": "VARCHAR"}
    fill_table(connection, "subscription.plan_rates", columns, plans)
    connection.execute("""
        INSERT INTO subscription.rate_plans
        SELECT w.account_service, 'price_plan', p.rate_plan, w.from_day, w.until_day
        FROM subscription.price_owners AS w
        JOIN subscription.plan_rates AS p ON p.price_plan = w.owner
        WHERE w.level = 'price_plan'
    """)
    connection.execute("DROP TABLE subscription.plan_rates")


def _is_given(connection: DuckDBPyConnection, level: str) -> bool:
    found = connection.execute(f"""
        SELECT 1 FROM (
          SELECT rate_plan FROM book.{level}s
          UNION ALL SELECT rate_plan FROM book.changes WHERE {level} IS NOT NULL
        ) WHERE rate_plan IS NOT NULL LIMIT 1
    """).fetchone()
    return found is not None
