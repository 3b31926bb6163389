"""The order in which events are drawn: by pool, instant, id, feed.

Usage mostly comes in the order of time.  So events are dealt to their pools as they come,
a pool is sorted only where its events are out of order, and ids, which are long, are read
only for events of one pool and one instant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.usage import kernel

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]


def order_events(
    connection: DuckDBPyConnection,
    pool: Ints,
    instant: Longs,
    row: Longs,
    pools: int,
    identities: Sequence[str],
) -> Longs:
    """Give the indexes of the events in the order they are drawn.

    Args:
        connection: where usage.tied and the identities are.
        pool: of each event, from 0 to `pools` - 1.
        instant: of each event, in microseconds or other ticks.
        row: of each event, its row of usage.tied.  What comes behind the events has none,
            and is of other instants than they: it keeps its order.
        pools: how many there are.
        identities: relations of file, position, event_id, feed; together they have each
            event of usage.tied.
    """
    if len(pool) < kernel.COMPILED_FROM:
        order = np.lexsort((instant, pool)).astype(np.int64)
    else:
        order = _compiled_deal()(pool, instant, pools)
    sorted_pool, sorted_instant = pool[order], instant[order]
    is_same = (sorted_pool[1:] == sorted_pool[:-1]) & (sorted_instant[1:] == sorted_instant[:-1])
    is_same &= order[1:] < len(row)
    places = np.flatnonzero(is_same)
    if len(places):
        _order_by_id(connection, order, places, row, identities)
    return order


def deal(pool: Ints, instant: Longs, pools: int) -> Longs:
    """Give the indexes sorted by pool, then instant, else as they come."""
    start = np.zeros(pools + 1, np.int64)
    for event in range(len(pool)):
        start[pool[event] + 1] += 1
    for each in range(pools):
        start[each + 1] += start[each]
    fill = start.copy()
    order = np.empty(len(pool), np.int64)
    for event in range(len(pool)):
        order[fill[pool[event]]] = event
        fill[pool[event]] += 1
    for each in range(pools):
        first, last = start[each], start[each + 1]
        for place in range(first + 1, last):
            if instant[order[place]] < instant[order[place - 1]]:
                ours = order[first:last].copy()
                order[first:last] = ours[np.argsort(instant[ours], kind="mergesort")]
                break
    return order


@cache
def _compiled_deal() -> Callable[[Ints, Longs, int], Longs]:
    return kernel.compile_loop(deal)


def _order_by_id(
    connection: DuckDBPyConnection,
    order: Longs,
    places: Longs,
    row: Longs,
    identities: Sequence[str],
) -> None:
    """Put events of one pool and one instant in the order of their ids, in place."""
    is_tied = np.zeros(len(order), np.bool_)
    is_tied[places] = True
    is_tied[places + 1] = True
    members = np.flatnonzero(is_tied)
    starts = np.ones(len(members), np.bool_)
    follows = np.zeros(len(order) + 1, np.bool_)
    follows[places + 1] = True
    starts = ~follows[members]
    table = pa.table(
        {
            "place": members,
            "tie": np.cumsum(starts),
            "event": order[members],
            "row": row[order[members]],
        }
    )
    connection.register("usage_ties", table)
    try:
        every = " UNION ALL ".join(
            f"SELECT file, position, event_id, feed FROM ({each})" for each in identities
        )
        found = connection.execute(f"""
            WITH ties AS MATERIALIZED (
              SELECT t.tie, t.event, e.file, e.position
              FROM usage_ties AS t JOIN usage.tied AS e ON e.rowid = t.row
            )
            SELECT t.event FROM ties AS t
            JOIN ({every}) AS i ON i.file = t.file AND i.position = t.position
            ORDER BY t.tie, i.event_id, i.feed
        """).fetchnumpy()["event"]
    finally:
        connection.unregister("usage_ties")
    order[members] = np.asarray(found, np.int64)
