"""What counting rules count for rates and bucket tiers: as of the last day of a usage period."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.charges.counts import load_rules, load_tree, make_counts
from runtime.program.model import Program
from runtime.usage import sql


def counts_anything(program: Program) -> bool:
    """Whether a rate, or a bucket's tier, goes by a counting rule."""
    return bool(_rate_rules(program) or _bucket_rules(program))


def make_rule_counts(connection: DuckDBPyConnection, program: Program) -> None:
    """Make usage.counts: (account_service, period_start, rule) -> how many are counted.

    It has each usage period of whose account service a rate plan, or a bucket of its own or that
    it sells, asks for it.
    Reads usage.service_kinds, the book's accounts and the timelines.
    """
    if not counts_anything(program):
        columns = {"account_service": "VARCHAR", "period_start": "DATE"}
        sql.make_table(
            connection, "counts", {**columns, "rule": "VARCHAR", "counted": "HUGEINT"}, ()
        )
        return
    sql.make_table(
        connection,
        "plan_rules",
        {"rate_plan": "VARCHAR", "rule": "VARCHAR"},
        sorted(_rate_rules(program)),
    )
    sql.make_table(
        connection,
        "service_rules",
        {"service": "VARCHAR", "rule": "VARCHAR"},
        sorted(_bucket_rules(program)),
    )
    connection.execute("""
        CREATE OR REPLACE TABLE usage.asked_counts AS
        WITH asking AS (
          SELECT k.account_service, r.rule
          FROM usage.service_kinds AS k
          JOIN usage.service_rules AS r ON r.service = k.service
          UNION
          SELECT p.account_service, r.rule
          FROM (SELECT account_service, rate_plan FROM usage.service_kinds
                UNION SELECT account_service, rate_plan FROM subscription.rate_plans) AS p
          JOIN usage.plan_rules AS r ON r.rate_plan = p.rate_plan
        )
        SELECT u.account_service, u.period_start, r.rule, s.account, s.account_package,
               CAST(u.period_end - 1 AS DATE) AS day
        FROM subscription.usage_periods AS u
        JOIN subscription.account_services AS s ON s.account_service = u.account_service
        JOIN asking AS r ON r.account_service = u.account_service
    """)
    load_rules(connection, program)
    load_tree(connection)
    make_counts(connection, "SELECT rule, account, account_package, day FROM usage.asked_counts")
    connection.execute("""
        CREATE OR REPLACE TABLE usage.counts AS
        SELECT a.account_service, a.period_start, a.rule, c.counted
        FROM usage.asked_counts AS a
        JOIN charge.counts AS c ON c.rule = a.rule AND c.account_package = a.account_package
         AND c.day = a.day
    """)
    connection.execute("DROP TABLE usage.asked_counts")


def _rate_rules(program: Program) -> set[tuple[str, str]]:
    """Give the rate plans and the rules that rates of their groups go by."""
    rules = _rules(program)
    by_group: dict[str, set[str]] = {}
    for rate in program.rates:
        if rate.price in rules:
            by_group.setdefault(rate.group, set()).add(rules[rate.price])
    return {
        (each.plan, rule)
        for each in program.rate_plan_groups
        for rule in by_group.get(each.group, ())
    }


def _bucket_rules(program: Program) -> set[tuple[str, str]]:
    """Give the services whose buckets, or whose share plan's, have tiers that go by a rule."""
    rules = _rules(program)
    sellers = {each.id: each.selling_service for each in program.share_plans}
    owners: dict[str, set[str]] = {}
    for link in program.service_buckets:
        owners.setdefault(link.bucket, set()).add(link.service)
    for bucket in program.buckets:
        if bucket.share_plan is not None:
            owners.setdefault(bucket.id, set()).add(sellers[bucket.share_plan])
    return {
        (service, rules[each.price])
        for each in program.bucket_prices
        if each.price in rules
        for service in owners.get(each.bucket, ())
    }


def _rules(program: Program) -> dict[int, str]:
    return {each.id: each.counted_by for each in program.prices if each.counted_by is not None}
