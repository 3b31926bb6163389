"""Class, rate and buckets of each distinct combination of attributes that decides them.

Files have millions of records and few distinct combinations of the attributes that classes,
groups, zones and buckets ask for; each combination is looked up once per kind of account
service.
"""

from __future__ import annotations

from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from runtime.program.expressions import Expression
from runtime.program.model import Program
from runtime.usage import bands, expressions, lookup, places, sql
from runtime.usage.dispositions import Reason
from runtime.usage.reader import attribute
from runtime.usage.tier_tables import make_usage_prices


def deciding_attributes(program: Program) -> tuple[str, ...]:
    """Give the attributes that a class, a rate or a bucket depends on, sorted."""
    return tuple(sorted(set(_deciding(program))))


def _deciding(program: Program) -> Iterator[str]:
    trees: list[Expression | None] = [each.criterion for each in program.usage_classes]
    trees += [each.criterion for each in program.rate_groups]
    trees += [each.where for each in program.buckets]
    for tree in trees:
        yield from expressions.fields_of(tree)
    yield from places.asked_attributes(program)


def make_pricing(connection: DuckDBPyConnection, program: Program) -> tuple[tuple[int, ...], ...]:
    """Make usage.prices and usage.pricing of usage.combinations; give the routes.

    usage.pricing: (kind, combination, band_set) -> reason, price, route, and how an event is
    rounded up.  usage.prices: a price is a class at a rate under a plan.
    A route is which buckets, by their number, an event may be drawn from; route 0 goes
    through none.
    """
    _make_tables(connection, program)
    places.make_prefixes(connection, places.asked_prefixes(program))
    bands.make_bands(connection, program)
    _make_classified(connection, program)
    _make_holding(connection, program)
    lookup.make_matches(connection)
    routes = _make_routes(connection)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.prices AS
        SELECT (row_number() OVER (ORDER BY usage_class, rate, rate_plan) - 1)::INTEGER AS price,
               d.usage_class, d.rate_plan, r.*
        FROM (SELECT DISTINCT usage_class, rate, rate_plan FROM usage.matches
              WHERE rate IS NOT NULL) AS d
        JOIN (SELECT rate AS rate_number, * EXCLUDE (rate, usage_class) FROM usage.rates) AS r
          ON r.rate_number = d.rate
    """)
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.pricing AS
        SELECT m.kind, m.combination, m.band_set, p.price, p.minimum, p.increment, p.currency,
               coalesce(v.asks_amount, false) AS asks_amount,
               coalesce(r.route, 0)::INTEGER AS route,
               CASE WHEN m.usage_class IS NULL THEN {Reason.NO_CLASS:d}
                    WHEN p.price IS NULL THEN {Reason.NO_RATE:d}
                    ELSE {Reason.RATED:d} END::UTINYINT AS reason
        FROM usage.matches AS m
        LEFT JOIN usage.prices AS p ON p.usage_class = m.usage_class AND p.rate_number = m.rate
         AND p.rate_plan = m.rate_plan
        LEFT JOIN usage.tier_prices AS v ON v.price_id = p.price_id
        LEFT JOIN usage.kind_routes AS r ON r.kind = m.kind AND r.combination = m.combination
    """)
    return routes


def _make_tables(connection: DuckDBPyConnection, program: Program) -> None:
    lookup.make_rates(connection, program)
    make_usage_prices(connection, program)
    sql.make_table(
        connection,
        "plan_groups",
        {"rate_plan": "VARCHAR", "ordinal": "INTEGER", "rate_group": "VARCHAR"},
        [(each.plan, each.ordinal, each.group) for each in program.rate_plan_groups],
    )


def column(attributes: frozenset[str], name: str) -> str:
    """Give the column of an attribute, or NULL where events have none of that name."""
    return attribute(name) if name in attributes else "NULL::VARCHAR"


def _make_classified(connection: DuckDBPyConnection, program: Program) -> None:
    cases = " ".join(
        f"WHEN measure = {sql.text(each.measure)} AND {_holds(each.criterion)} "
        f"THEN {sql.text(each.id)}"
        for each in sorted(program.usage_classes, key=lambda each: each.ordinal)
    )
    usage_class = f"CASE {cases} END" if cases else "NULL::VARCHAR"
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.classified AS
        SELECT *, {usage_class} AS usage_class FROM usage.combinations
    """)


def _holds(criterion: Expression | None) -> str:
    if criterion is None:
        return "true"
    return expressions.condition(
        criterion, attribute, lambda name: expressions.text_number(attribute(name))
    )


def _make_holding(connection: DuckDBPyConnection, program: Program) -> None:
    """Make usage.group_combinations and usage.bucket_combinations: where each applies."""
    groups = [
        f"SELECT {sql.text(each.id)} AS rate_group, combination FROM usage.classified "
        f"WHERE {_holds(each.criterion)}"
        for each in program.rate_groups
    ]
    groups.append("SELECT '' AS rate_group, 0 AS combination WHERE false")
    connection.execute(
        f"CREATE OR REPLACE TABLE usage.group_combinations AS {' UNION ALL '.join(groups)}"
    )
    buckets = [
        f"SELECT {sql.text(each.id)} AS bucket, combination FROM usage.classified "
        f"WHERE measure = {sql.text(each.measure)} "
        f"AND usage_class IN ({sql.texts(each.classes) or 'NULL'}) AND {_holds(each.where)}"
        for each in program.buckets
    ]
    buckets.append("SELECT '' AS bucket, 0 AS combination WHERE false")
    connection.execute(
        f"CREATE OR REPLACE TABLE usage.bucket_combinations AS {' UNION ALL '.join(buckets)}"
    )


def make_service_buckets(connection: DuckDBPyConnection, program: Program) -> None:
    """Make usage.service_buckets: the buckets a service may draw from, its own and shared ones.

    `number`: of the bucket in the program, from 0.
    """
    numbers = {each.id: number for number, each in enumerate(program.buckets)}
    links = [(each.service, each.bucket) for each in program.service_buckets]
    links += [(each.service, each.bucket) for each in program.pool_consumers]
    sql.make_table(
        connection,
        "service_buckets",
        {"service": "VARCHAR", "number": "INTEGER", "bucket": "VARCHAR"},
        [(service, numbers[bucket], bucket) for service, bucket in links],
    )


def _make_routes(connection: DuckDBPyConnection) -> tuple[tuple[int, ...], ...]:
    connection.execute("""
        CREATE OR REPLACE TABLE usage.kind_routes AS
        WITH drawn AS (
          SELECT k.kind, b.combination, string_agg(s.number, ',' ORDER BY s.number) AS words
          FROM usage.kinds AS k
          JOIN usage.service_buckets AS s ON s.service = k.service
          JOIN usage.bucket_combinations AS b ON b.bucket = s.bucket
          GROUP BY k.kind, b.combination
        )
        SELECT kind, combination, words, dense_rank() OVER (ORDER BY words) AS route FROM drawn
    """)
    words = connection.execute(
        "SELECT DISTINCT route, words FROM usage.kind_routes ORDER BY route"
    ).fetchall()
    return ((), *(tuple(int(number) for number in each.split(",")) for _, each in words))
