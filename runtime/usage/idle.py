"""Rates that cost something even where nothing was used of them.

The flat amounts of a price whose first tier says `even at zero` are charged to an account
service in each usage period in which it used nothing of the row: where its rate plan tries the
row's group, the row is priced in its currency, its service bills on a day of the period, and a
feed gives usage of the row's class for an identifier that the service has.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.program.model import Program
from runtime.program.usage_prices import usage_prices
from runtime.usage import sql


def is_due_at_zero(program: Program) -> bool:
    """Whether a rate costs something where nothing was used."""
    return any(each.is_due_at_zero for each in usage_prices(program).values())


def make_idle(connection: DuckDBPyConnection, program: Program) -> None:
    """Make usage.idle: a row of usage.rates, as cells name it, of which nothing was used.

    Reads usage.sums.
    """
    if not is_due_at_zero(program):
        words = ("usage_class", "rate_plan", "rate_group", "rate", "currency")
        columns = {"idle": "BIGINT", "period": "INTEGER", **dict.fromkeys(words, "VARCHAR")}
        sql.make_table(
            connection, "idle", {**columns, "source": "INTEGER", "price_id": "INTEGER"}, ()
        )
        return
    sql.make_table(
        connection,
        "accepted_classes",
        {"service": "VARCHAR", "usage_class": "VARCHAR"},
        sorted(_accepted(program)),
    )
    connection.execute("""
        CREATE OR REPLACE TABLE usage.idle AS
        WITH planned AS (
          SELECT u.*, k.service, k.currency, coalesce(o.rate_plan, k.rate_plan) AS rate_plan
          FROM usage.periods AS u
          JOIN usage.service_kinds AS k ON k.account_service = u.account_service AND k.takes_usage
          LEFT JOIN usage.period_plans AS o ON o.period = u.period
          SEMI JOIN usage.evaluated AS e ON e.period = u.period
        )
        SELECT row_number() OVER (ORDER BY u.period, r.rate, u.rate_plan) AS idle, u.period,
               r.usage_class, u.rate_plan, r.rate_group, r.rate_id AS rate, r.currency, r.source,
               r.price_id
        FROM usage.rates AS r
        JOIN usage.tier_prices AS v ON v.price_id = r.price_id AND v.is_due_at_zero
        JOIN usage.plan_groups AS g ON g.rate_group = r.rate_group
        JOIN planned AS u ON u.rate_plan = g.rate_plan AND u.currency = r.currency
        JOIN usage.accepted_classes AS a
          ON a.service = u.service AND a.usage_class = r.usage_class
        ANTI JOIN (
          SELECT s.period, k.usage_class, k.rate_group, k.rate, k.rate_plan
          FROM usage.sums AS s JOIN usage.cell_kinds AS k ON k.kind = s.kind
        ) AS c
          ON c.period = u.period AND c.usage_class = r.usage_class
         AND c.rate_group = r.rate_group AND c.rate = r.rate_id AND c.rate_plan = u.rate_plan
        WHERE EXISTS (
          SELECT 1 FROM subscription.timeline AS t
          WHERE t.account_service = u.account_service AND t.billable
            AND t.from_day < u.period_end AND t.until_day > u.period_start)
    """)


def _accepted(program: Program) -> set[tuple[str, str]]:
    """Give each service with the classes of usage that feeds give for its identifiers."""
    measures: dict[str, set[str]] = {}
    for feed in program.feeds:
        own = measures.setdefault(feed.identifier, set())
        own.update(event.measure for event in feed.events)
    return {
        (service.id, each.id)
        for service in program.services
        if service.usage_months is not None
        for each in program.usage_classes
        if any(each.measure in measures.get(name, ()) for name in service.identifiers)
    }
