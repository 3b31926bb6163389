"""The order in which events are drawn: by pool, instant, id, feed.

Usage mostly comes in the order of time.  So events are dealt to their pools as they come,
and a pool is sorted only where its events are out of order.  Ids, which are long, are read
only for those events of one pool and one instant whose order makes a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.usage import kernel, sql
from runtime.usage.pools import Counters
from runtime.usage.tied import Tied

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Order:
    """The events of bucketed routes and the openings, pool by pool.

    Attributes:
        pool_start: of a pool, where it begins; the next one's ends it.
        events: the events' numbers; -1 - n is the n-th opening.
        pool_of: of a usage period, its pool.
    """

    pool_start: Longs
    events: Ints
    pool_of: Ints


def deal_events(connection: DuckDBPyConnection, tied: Tied, counters: Counters) -> Order:
    """Put the rated events that go through buckets, and the openings, in order by their time.

    Usage periods that are rated together are one pool.  An opening comes before the events
    of its instant.
    """
    number = np.asarray(
        connection.execute(
            "SELECT coalesce(number, -1) AS number FROM usage.periods ORDER BY period"
        ).fetchnumpy()["number"]
    )
    groups = int(number.max(initial=-1)) + 1
    pool_of = np.where(number < 0, groups + np.arange(len(number)), number).astype(np.int32)
    pools = groups + len(number)
    if len(tied) < kernel.COMPILED_FROM:
        return _deal_few(tied, counters, pool_of, pools)
    size = np.zeros(pools + 1, np.int64)
    _compiled(count_pools)(pool_of, tied.period, tied.route, tied.reason, size)
    np.add.at(size, counters.opened_group + 1, 1)
    start = np.cumsum(size)
    order = np.empty(int(start[-1]), np.int32)
    given = [pool_of, tied.period, tied.route, tied.reason, tied.instant]
    given += [counters.opened_group, counters.opened_instant, start, start.copy(), order]
    run_pools(
        lambda first, last: _compiled(fill_pools)(first, last, *given),
        start,
        sql.threads(connection),
    )
    return Order(start, order, pool_of)


def _deal_few(tied: Tied, counters: Counters, pool_of: Ints, pools: int) -> Order:
    event = np.flatnonzero(tied.is_rated & (tied.route > 0))
    pool = np.concatenate([pool_of[tied.period[event]], counters.opened_group])
    instant = np.concatenate([2 * tied.instant[event] + 1, 2 * counters.opened_instant])
    every = np.concatenate([event, -1 - np.arange(len(counters.opened))])
    order = np.lexsort((instant, pool))
    start = np.searchsorted(pool[order], np.arange(pools + 1))
    return Order(start.astype(np.int64), every[order].astype(np.int32), pool_of)


def run_pools(work: Callable[[int, int], Done], start: Longs, parts: int) -> list[Done]:
    """Run work on ranges of pools, of about as many events each, in so many parts at once."""
    pools = len(start) - 1
    ends = np.searchsorted(start, [int(start[-1]) * part // parts for part in range(1, parts)])
    cuts = [0, *(min(int(end), pools) for end in ends), pools]
    with ThreadPoolExecutor(parts) as threads:
        done = [threads.submit(work, first, last) for first, last in pairwise(cuts)]
        return [each.result() for each in done]


def count_pools(pool_of: Ints, period: Ints, route: Ints, reason: Ints, size: Longs) -> None:
    """Count the events of each pool; `size` is of the pool before."""
    for event in range(len(period)):
        if reason[event] == 0 and route[event] > 0:
            size[pool_of[period[event]] + 1] += 1


def fill_pools(  # noqa: PLR0913 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    pool_of: Ints,
    period: Ints,
    route: Ints,
    reason: Ints,
    instant: Longs,
    opened_group: Longs,
    opened_instant: Longs,
    start: Longs,
    fill: Longs,
    order: Ints,
) -> None:
    """Deal the events and openings of some pools, and sort those of pools out of order."""
    for event in range(len(period)):
        if reason[event] == 0 and route[event] > 0:
            pool = pool_of[period[event]]
            if first <= pool < last:
                order[fill[pool]] = event
                fill[pool] += 1
    for opening in range(len(opened_group)):
        pool = opened_group[opening]
        if first <= pool < last:
            order[fill[pool]] = -1 - opening
            fill[pool] += 1
    for pool in range(first, last):
        begin, end = start[pool], start[pool + 1]
        is_sorted = True
        for place in range(begin + 1, end):
            one, other = order[place - 1], order[place]
            if other < 0 or one < 0 or instant[other] < instant[one]:
                is_sorted = False
                break
        if not is_sorted:
            ours = order[begin:end].copy()
            keys = np.empty(end - begin, np.int64)
            for place in range(end - begin):
                one = ours[place]
                keys[place] = 2 * instant[one] + 1 if one >= 0 else 2 * opened_instant[-1 - one]
            order[begin:end] = ours[np.argsort(keys, kind="mergesort")]


@cache
def _compiled(function: Callable[..., None]) -> Callable[..., None]:
    return kernel.compile_loop(function)


def order_by_id(
    connection: DuckDBPyConnection,
    order: Order,
    tied: Tied,
    members: Longs,
    identities: Sequence[str],
) -> None:
    """Put events of one pool and one instant in the order of their ids, in place.

    Args:
        connection: where the identities are.
        order: of the events.
        tied: the events.
        members: the places of whole groups of such events.
        identities: relations of file, position, event_id, feed; together they have each event.
    """
    event = order.events[members]
    pool, instant = order.pool_of[tied.period[event]], tied.instant[event]
    starts = np.ones(len(members), np.bool_)
    starts[1:] = (pool[1:] != pool[:-1]) | (instant[1:] != instant[:-1])
    table = pa.table(
        {
            "tie": np.cumsum(starts),
            "event": event,
            "file": tied.file[event],
            "position": tied.position[event],
        }
    )
    connection.register("usage_ties", table)
    try:
        connection.execute("""
            CREATE OR REPLACE TABLE usage.ties AS
            SELECT tie, event, file::INTEGER AS file, position::BIGINT AS position FROM usage_ties
        """)
    finally:
        connection.unregister("usage_ties")
    every = " UNION ALL ".join(
        f"SELECT file, position, event_id, feed FROM ({each}) "
        "WHERE position IN (SELECT position FROM usage.ties)"
        for each in identities
    )
    found = connection.execute(f"""
        SELECT t.event FROM usage.ties AS t
        JOIN ({every}) AS i ON i.file = t.file AND i.position = t.position
        ORDER BY t.tie, i.event_id, i.feed
    """).fetchnumpy()["event"]
    connection.execute("DROP TABLE usage.ties")
    order.events[members] = np.asarray(found, np.int32)
