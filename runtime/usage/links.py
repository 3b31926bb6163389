"""Which usage period draws from which filling of which bucket, and when.

A filling is a bucket of an account service over one of its usage periods.  A link says that
a usage period draws from a filling for a stretch of instants: from a bucket of its own
service for all of it, or as long as a one-time bucket lasts; from a shared one for as long
as the two periods overlap.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.calendar import make_day_instants

Longs = NDArray[np.int64]

# Periods are those of a relation with the columns of subscription.usage_periods; `own` and
# `shared` are what names a link's usage period, and that of the owner of its filling.
_LINKS = """
CREATE OR REPLACE TABLE {name} AS
SELECT {own}, b.bucket, 0 AS depth,
       CASE WHEN b.months IS NULL THEN coalesce(l.instant, TIMESTAMP 'infinity')
            ELSE p.end_instant END AS ends,
       p.start_instant AS from_instant,
       least(p.end_instant, coalesce(l.instant, p.end_instant)) AS until_instant
FROM {periods} AS p
JOIN usage.service_kinds AS s ON s.account_service = p.account_service
JOIN usage.service_buckets AS u ON u.service = s.service
JOIN usage.buckets AS b ON b.bucket = u.number AND NOT b.is_shared
LEFT JOIN usage.lives AS l ON l.account_service = p.account_service AND l.bucket = b.bucket
WHERE ({which}) AND (l.instant IS NULL OR l.instant > p.start_instant)
UNION ALL
SELECT {shared}, m.bucket, m.depth, q.end_instant, greatest(p.start_instant, q.start_instant),
       least(p.end_instant, q.end_instant)
FROM usage.pool_members AS m
JOIN {periods} AS p ON p.account_service = m.member
JOIN {periods} AS q ON q.account_service = m.seller
 AND q.start_instant < p.end_instant AND q.end_instant > p.start_instant
"""


def make_lives(connection: DuckDBPyConnection) -> None:
    """Make usage.lives: the instant at which a one-time bucket of an account service ends."""
    connection.execute("""
        CREATE OR REPLACE TABLE usage.life_ends AS
        SELECT s.account_service, u.number AS bucket, s.timezone,
               CAST(s.start_day + to_months(coalesce(b.lasts_months, 0))
                    + to_days(coalesce(b.lasts_days, 0)) AS DATE) AS day
        FROM usage.service_kinds AS s
        JOIN usage.service_buckets AS u ON u.service = s.service
        JOIN usage.buckets AS b ON b.bucket = u.number
        WHERE b.lasts_months IS NOT NULL OR b.lasts_days IS NOT NULL
    """)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.life_days AS
        SELECT DISTINCT timezone, day FROM usage.life_ends
    """)
    make_day_instants(connection, "usage.life_days", "usage.life_instants")
    connection.execute("""
        CREATE OR REPLACE TABLE usage.lives AS
        SELECT e.account_service, e.bucket, i.instant
        FROM usage.life_ends AS e
        JOIN usage.life_instants AS i ON i.timezone = e.timezone AND i.day = e.day
    """)
    for table in ("life_ends", "life_days", "life_instants"):
        connection.execute(f"DROP TABLE usage.{table}")


def make_links(connection: DuckDBPyConnection) -> None:
    """Make usage.links and usage.fillings of the usage periods in usage.evaluated.

    Both call usage periods by their numbers, `period` and `owner_period`; `previous` is the
    usage period of the filling that another goes on from, NULL where it does from none.
    """
    connection.execute("""
        CREATE OR REPLACE TABLE usage.linked_periods AS
        FROM usage.periods SEMI JOIN usage.evaluated USING (period)
    """)
    connection.execute(
        _LINKS.format(
            name="usage.links",
            periods="usage.linked_periods",
            which="true",
            own="p.period, p.period AS owner_period",
            shared="p.period, q.period",
        )
    )
    # A usage period has one link to a bucket of its own, so that only shared ones repeat.
    connection.execute("""
        CREATE OR REPLACE TABLE usage.fillings AS
        WITH filled AS (
          SELECT l.bucket, l.owner_period
          FROM usage.links AS l JOIN usage.buckets AS b ON b.bucket = l.bucket
          WHERE NOT b.is_shared
          UNION ALL
          (SELECT l.bucket, l.owner_period
           FROM usage.links AS l JOIN usage.buckets AS b ON b.bucket = l.bucket
           WHERE b.is_shared
           UNION
           SELECT z.bucket, p.period
           FROM usage.pool_sizes AS z
           JOIN usage.linked_periods AS p
             ON p.account_service = z.seller AND p.period_start = z.period_start)
        )
        SELECT f.bucket, f.owner_period, NULL::INTEGER AS previous
        FROM filled AS f JOIN usage.buckets AS b ON b.bucket = f.bucket
        WHERE NOT b.is_chained
        UNION ALL
        SELECT f.bucket, f.owner_period,
               lag(f.owner_period) OVER (PARTITION BY f.bucket, p.account_service
                                         ORDER BY p.period_start)
        FROM filled AS f
        JOIN usage.buckets AS b ON b.bucket = f.bucket
        JOIN usage.linked_periods AS p ON p.period = f.owner_period
        WHERE b.is_chained
    """)
    connection.execute("DROP TABLE usage.linked_periods")


