"""The order in which events are drawn: by pool, instant, id, feed.

Usage mostly comes in the order of time, so that a pool is sorted only where its events are out
of order.  What drawing and summing ask of an event stands side by side, so that they read memory
from front to end.  Ids, which are long, are read only for those events of one pool and one
instant whose order makes a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.parallel.parts import do_parts
from runtime.usage import loops, order_loops
from runtime.usage.kernel import BITS, EVENT, FIELDS, INSTANT, LOW, OWNER
from runtime.usage.tied import Tied

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Done = TypeVar("Done")

_LATE = 1 << 16
"""So many events of a pool may come after later ones for it to be sorted in one go."""

_NO_EVENT = -1
_BLOCK = 1 << 20
"""About so many places are looked at or sorted at once, which bounds the memory of it."""


@dataclass(frozen=True, slots=True)
class Order:
    """The rated events and the openings of some pools, pool by pool.

    Attributes:
        pool_start: of a pool, its first place; the next one's ends them.
        cells: the numbers of the places, as the kernel has them.
        of_period: of a usage period, its pool; what is no number of a pool here is of another
            order's.
    """

    pool_start: Longs
    cells: Longs
    of_period: Longs

    def __len__(self) -> int:
        return len(self.cells) // FIELDS

    @property
    def pools(self) -> int:
        """How many pools there are."""
        return len(self.pool_start) - 1

    def pool_of(self, places: Longs) -> Longs:
        """Give the pool that places are of."""
        return np.asarray(np.searchsorted(self.pool_start, places, "right") - 1)

    def blocks(self) -> Iterator[tuple[Longs, Longs]]:
        """Give the places that have events, and their numbers, a row each, block by block."""
        every = self.cells.reshape(-1, FIELDS)
        for begin in range(0, len(every), _BLOCK):
            own = every[begin : begin + _BLOCK]
            is_event = own[:, EVENT] >= 0
            if is_event.all():
                yield np.arange(begin, begin + len(own)), own
            else:
                yield begin + np.flatnonzero(is_event), own[is_event]

    def tell_tiers(self, tier: Ints) -> None:
        """Put the tier of the first piece of each event into its cell of `tier`."""
        for _, cells in self.blocks():
            tier[cells[:, EVENT] & LOW] = tier_of(cells)

    def at(self, places: Longs) -> Longs:
        """Give the numbers of places, a row each."""
        return self.cells.reshape(-1, FIELDS)[places]

    def take_out(self, pools: Longs) -> Order:
        """Give an order of some of the pools, whose places have no event here any more."""
        cells = self.cells.reshape(-1, FIELDS)
        begin, end = self.pool_start[pools], self.pool_start[pools + 1]
        cuts = list(zip(begin.tolist(), end.tolist(), strict=True))
        taken = np.concatenate([cells[first:last] for first, last in cuts])
        for first, last in cuts:
            cells[first:last, EVENT] = _NO_EVENT
        numbers = np.full(self.pools + 1, loops.NONE)
        numbers[pools] = np.arange(len(pools))
        is_own = (self.of_period >= 0) & (self.of_period < self.pools)
        of_period = numbers[np.where(is_own, self.of_period, self.pools)]
        return Order(np.append(0, np.cumsum(end - begin)), taken.reshape(-1), of_period)


def joined(orders: Sequence[Order]) -> Order:
    """Give orders of different pools as one."""
    of_period = np.full(len(orders[0].of_period), loops.NONE)
    starts, pools, places = [np.zeros(1, np.int64)], 0, 0
    for order in orders:
        own = np.flatnonzero(order.of_period >= 0)
        of_period[own] = order.of_period[own] + pools
        starts.append(order.pool_start[1:] + places)
        pools, places = pools + order.pools, places + len(order)
    cells = np.concatenate([order.cells for order in orders])
    return Order(np.concatenate(starts), cells, of_period)


def event_of(cells: Longs) -> Longs:
    """Give the events of places."""
    return cells[:, EVENT] & LOW


def row_of(cells: Longs) -> Longs:
    """Give the rows of pricing of places."""
    return (cells[:, EVENT] >> BITS) - 1


def period_of(cells: Longs) -> Longs:
    """Give the usage periods of places."""
    return cells[:, OWNER] & LOW


def tier_of(cells: Longs) -> Longs:
    """Give the tiers of the first pieces of places."""
    return (cells[:, OWNER] >> BITS) - 1


def sort_pools(order: Order, events: int) -> None:
    """Sort the pools that are out of order, openings before the events of their instant.

    events: how many there are in all, rated or not.
    """
    is_sorted = np.ones(order.pools, np.int8)
    late = np.empty(min(_LATE, len(order)) * FIELDS, np.int64)
    made = [order.cells, late, is_sorted]
    loops.runner(events)(order_loops.sort_pools, order.pools, [order.pool_start], made)
    wanted = np.flatnonzero(is_sorted == 0)
    if not len(wanted):
        return
    sizes = order.pool_start[wanted + 1] - order.pool_start[wanted]
    parts = np.split(wanted, np.flatnonzero(np.diff(np.cumsum(sizes) // _BLOCK)) + 1)
    rows = order.cells.reshape(-1, FIELDS)

    for own in parts:
        begin, size = order.pool_start[own], order.pool_start[own + 1] - order.pool_start[own]
        pool = np.repeat(np.arange(len(own)), size)
        place = np.arange(len(pool)) + (begin - np.cumsum(size) + size)[pool]
        ours = rows[place]
        rows[place] = ours[np.lexsort((ours[:, EVENT] >= 0, ours[:, INSTANT], pool))]


def run_pools(
    work: Callable[[int, int], Done], start: Longs, parts: int, threads: int
) -> list[Done]:
    """Run work on ranges of pools, of about as many events each, some side by side.

    Which ranges there are makes no difference to what is found; `start`: of `Order`.
    """
    pools = len(start) - 1
    ends = np.searchsorted(start, [int(start[-1]) * part // parts for part in range(1, parts)])
    cuts = list(pairwise([0, *(min(int(end), pools) for end in ends), pools]))
    return do_parts(lambda part: work(*cuts[part]), len(cuts), threads)


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
    cells = order.at(members)
    event, instant, pool = event_of(cells), cells[:, INSTANT], order.pool_of(members)
    starts = np.ones(len(members), np.bool_)
    starts[1:] = (pool[1:] != pool[:-1]) | (instant[1:] != instant[:-1])
    table = pa.table(
        {
            "tie": np.cumsum(starts),
            "member": np.arange(len(members)),
            "file": tied.file[event],
            "position": tied.position[event],
        }
    )
    connection.register("usage_ties", table)
    try:
        connection.execute("""
            CREATE OR REPLACE TABLE usage.ties AS
            SELECT tie, member, file::INTEGER AS file, position::BIGINT AS position FROM usage_ties
        """)
    finally:
        connection.unregister("usage_ties")
    every = " UNION ALL ".join(
        f"SELECT file, position, event_id, feed FROM ({each}) "
        "WHERE position IN (SELECT position FROM usage.ties)"
        for each in identities
    )
    found = connection.execute(f"""
        SELECT t.member FROM usage.ties AS t
        JOIN ({every}) AS i ON i.file = t.file AND i.position = t.position
        ORDER BY t.tie, i.event_id, i.feed
    """).fetchnumpy()["member"]
    connection.execute("DROP TABLE usage.ties")
    order.cells.reshape(-1, FIELDS)[members] = cells[found]
