"""Stretches of usage periods over which the same counters are drawn, in the same order.

A counter is drawn by priority, then own before shared, then the one that ends first, then in
the order of declaration; of two fillings of one shared bucket, the nearer account's first.
Most usage periods are one stretch; a shared bucket whose periods begin on another day, or a
one-time bucket that ends, makes them several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stretches:
    """The stretches of all usage periods of the run, in the order of period and time.

    `period`, `instant`: of a stretch, whose it is and where it begins.  `base`: where its
    links begin; `links` gives the counter of each, in drawing order.  `profile`: which of
    `profiles`, the buckets of its links, it has.
    """

    period: Longs
    instant: Longs
    base: Longs
    links: Longs
    profile: Longs
    profiles: tuple[tuple[int, ...], ...]

    def find(self, period: Longs, instant: Longs) -> Longs:
        """Give the stretch of each event, by its usage period and instant."""
        cuts = np.unique(self.instant)
        room = len(cuts) + 1
        starts = self.period * room + np.searchsorted(cuts, self.instant, "right")
        wanted = period.astype(np.int64) * room + np.searchsorted(cuts, instant, "right")
        return np.searchsorted(starts, wanted, "right") - 1


def make_stretches(connection: DuckDBPyConnection) -> Stretches:
    """Give the stretches of usage.periods, by usage.links and usage.counters."""
    connection.execute("""
        CREATE OR REPLACE TABLE usage.stretches AS
        WITH drawn AS (
          SELECT p.period, l.from_instant, l.until_instant, p.end_instant
          FROM usage.links AS l
          JOIN usage.periods AS p
            ON p.account_service = l.account_service AND p.period_start = l.period_start
        ),
        cuts AS (
          SELECT period, start_instant AS instant FROM usage.periods
          UNION SELECT period, from_instant FROM drawn
          UNION SELECT period, until_instant FROM drawn WHERE until_instant < end_instant
        )
        SELECT (row_number() OVER (ORDER BY period, instant) - 1)::BIGINT AS stretch, *
        FROM cuts
    """)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.stretch_links AS
        SELECT s.stretch, c.counter, c.bucket,
               row_number() OVER (PARTITION BY s.stretch
                 ORDER BY b.priority, b.is_shared, l.ends, b.ordinal, l.depth, l.owner) AS place
        FROM usage.stretches AS s
        JOIN usage.periods AS p ON p.period = s.period
        JOIN usage.links AS l
          ON l.account_service = p.account_service AND l.period_start = p.period_start
         AND l.from_instant <= s.instant AND l.until_instant > s.instant
        JOIN usage.buckets AS b ON b.bucket = l.bucket
        JOIN usage.counters AS c ON c.bucket = l.bucket AND c.owner = l.owner
         AND c.owner_start = l.owner_start
    """)
    links = connection.execute(
        "SELECT stretch, counter FROM usage.stretch_links ORDER BY stretch, place"
    ).fetchnumpy()
    connection.execute("""
        CREATE OR REPLACE TABLE usage.stretch_words AS
        SELECT s.stretch, s.period, s.instant, coalesce(n.words, '') AS words
        FROM usage.stretches AS s
        LEFT JOIN (SELECT stretch, string_agg(bucket, ',' ORDER BY place) AS words
                   FROM usage.stretch_links GROUP BY stretch) AS n ON n.stretch = s.stretch
    """)
    words = connection.execute(
        "SELECT DISTINCT words FROM usage.stretch_words ORDER BY words"
    ).fetchall()
    rows = connection.execute("""
        SELECT s.period::BIGINT AS period, epoch_us(s.instant) AS instant, w.profile
        FROM usage.stretch_words AS s
        JOIN (SELECT words, row_number() OVER (ORDER BY words) - 1 AS profile
              FROM (SELECT DISTINCT words FROM usage.stretch_words)) AS w ON w.words = s.words
        ORDER BY s.stretch
    """).fetchnumpy()
    connection.execute("DROP TABLE usage.stretch_words")
    connection.execute("DROP TABLE usage.stretch_links")
    connection.execute("DROP TABLE usage.stretches")
    period = np.asarray(rows["period"], np.int64)
    return Stretches(
        period=period,
        instant=np.asarray(rows["instant"], np.int64),
        base=np.searchsorted(links["stretch"], np.arange(len(period))),
        links=np.asarray(links["counter"], np.int64),
        profile=np.asarray(rows["profile"], np.int64),
        profiles=tuple(tuple(map(int, each.split(","))) if each else () for (each,) in words),
    )


def expand(
    routes: Sequence[tuple[int, ...]],
    profiles: Sequence[tuple[int, ...]],
    route: Longs,
    profile: Longs,
) -> tuple[Longs, list[tuple[int, ...]]]:
    """Give each event's path, and of each path which links of a stretch it goes through.

    A route names the buckets that an event may be drawn from, a profile those that its
    stretch has, in drawing order.
    """
    pairs, path = np.unique(route.astype(np.int64) * len(profiles) + profile, return_inverse=True)
    paths = []
    for pair in pairs.tolist():
        wanted = set(routes[pair // len(profiles)])
        drawn = profiles[pair % len(profiles)]
        paths.append(tuple(place for place, bucket in enumerate(drawn) if bucket in wanted))
    return path.astype(np.int64), paths
