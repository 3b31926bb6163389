"""Share plans: who draws from a pool, and how large it is.

A pool belongs to an account service of its plan's selling service.  It is drawn by the
account services of its consuming services on the account that holds the selling service and
on all accounts below, and filled by the contributing ones there: by as many instances as are
on hand on the first day of the pool's period, in a status that counts.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.program.model import Program
from runtime.usage import sql

Longs = NDArray[np.int64]


def make_shares(connection: DuckDBPyConnection, program: Program) -> None:
    """Make usage.pool_members, usage.pool_parts and usage.pool_sizes.

    pool_members: (bucket, seller, member) -> how many accounts lie between the two.
    pool_parts: (bucket, seller, period_start, account) -> steps that the account fills in;
    what is fixed is the seller's own.  pool_sizes: (bucket, seller, period_start) -> steps.
    """
    _make_terms(connection, program)
    if not program.share_plans:
        _make_none(connection)
        return
    connection.execute("""
        CREATE OR REPLACE TABLE usage.pool_tree AS
        WITH RECURSIVE tree AS (
          SELECT DISTINCT s.account_service AS seller, s.account, 0 AS depth
          FROM subscription.account_services AS s
          JOIN usage.buckets AS b ON b.selling_service = s.service
          UNION ALL
          SELECT t.seller, a.account, t.depth + 1
          FROM tree AS t JOIN book.accounts AS a ON a.parent = t.account
        )
        SELECT * FROM tree
    """)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.pool_members AS
        SELECT b.bucket, t.seller, m.account_service AS member, t.depth
        FROM usage.buckets AS b
        JOIN usage.service_buckets AS u ON u.number = b.bucket
        JOIN subscription.account_services AS s ON s.service = b.selling_service
        JOIN usage.pool_tree AS t ON t.seller = s.account_service
        JOIN subscription.account_services AS m
          ON m.account = t.account AND m.service = u.service
        WHERE b.is_shared
    """)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.pool_parts AS
        WITH filled AS (
          SELECT b.bucket, s.account_service AS seller, s.account AS holder, p.period_start,
                 t.ordinal, t.steps, t.service
          FROM usage.pool_terms AS t
          JOIN usage.buckets AS b ON b.bucket = t.bucket
          JOIN subscription.account_services AS s ON s.service = b.selling_service
          JOIN subscription.usage_periods AS p ON p.account_service = s.account_service
        ),
        parts AS (
          SELECT bucket, seller, period_start, holder AS account, steps::HUGEINT AS steps
          FROM filled WHERE service IS NULL
          UNION ALL
          SELECT f.bucket, f.seller, f.period_start, m.account,
                 f.steps::HUGEINT * coalesce(q.quantity, m.quantity, 1)
          FROM filled AS f
          JOIN usage.pool_tree AS t ON t.seller = f.seller
          JOIN subscription.account_services AS m
            ON m.account = t.account AND m.service = f.service
          JOIN subscription.timeline AS l
            ON l.account_service = m.account_service AND l.billable
           AND l.from_day <= f.period_start AND l.until_day > f.period_start
          LEFT JOIN subscription.quantities AS q
            ON q.account_service = m.account_service
           AND q.from_day <= f.period_start AND q.until_day > f.period_start
          WHERE NOT EXISTS (
              SELECT 1 FROM usage.pool_statuses AS q
              WHERE q.bucket = f.bucket AND q.ordinal = f.ordinal)
            OR EXISTS (
              SELECT 1 FROM usage.pool_statuses AS q
              WHERE q.bucket = f.bucket AND q.ordinal = f.ordinal AND q.status = l.status)
        )
        SELECT bucket, seller, period_start, account, sum(steps)::HUGEINT AS steps
        FROM parts GROUP BY bucket, seller, period_start, account
    """)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.pool_sizes AS
        SELECT bucket, seller, period_start, sum(steps)::BIGINT AS steps
        FROM usage.pool_parts GROUP BY bucket, seller, period_start
    """)
    connection.execute("DROP TABLE usage.pool_tree")


