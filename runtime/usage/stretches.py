"""Stretches of usage periods over which the same counters are drawn, in the same order.

A counter is drawn by priority, then own before shared, then the one that ends first, then in
the order of declaration; of two fillings of one shared bucket, the nearer account's first.
Most usage periods are one stretch; a shared bucket whose periods begin on another day, or a
one-time bucket that ends, makes them several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

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


def make_stretches(connection: DuckDBPyConnection) -> None:
    """Make usage.stretches of usage.evaluated, by usage.links, in the order of period and time."""
    connection.execute("""
        CREATE OR REPLACE TABLE usage.stretches AS
        WITH drawn AS (
          SELECT p.period, l.from_instant, l.until_instant, p.start_instant, p.end_instant
          FROM usage.links AS l JOIN usage.periods AS p ON p.period = l.period
          WHERE l.from_instant > p.start_instant OR l.until_instant < p.end_instant
        ),
        cuts AS (
          SELECT period, start_instant AS instant
          FROM usage.periods SEMI JOIN usage.evaluated USING (period)
          UNION SELECT period, from_instant FROM drawn
          UNION SELECT period, until_instant FROM drawn WHERE until_instant < end_instant
        )
        SELECT (row_number() OVER (ORDER BY period, instant) - 1)::BIGINT AS stretch, *
        FROM cuts
    """)


def link_stretches(connection: DuckDBPyConnection) -> Stretches:
    """Give what usage.stretches says, with the counters of usage.counters that usage.links has.

    Drops usage.stretches.
    """
    # The order of owners' usage periods is that of their names.
    links = connection.execute("""
        SELECT s.stretch, c.counter, c.bucket
        FROM usage.stretches AS s
        JOIN usage.links AS l ON l.period = s.period
         AND l.from_instant <= s.instant AND l.until_instant > s.instant
        JOIN usage.buckets AS b ON b.bucket = l.bucket
        JOIN usage.counters AS c ON c.bucket = l.bucket AND c.period = l.owner_period
        ORDER BY s.stretch, b.priority, b.is_shared, l.ends, b.ordinal, l.depth, l.owner_period
    """).fetchnumpy()
    rows = connection.execute("""
        SELECT period::BIGINT AS period, epoch_us(instant) AS instant
        FROM usage.stretches ORDER BY stretch
    """).fetchnumpy()
    connection.execute("DROP TABLE usage.stretches")
    period = np.asarray(rows["period"], np.int64)
    base = np.searchsorted(links["stretch"], np.arange(len(period) + 1))
    profile, profiles = _profiles(np.asarray(links["bucket"], np.int64), base)
    return Stretches(
        period=period,
        instant=np.asarray(rows["instant"], np.int64),
        base=base[:-1],
        links=np.asarray(links["counter"], np.int64),
        profile=profile,
        profiles=profiles,
    )


def _profiles(bucket: Longs, base: Longs) -> tuple[Longs, tuple[tuple[int, ...], ...]]:
    """Give the profile of each stretch, by the buckets of its links, and the profiles."""
    sizes = np.diff(base)
    digits = int(bucket.max(initial=0)) + 2
    if digits ** int(sizes.max(initial=0)) < 1 << 62:
        # The buckets of a stretch are the digits of a number, of which none is 0.
        place = np.arange(len(bucket)) - np.repeat(base[:-1], sizes)
        sums = np.concatenate([[0], np.cumsum((bucket + 1) * digits**place)])
        codes = sums[base[1:]] - sums[base[:-1]]
        _, first, profile = np.unique(codes, return_index=True, return_inverse=True)
        return profile, tuple(
            tuple(bucket[base[each] : base[each + 1]].tolist()) for each in first.tolist()
        )
    known: dict[bytes, int] = {}
    words = (bucket[begin:end].tobytes() for begin, end in pairwise(base.tolist()))
    profile = np.array([known.setdefault(each, len(known)) for each in words], np.int64)
    return profile, tuple(tuple(np.frombuffer(each, np.int64).tolist()) for each in known)


def paths_of(
    routes: Sequence[tuple[int, ...]], profiles: Sequence[tuple[int, ...]]
) -> tuple[Longs, list[tuple[int, ...]]]:
    """Give the path of each profile and route, and which links of a stretch a path goes through.

    A route names the buckets that an event may be drawn from, a profile those that its
    stretch has, in drawing order.  The path of a profile and a route stands at
    profile x (number of routes) + route.
    """
    paths = [
        tuple(place for place, bucket in enumerate(drawn) if bucket in set(route))
        for drawn in profiles
        for route in routes
    ]
    numbers = {path: number for number, path in enumerate(dict.fromkeys(paths))}
    return np.array([numbers[path] for path in paths], np.int64), list(numbers)
