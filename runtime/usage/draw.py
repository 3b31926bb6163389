"""From tied events to pieces: which of an event's units fell in which bucket tier.

Only events whose route goes through a bucket are drawn; the others are rated whole.  A range of
pools is dealt, drawn and used up before the next one, so that few events are kept twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Generic, TypeVar

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.parallel.parts import do_parts
from runtime.usage import kernel, loops, sql
from runtime.usage.deal import Pools, deal_range, make_pools, some_pools
from runtime.usage.faults import UsageOverflow
from runtime.usage.kernel import FIELDS, QUANTITY
from runtime.usage.order import Order, event_of, period_of, row_of, tier_of
from runtime.usage.pools import Counters
from runtime.usage.stretches import Stretches, paths_of
from runtime.usage.tied import Tied
from runtime.usage.ties import ById, Ties, joined, no_ids, order_by_id, ties_of

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Made = TypeVar("Made")

_TOO_MUCH = "a bucket holds more than 2^63 - 1 steps in one bucket period"


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of the rated events of some pools.

    The places of the order know the tier of an event's first piece, which is what further
    ones leave of it.

    Attributes:
        order: the rated events, drawn.
        more_place: the place of a further piece, ascending; those of one event are in order.
        more_tier, more_quantity: of a further piece.
        more_counts: 1 where it is the first rated piece of its event.
        charge, template: of the counters' tiers, and behind them of NO_TIER.
    """

    order: Order
    more_place: Longs
    more_tier: Ints
    more_quantity: Longs
    more_counts: Longs
    charge: NDArray[np.int8]
    template: Ints

    @property
    def more_event(self) -> Longs:
        """Give the event of each further piece."""
        return event_of(self.order.at(self.more_place))

    def first_quantity(self, place: Longs, quantity: Longs) -> Longs:
        """Give what the first pieces at some places, which ascend, are of."""
        first, last = np.searchsorted(self.more_place, [place[0], place[-1] + 1])
        more = slice(first, last)
        found = np.searchsorted(place, self.more_place[more])
        is_of = place[np.minimum(found, len(place) - 1)] == self.more_place[more]
        left = quantity.copy()
        np.subtract.at(left, found[is_of], self.more_quantity[more][is_of])
        return left

    def by_counter(self, counter_tier: Longs, is_wanted: NDArray[np.bool_]) -> pa.Table:
        """Give the pieces at wanted templates, with the counter that the tier of each is of.

        `is_wanted`: of a template; at the end, of none, it is not.
        """
        is_asked = is_wanted[self.template]
        more = np.flatnonzero(is_asked[self.more_tier])
        found = [(self.order.at(self.more_place[more]), self.more_tier[more].astype(np.int64))]
        quantities = [self.more_quantity[more]]
        for place, tier in self.order.in_tiers(is_asked):
            cells = self.order.at(place)
            found.append((cells, tier))
            quantities.append(self.first_quantity(place, cells[:, QUANTITY]))
        tiers = np.concatenate([tier for _, tier in found])
        return pa.table(
            {
                "period": np.concatenate([period_of(cells) for cells, _ in found]),
                "counter": np.searchsorted(counter_tier, tiers, "right") - 1,
                "quantity": np.concatenate(quantities),
            }
        )

    def rows(self, tied: Tied, is_wanted: NDArray[np.bool_]) -> pa.Table:
        """Give the pieces of drawn events at wanted prices; `row` is of the tied ones."""
        drawn = (tied.route_of > 0) & is_wanted[tied.price_of]
        cells = self.order.at(self.more_place)
        more = np.flatnonzero(drawn[row_of(cells)])
        found = [cells[more]]
        tiers = [self.more_tier[more].astype(np.int64)]
        numbers = [_numbers(self.more_place)[more]]
        quantities, counts = [self.more_quantity[more]], [self.more_counts[more]]
        for place, cells in self.order.blocks():
            first = np.flatnonzero(drawn[row_of(cells)])
            if len(first):
                tier = tier_of(cells[first])
                found.append(cells[first])
                tiers.append(tier)
                numbers.append(np.zeros(len(first), np.int64))
                quantities.append(self.first_quantity(place[first], cells[first, QUANTITY]))
                counts.append((self.charge[tier] == kernel.RATED).astype(np.int64))
        every = np.concatenate(found)
        return pa.table(
            {
                "row": event_of(every),
                "number": np.concatenate(numbers),
                "period": period_of(every),
                "price": tied.price_of[row_of(every)],
                "template": self.template[np.concatenate(tiers)],
                "quantity": np.concatenate(quantities),
                "counts": np.concatenate(counts),
            }
        )


