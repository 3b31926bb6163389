"""Events dealt to their pools, a range of pools at a time.

Events are listed by range, so that only those of the ranges at hand are kept twice.  They are
dealt to heaps of pools first, and a heap is then arranged at once: of places all over the memory,
each would be waited for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.parallel.parts import do_parts
from runtime.usage import loops, order_loops, sql
from runtime.usage.kernel import EVENT, FIELDS, INSTANT
from runtime.usage.loops import Array
from runtime.usage.order import Order, sort_pools
from runtime.usage.pools import Counters
from runtime.usage.tied import Tied

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_HEAP = 1 << 16
"""About so many places are a heap."""

_RANGES = 12
"""At most so many ranges."""

_RANGE = 1 << 17
"""A range has at least so many places."""

_NO_RANGE = 255


@dataclass(frozen=True, slots=True)
class Pools:
    """The pools of a run, and how its events are dealt to them.

    Usage periods that are rated together are one pool.

    Attributes:
        numbers: of these pools among those of the run, ascending.
        start: of a pool, where its places begin among those of all; the next one's ends them.
        of_period: of a usage period, its pool; NONE where that is not one of these.
        heaps: of a heap, its first pool, and the end.
        sizes: of a heap, how many rated events there are.
        ranges: of a range, its first heap, and the end.
        heap_and_period: of a segment, and at the end of none, two numbers.
        listed: the rated events of these pools, range after range, in their order.
        listed_start: of a range, where its events begin in `listed`; the next one's ends them.
        opened: the openings of these pools by their pool, as numbers of the counters' `opened`.
        opened_pool: the pool of each.
    """

    numbers: Longs
    start: Longs
    of_period: Longs
    heaps: Longs
    sizes: Longs
    ranges: Longs
    heap_and_period: Ints
    listed: Array
    listed_start: Longs
    opened: Longs
    opened_pool: Longs

    def __len__(self) -> int:
        return len(self.ranges) - 1

    def pools_of(self, number: int) -> tuple[int, int]:
        """Give the first pool of a range, and the end."""
        first, last = self.heaps[self.ranges[number : number + 2]].tolist()
        return first, last

    @property
    def most(self) -> int:
        """How many places the largest range has."""
        return int(np.diff(self.start[self.heaps[self.ranges]]).max(initial=0))


def make_pools(connection: DuckDBPyConnection, tied: Tied, counters: Counters) -> Pools:
    """Give the pools of usage.periods, and the heaps and ranges that they are dealt in."""
    number = np.asarray(
        connection.execute(
            "SELECT coalesce(number, -1) AS number FROM usage.periods ORDER BY period"
        ).fetchnumpy()["number"]
    )
    groups = int(number.max(initial=-1)) + 1
    known, pool_of = np.unique(
        np.where(number < 0, groups + np.arange(len(number)), number), return_inverse=True
    )
    opened_pool = np.searchsorted(known, counters.opened_group)
    numbers = np.arange(len(known))
    return _pools(tied, numbers, pool_of, opened_pool, sql.threads(connection))


def some_pools(pools: Pools, numbers: Longs, tied: Tied, threads: int) -> Pools:
    """Give some of the pools; `numbers`: among those of the run, ascending."""
    wanted = np.searchsorted(pools.numbers, numbers)
    number = np.full(len(pools.start) - 1, loops.NONE)
    number[wanted] = np.arange(len(wanted))
    opened_pool = np.full(int(pools.opened.max(initial=-1)) + 1, loops.NONE)
    opened_pool[pools.opened] = number[pools.opened_pool]
    of_period = np.append(number, loops.NONE)[pools.of_period]
    return _pools(tied, numbers, of_period, opened_pool, threads)


def _pools(tied: Tied, numbers: Longs, of_period: Longs, opened_pool: Longs, threads: int) -> Pools:
    """Give pools of these numbers; `of_period`, `opened_pool`: of a period and an opening."""
    size = len(numbers)
    of_segment = np.append(of_period, loops.NONE)[tied.period_of]
    parts = loops.sharing(len(tied), threads)
    counts = np.where(of_segment == loops.NONE, 0, tied.count(0, len(tied), parts))
    opened = np.argsort(opened_pool, kind="stable")
    opened = opened[opened_pool[opened] != loops.NONE]
    every = counts.sum(axis=0)
    sizes = _by(of_segment, every, size) + np.bincount(opened_pool[opened], minlength=size)
    start = np.concatenate([[0], np.cumsum(sizes)])
    heaps = _heaps(start)
    cuts = _ranges(start[heaps])
    heap_of = np.searchsorted(heaps, np.arange(size), "right") - 1
    range_of = np.append(np.searchsorted(cuts, heap_of, "right") - 1, _NO_RANGE)[of_segment]
    heap_of = np.append(heap_of, loops.NONE)[of_segment]
    listed, listed_start = _listed(tied, range_of, counts, len(cuts) - 1)
    return Pools(
        numbers=numbers,
        start=start,
        of_period=of_period,
        heaps=heaps,
        sizes=_by(heap_of, every, len(heaps) - 1),
        ranges=cuts,
        heap_and_period=np.stack([heap_of, tied.period_of], axis=1).astype(np.int32).ravel(),
        listed=listed,
        listed_start=listed_start,
        opened=opened,
        opened_pool=opened_pool[opened],
    )


def _listed(tied: Tied, range_of: Longs, counts: Longs, ranges: int) -> tuple[Array, Longs]:
    """List the rated events by their range of pools; also give where each range begins.

    `counts`: of each part of the events and each segment, how many are wanted.
    """
    sizes = np.stack([_by(range_of, own, ranges) for own in counts], axis=1)
    ends = np.cumsum(sizes).reshape(sizes.shape)
    fill = ends - sizes
    cuts = loops.cut(len(tied), len(counts))
    is_short = len(tied) < np.iinfo(np.int32).max
    listed = np.empty(int(sizes.sum()), np.int32 if is_short else np.int64)
    run, in_few_bytes = loops.runner(len(tied)), range_of.astype(np.uint8)

    def work(part: int) -> None:
        own = slice(cuts[part], cuts[part + 1])
        given = [tied.segment[own], tied.reason[own], in_few_bytes, np.array([own.start])]
        run(order_loops.list_events, own.stop - own.start, given, [fill[:, part].copy(), listed])

    do_parts(work, len(counts), len(counts))
    return listed, np.append(np.zeros(1, np.int64), ends[:, -1])


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


def _ranges(start: Longs) -> Longs:
    """Cut heaps, of which the places begin there, into ranges of about as many places each.

    Which ranges there are makes no difference to what is found.
    """
    places = int(start[-1])
    parts = min(max(places // _RANGE, 1), _RANGES)
    cuts = np.searchsorted(start, [places * part // parts for part in range(1, parts)])
    found = np.unique(np.concatenate([[0], cuts, [len(start) - 1]]))
    return found if len(found) > 1 else np.zeros(2, np.int64)


def deal_range(pools: Pools, number: int, tied: Tied, counters: Counters, room: Longs) -> Order:
    """Put the rated events and the openings of a range of pools in order by pool and time.

    An opening comes before the events of its instant.

    Args:
        pools: of all events.
        number: of the range.
        tied: all events.
        counters: whose openings they are.
        room: for the numbers of the places, at least so many.
    """
    run = loops.runner(len(tied))
    first, last = pools.pools_of(number)
    start = pools.start[first : last + 1] - pools.start[first]
    order = Order(start, room[: FIELDS * int(start[-1])], pools.of_period - first)
    begin, end = pools.ranges[number : number + 2].tolist()
    heaps, sizes = pools.heaps[begin : end + 1] - first, pools.sizes[begin:end]
    listed = pools.listed[slice(*pools.listed_start[number : number + 2])]
    given = [listed, tied.segment, tied.row, tied.instant, tied.quantity]
    given += [pools.heap_and_period, np.array([begin], np.int64)]
    run(order_loops.deal, len(listed), given, [start[heaps[:-1]], order.cells])
    wanted = np.flatnonzero(np.diff(heaps) > 1)
    spare = np.empty(FIELDS * int(sizes[wanted].max(initial=0)), np.int64)
    given = [wanted, heaps, start, order.of_period, sizes]
    run(order_loops.arrange, len(wanted), given, [start[:-1].copy(), spare, order.cells])
    _put_openings(order, pools, first, counters)
    sort_pools(order, len(tied))
    return order


def _put_openings(order: Order, pools: Pools, first: int, counters: Counters) -> None:
    """Put openings behind the events of their pools, of which `first` is the order's first."""
    begin, end = np.searchsorted(pools.opened_pool, [first, first + order.pools])
    ours, opened = pools.opened_pool[begin:end] - first, pools.opened[begin:end]
    fill = order.pool_start[1:] - np.bincount(ours, minlength=order.pools)
    place = fill[ours] + np.arange(len(ours)) - np.searchsorted(ours, ours)
    rows = order.cells.reshape(-1, FIELDS)
    rows[place] = 0
    rows[place, INSTANT] = counters.opened_instant[opened]
    rows[place, EVENT] = -1 - opened