def make_groups(connection: DuckDBPyConnection) -> None:
    """Make usage.groups: (account_service, period_start) -> a number, from 0.

    Usage periods of one number are rated together: they draw from one filling, or from one
    whose beginning depends on how an earlier one was drawn.  A usage period that is rated by
    itself has no row.  Leaves usage.tying_links, the links that tie, of all usage periods.
    """
    connection.execute(
        _LINKS.format(
            name="usage.tying_links",
            periods="subscription.usage_periods",
            which="b.is_chained OR b.is_shared",
            own="p.account_service, p.period_start, p.account_service AS owner, "
            "p.period_start AS owner_start",
            shared="p.account_service, p.period_start, q.account_service, q.period_start",
        )
    )
    connection.execute("""
        CREATE OR REPLACE TABLE usage.tying_fillings AS
        WITH filled AS (
          SELECT f.*, b.is_chained
          FROM (
            SELECT bucket, owner, owner_start FROM usage.tying_links
            UNION
            SELECT z.bucket, z.seller, z.period_start
            FROM usage.pool_sizes AS z
            JOIN subscription.usage_periods AS p
              ON p.account_service = z.seller AND p.period_start = z.period_start
          ) AS f
          JOIN usage.buckets AS b ON b.bucket = f.bucket
        )
        SELECT * EXCLUDE (is_chained), NULL::DATE AS previous_start FROM filled
        WHERE NOT is_chained
        UNION ALL
        SELECT * EXCLUDE (is_chained),
               lag(owner_start) OVER (PARTITION BY bucket, owner ORDER BY owner_start)
        FROM filled WHERE is_chained
    """)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.tying AS
        WITH edges AS (
          SELECT account_service, period_start, bucket, owner, owner_start FROM usage.tying_links
          UNION
          SELECT owner, owner_start, bucket, owner, owner_start FROM usage.tying_fillings
          UNION
          SELECT owner, previous_start, bucket, owner, owner_start
          FROM usage.tying_fillings WHERE previous_start IS NOT NULL
        )
        SELECT account_service, period_start,
               dense_rank() OVER (ORDER BY account_service, period_start) - 1 AS period,
               dense_rank() OVER (ORDER BY bucket, owner, owner_start) - 1 AS filling
        FROM edges
    """)
    edges = connection.execute("SELECT period, filling FROM usage.tying").fetchnumpy()
    group = _connected(np.asarray(edges["period"]), np.asarray(edges["filling"]))
    connection.register(
        "usage_groups", pa.table({"period": np.arange(len(group)), "number": group})
    )
    try:
        connection.execute("""
            CREATE OR REPLACE TABLE usage.groups AS
            SELECT DISTINCT t.account_service, t.period_start, g.number
            FROM usage.tying AS t JOIN usage_groups AS g ON g.period = t.period
        """)
    finally:
        connection.unregister("usage_groups")
    for table in ("tying_fillings", "tying"):
        connection.execute(f"DROP TABLE usage.{table}")


def _connected(period: Longs, filling: Longs) -> Longs:
    """Give for each period the smallest period that fillings connect it with."""
    least = np.arange(period.max() + 1 if len(period) else 0)
    while True:
        shared = np.full(filling.max() + 1 if len(filling) else 0, len(least))
        np.minimum.at(shared, filling, least[period])
        found = least.copy()
        np.minimum.at(found, period, shared[filling])
        found = found[found]  # what is connected with it is, too
        if np.array_equal(found, least):
            return least
        least = found