def _numbers(more: Longs) -> Longs:
    """Number an event's pieces after the first, which stand together, from 1."""
    if not len(more):
        return np.zeros(0, np.int64)
    place = np.arange(len(more))
    is_new = np.append(True, more[1:] != more[:-1])
    return place - np.maximum.accumulate(np.where(is_new, place, 0)) + 1


@dataclass(frozen=True, slots=True)
class Drawn(Generic[Made]):
    """What drawing leaves.

    Attributes:
        upper, used: of each tier of the counters, its bound after what rolled over, and what
            it gave.
        made: what was made of the pieces, range after range of pools.
    """

    upper: Longs
    used: Longs
    made: list[Made]


@dataclass(frozen=True, slots=True)
class _Kernel:
    """What the kernel reads and changes, whichever pools it draws.

    Attributes:
        tied: all events.
        given: what it reads of rows, usage periods, stretches and counters.
        charge, template: of the counters' tiers, and behind them of NO_TIER.
        upper, used: of the counters' tiers.
        position, current: of the counters.
    """

    tied: Tied
    counters: Counters
    given: list[Any]
    charge: NDArray[np.int8]
    template: Ints
    upper: Longs
    position: Longs
    current: Longs
    used: Longs

    def pieces(self, places: _Places, order: Order) -> Pieces:
        """Give the pieces of an order's events, which are drawn."""
        place, tier, quantity, counts = places.more
        return Pieces(
            order=order,
            more_place=place,
            more_tier=tier.astype(np.int32),
            more_quantity=quantity,
            more_counts=counts,
            charge=self.charge,
            template=self.template,
        )


@dataclass(slots=True)
class _Places:
    """What drawing tells of the places of an order, but for their first pieces.

    Attributes:
        is_unsure: 1 where another order of events of one instant could give other pieces.
        more: the place, tier, quantity and count of the further pieces, by place.
    """

    is_unsure: NDArray[np.uint8]
    more: list[Longs]

    def leave_out(self, pools: Longs, order: Order) -> None:
        """Have no pieces in some pools of their order any more."""
        order.leave_out(pools)
        kept = ~np.isin(order.pool_of(self.more[0]), pools)
        self.more = [each[kept] for each in self.more]


def draw_buckets(
    connection: DuckDBPyConnection,
    counters: Counters,
    stretches: Stretches,
    routes: Sequence[tuple[int, ...]],
    tied: Tied,
    identities: Sequence[str],
    use: Callable[[Pieces], Made],
) -> Drawn[Made]:
    """Draw the buckets for tied events, and make of the pieces what is asked.

    Pools in which ids turn out to make a difference are drawn again, by ids, until none is left.

    Args:
        connection: where the tables are.
        counters: of the buckets.
        stretches: of the usage periods, which say what is drawn when.
        routes: the buckets that events may be drawn from.
        tied: the events.
        identities: relations of file, position, event_id, feed; together they have each event.
        use: makes what is wanted of the pieces of some pools, side by side with others; must
            not keep them.  Each event is in one of them.

    Raises UsageOverflow past 2^63 - 1.
    """
    job = _kernel(connection, counters, stretches, routes, tied)
    pools = make_pools(connection, tied, counters)
    threads = loops.sharing(len(tied), sql.threads(connection))
    made: list[Made] = []
    by_id = no_ids()
    while True:
        found, ties = _draw_pools(job, pools, by_id, use, threads)
        made += found
        if not len(ties):
            return Drawn(upper=job.upper, used=job.used, made=made)
        by_id = by_id.and_also(order_by_id(connection, ties, tied, identities))
        pools = some_pools(pools, np.unique(ties.pool), tied, threads)