def pooled_templates(connection: DuckDBPyConnection) -> NDArray[np.bool_]:
    """Give which rows of usage.bucket_tiers, and at the end none, accounts put something in."""
    is_pooled = connection.execute("""
        SELECT b.is_shared AND t.charge IN ('pool', 'rolled_over') AS is_pooled
        FROM usage.bucket_tiers AS t JOIN usage.buckets AS b ON b.name = t.bucket
        ORDER BY t.template
    """).fetchnumpy()["is_pooled"]
    return np.append(np.asarray(is_pooled, np.bool_), False)


def write_shares(connection: DuckDBPyConnection, pieces: pa.Table) -> None:
    """Fill rated.pool_shares for the evaluated periods: what each account put in and drew.

    Reads usage.counters; `pieces`: of `Pieces.by_counter`, those of `pooled_templates`.
    """
    connection.register("usage_pool_pieces", pieces)
    try:
        connection.execute("""
            INSERT INTO rated.pool_shares BY NAME
            WITH drawn AS (
              SELECT q.counter, s.account, sum(q.used)::HUGEINT AS used
              FROM (SELECT counter, period, sum(quantity) AS used
                    FROM usage_pool_pieces GROUP BY counter, period) AS q
              JOIN usage.periods AS p ON p.period = q.period
              JOIN subscription.account_services AS s ON s.account_service = p.account_service
              GROUP BY q.counter, s.account
            ),
            filled AS (
              SELECT c.counter, p.account, p.steps
              FROM usage.counters AS c
              JOIN usage.periods AS o ON o.period = c.period
              JOIN usage.pool_parts AS p ON p.bucket = c.bucket AND p.seller = o.account_service
               AND p.period_start = o.period_start
            )
            SELECT o.account_service, o.period_start, o.period_end, b.name AS bucket,
                   coalesce(f.account, d.account) AS account,
                   coalesce(f.steps, 0) AS contributed, coalesce(d.used, 0) AS used
            FROM filled AS f
            FULL JOIN drawn AS d ON d.counter = f.counter AND d.account = f.account
            JOIN usage.counters AS c ON c.counter = coalesce(f.counter, d.counter)
            JOIN usage.periods AS o ON o.period = c.period
            JOIN usage.buckets AS b ON b.bucket = c.bucket
            SEMI JOIN usage.evaluated AS e ON e.period = c.period
        """)
    finally:
        connection.unregister("usage_pool_pieces")


def _make_terms(connection: DuckDBPyConnection, program: Program) -> None:
    numbers = {each.id: number for number, each in enumerate(program.buckets)}
    sql.make_table(
        connection,
        "pool_terms",
        {"bucket": "INTEGER", "ordinal": "INTEGER", "steps": "BIGINT", "service": "VARCHAR"},
        [
            (numbers[each.bucket], each.ordinal, each.steps, each.service)
            for each in program.pool_terms
        ],
    )
    sql.make_table(
        connection,
        "pool_statuses",
        {"bucket": "INTEGER", "ordinal": "INTEGER", "status": "VARCHAR"},
        [(numbers[each.bucket], each.ordinal, each.status) for each in program.pool_statuses],
    )


def _make_none(connection: DuckDBPyConnection) -> None:
    seller = {"bucket": "INTEGER", "seller": "VARCHAR"}
    period = {**seller, "period_start": "DATE"}
    sql.make_table(
        connection, "pool_members", {**seller, "member": "VARCHAR", "depth": "INTEGER"}, []
    )
    sql.make_table(
        connection, "pool_parts", {**period, "account": "VARCHAR", "steps": "HUGEINT"}, []
    )
    sql.make_table(connection, "pool_sizes", {**period, "steps": "BIGINT"}, [])
