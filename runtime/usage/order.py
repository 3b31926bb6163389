"""The order in which events are drawn: by pool, instant, id, feed.

Usage mostly comes in the order of time.  So events are dealt to their pools as they come,
and a pool is sorted only where its events are out of order.  They are dealt to heaps of pools
first, and a heap is then arranged at once: of places all over the memory, each would be waited
for.  What drawing and summing ask of
an event goes along, so that they read memory from front to end.  Ids, which are long, are read
only for those events of one pool and one instant whose order makes a difference.
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
from runtime.usage import kernel, loops, order_loops, sql
from runtime.usage.kernel import BITS, EVENT, FIELDS, INSTANT, LOW, OWNER
from runtime.usage.pools import Counters
from runtime.usage.tied import Tied

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Done = TypeVar("Done")

_LATE = 1 << 16
"""So many events of a pool may come after later ones for it to be sorted in one go."""

_HEAP = 1 << 16
"""About so many places are a heap."""

_BLOCK = 1 << 20
"""About so many places are looked at or sorted at once, which bounds the memory of it."""


@dataclass(frozen=True, slots=True)
class Order:
    """The rated events and the openings, pool by pool.

    Attributes:
        pool_start: of a pool, its first place; the next one's ends them.
        cells: the numbers of the places, as the kernel has them.
        of_period: of a usage period, its pool.
    """

    pool_start: Longs
    cells: Longs
    of_period: Longs

    def __len__(self) -> int:
        return len(self.cells) // FIELDS

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

    def tiers(self, events: int) -> Ints:
        """Give the tier of the first piece of each of so many events, NO_TIER where none."""
        tier = np.full(events, kernel.NO_TIER, np.int32)
        for _, cells in self.blocks():
            tier[cells[:, EVENT] & LOW] = tier_of(cells)
        return tier

    def at(self, places: Longs) -> Longs:
        """Give the numbers of places, a row each."""
        return self.cells.reshape(-1, FIELDS)[places]


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


def deal_events(connection: DuckDBPyConnection, tied: Tied, counters: Counters) -> Order:
    """Put the rated events, and the openings, in order by their pool and time.

    Usage periods that are rated together are one pool.  An opening comes before the events
    of its instant.
    """
    number = np.asarray(
        connection.execute(
            "SELECT coalesce(number, -1) AS number FROM usage.periods ORDER BY period"
        ).fetchnumpy()["number"]
    )
    groups = int(number.max(initial=-1)) + 1
    known, pool_of = np.unique(
        np.where(number < 0, groups + np.arange(len(number)), number), return_inverse=True
    )
    of_segment = np.append(pool_of, NO_POOL)[tied.period_of]
    threads = loops.sharing(len(tied), sql.threads(connection))
    counts = tied.count(0, len(tied), threads)
    opened_pool = np.searchsorted(known, counters.opened_group)
    opened = np.bincount(opened_pool, minlength=len(known))
    start = np.concatenate(
        [[0], np.cumsum(_by(of_segment, counts.sum(axis=0), len(known)) + opened)]
    )
    heaps = _heaps(start)
    order = Order(start, np.empty(FIELDS * int(start[-1]), np.int64), pool_of)
    heap_of = np.append(np.searchsorted(heaps, np.arange(len(known)), "right") - 1, NO_POOL)
    sizes = np.array([_by(heap_of[of_segment], each, len(heaps) - 1) for each in counts])
    fill = start[heaps[:-1]] + np.cumsum(sizes, axis=0) - sizes
    _deal(tied, heap_of[of_segment], fill, order.cells, threads)
    _arrange(order, heaps, sizes.sum(axis=0), len(tied), threads)
    _put_openings(order.cells, start[1:] - opened, opened_pool, counters.opened_instant)
    sort_pools(order, len(tied), threads)
    return order


NO_POOL = -1


def _by(of: Longs, counts: Longs, size: int) -> Longs:
    """Add counts up by what they are of: one of so many."""
    found, counted = np.zeros(size, np.int64), np.flatnonzero(counts)
    np.add.at(found, of[counted], counts[counted])
    return found


def _heaps(start: Longs) -> Longs:
    """Cut pools into heaps that a processor keeps at hand; give where each begins, and the end.

    A pool that is larger is a heap of its own, or the end of one.
    """
    every = np.unique(np.searchsorted(start[1:], np.arange(0, start[-1], _HEAP), "right"))
    large = np.flatnonzero(np.diff(start) > _HEAP)
    return np.unique(np.concatenate([[0], every, large, large + 1, [len(start) - 1]]))


def _deal(tied: Tied, heap_of: Longs, fill: Longs, cells: Longs, threads: int) -> None:
    """Deal events to places from `fill` on, which is of a part of the events and a heap."""
    cuts = loops.cut(len(tied), len(fill))
    run = loops.runner(len(tied))
    tables = [heap_of, np.asarray(tied.period_of, np.int64)]
    names = ("segment", "row", "reason", "instant", "quantity")

    def work(part: int) -> None:
        own = slice(cuts[part], cuts[part + 1])
        given = [getattr(tied, name)[own] for name in names]
        base = np.array([own.start], np.int64)
        made = [fill[part], cells]
        run(order_loops.deal, own.stop - own.start, [*given, *tables, base], made)

    do_parts(work, len(cuts) - 1, threads)


def _arrange(order: Order, heaps: Longs, sizes: Longs, events: int, threads: int) -> None:
    """Put the events of heaps, so many each, into their pools; `events`: in all, rated or not."""
    run, fill = loops.runner(events), order.pool_start[:-1].copy()
    wanted = np.flatnonzero(np.diff(heaps) > 1)
    most = int(sizes[wanted].max(initial=0))

    def work(part: int) -> None:
        spare = np.empty(FIELDS * most, np.int64)
        own = wanted[cuts[part] : cuts[part + 1]]
        given = [own, heaps, order.pool_start, order.of_period, sizes]
        run(order_loops.arrange, len(own), given, [fill, spare, order.cells])

    cuts = loops.cut(len(wanted), threads)
    do_parts(work, threads, threads)


def _put_openings(cells: Longs, fill: Longs, pool: Longs, instant: Longs) -> None:
    """Put openings behind the events of their pools."""
    by_pool = np.argsort(pool, kind="stable")
    ours = pool[by_pool]
    place = fill[ours] + np.arange(len(ours)) - np.searchsorted(ours, ours)
    rows = cells.reshape(-1, FIELDS)
    rows[place] = 0
    rows[place, INSTANT] = instant[by_pool]
    rows[place, EVENT] = -1 - by_pool


def sort_pools(order: Order, events: int, threads: int) -> None:
    """Sort the pools that are out of order, openings before the events of their instant."""
    pools = len(order.pool_start) - 1
    run, threads = loops.runner(events), loops.sharing(events, threads)
    is_sorted = np.ones(pools, np.int8)

    def look(first: int, last: int) -> None:
        late = np.empty(min(_LATE, events) * FIELDS, np.int64)
        given = [order.pool_start[first : last + 1]]
        run(order_loops.sort_pools, last - first, given, [order.cells, late, is_sorted[first:last]])

    run_pools(look, order.pool_start, threads, threads)
    wanted = np.flatnonzero(is_sorted == 0)
    if not len(wanted):
        return
    sizes = order.pool_start[wanted + 1] - order.pool_start[wanted]
    parts = np.split(wanted, np.flatnonzero(np.diff(np.cumsum(sizes) // _BLOCK)) + 1)
    rows = order.cells.reshape(-1, FIELDS)

    def work(part: int) -> None:
        own = parts[part]
        begin, size = order.pool_start[own], order.pool_start[own + 1] - order.pool_start[own]
        pool = np.repeat(np.arange(len(own)), size)
        place = np.arange(len(pool)) + (begin - np.cumsum(size) + size)[pool]
        ours = rows[place]
        rows[place] = ours[np.lexsort((ours[:, EVENT] >= 0, ours[:, INSTANT], pool))]

    do_parts(work, len(parts), threads)


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