def _kernel(
    connection: DuckDBPyConnection,
    counters: Counters,
    stretches: Stretches,
    routes: Sequence[tuple[int, ...]],
    tied: Tied,
) -> _Kernel:
    periods = sql.count(connection, "SELECT count(*) FROM usage.periods")
    given = _given(tied, periods, stretches)
    given += [*_paths(routes, stretches), counters.counter_tier, counters.lots, counters.cap]
    given += [counters.charge, counters.opened]
    return _Kernel(
        tied=tied,
        counters=counters,
        given=given,
        charge=np.append(counters.charge, np.int8(kernel.RATED)),
        template=np.append(counters.template, np.int32(kernel.NO_TIER)),
        upper=counters.upper.copy(),
        position=np.zeros(len(counters.counter_tier) - 1, np.int64),
        current=counters.counter_tier[:-1].copy(),
        used=np.zeros(len(counters.upper), np.int64),
    )


def _draw_pools(
    job: _Kernel, pools: Pools, by_id: ById, use: Callable[[Pieces], Made], threads: int
) -> tuple[list[Made], Ties]:
    """Draw pools, range after range, but those in which ids make a difference that is not known.

    Gives what is made of the pieces, and the ties of those that are left out.
    """
    rooms: list[Longs] = []  # each range has what one before it has left

    def work(part: int) -> tuple[Made, Ties]:
        try:
            room = rooms.pop()
        except IndexError:
            room = np.empty(FIELDS * pools.most, np.int64)
        order = deal_range(pools, part, job.tied, job.counters, room)
        numbers = pools.numbers[slice(*pools.pools_of(part))]
        settled = by_id.put(order, numbers)
        places = _draw(job, order)
        members = np.setdiff1d(np.flatnonzero(places.is_unsure), settled, assume_unique=True)
        ties = ties_of(order, numbers, members)
        if len(ties):
            places.leave_out(np.unique(order.pool_of(members)), order)
        made = use(job.pieces(places, order))
        rooms.append(room)
        return made, ties

    found = do_parts(work, len(pools), threads)
    ties = joined([each for _, each in found])
    if len(ties):
        _forget(job, pools, np.unique(ties.pool))
    return [made for made, _ in found], ties


def _given(tied: Tied, periods: int, stretches: Stretches) -> list[Any]:
    """Give what the kernel reads of rows and usage periods."""
    return [
        np.append(0, tied.route_of),
        np.searchsorted(stretches.period, np.arange(periods + 1)),
        *(stretches.instant, stretches.base),
    ]


def _paths(routes: Sequence[tuple[int, ...]], stretches: Stretches) -> list[Any]:
    """Give what the kernel reads of the paths of stretches and routes, and the links."""
    path_of, paths = paths_of(routes, stretches.profiles)
    return [
        *(stretches.profile * len(routes), path_of),
        np.array([0, *accumulate(len(each) for each in paths)], np.int64),
        np.array([number for each in paths for number in each], np.int64),
        stretches.links,
    ]


def _draw(job: _Kernel, order: Order) -> _Places:
    """Draw the events of an order's pools, which have not been drawn."""
    is_unsure = np.zeros(len(order), np.uint8)
    made: list[Any] = [job.upper, job.position, job.current, job.used, is_unsure]
    pools = np.arange(order.pools)
    if len(job.tied) < kernel.COMPILED_FROM:
        lists = [each.tolist() for each in made]
        room = len(job.upper) + 1
        more: list[list[int]] = [[0] * room for _ in range(4)]
        read = [each.tolist() for each in (pools, order.pool_start, order.cells, *job.given)]
        found = kernel.draw(0, len(pools), *read, *lists, *more)
        for array, filled in zip((order.cells, *made), (read[2], *lists), strict=True):
            array[:] = filled
        columns = [np.array(each, np.int64) for each in more]
    else:
        columns = [np.empty(len(job.upper) + 1, np.int64) for _ in range(4)]
        arrays = (pools, order.pool_start, order.cells, *job.given, *made, *columns)
        found = kernel.compiled_draw()(0, len(pools), *arrays)
    if found < 0:
        raise UsageOverflow(_TOO_MUCH)
    return _Places(is_unsure, [each[:found].copy() for each in columns])


def _forget(job: _Kernel, pools: Pools, numbers: Longs) -> None:
    """Undo what was drawn of some of the pools, by their numbers among all."""
    counters = job.counters
    is_again = np.append(np.isin(pools.numbers, numbers), False)  # at the end where it is none
    counter = is_again[pools.of_period[counters.period]]
    tier = np.repeat(counter, np.diff(counters.counter_tier))
    job.upper[tier] = counters.upper[tier]
    job.used[tier] = 0
    job.position[counter] = 0
    job.current[counter] = counters.counter_tier[:-1][counter]
