"""From tied events to pieces: which of an event's units fell in which bucket tier.

Only events whose route goes through a bucket are drawn; the others are rated whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.parallel.steps import beside
from runtime.usage import kernel, sql
from runtime.usage.faults import UsageOverflow
from runtime.usage.kernel import QUANTITY
from runtime.usage.order import (
    Order,
    deal_events,
    event_of,
    order_by_id,
    period_of,
    row_of,
    run_pools,
    tier_of,
)
from runtime.usage.pools import Counters
from runtime.usage.stretches import Stretches, make_stretches, paths_of
from runtime.usage.tied import Tied

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_PARTS = 4
"""For each thread, so many ranges of pools are drawn: one of them may be long."""

_TOO_MUCH = "a bucket holds more than 2^63 - 1 steps in one bucket period"


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of the rated events, and what each tier of the counters holds.

    The places of the order know the tier of an event's first piece, which is what further
    ones leave of it.

    Attributes:
        order: the rated events, drawn.
        more_place: the place of a further piece, ascending; those of one event are in order.
        more_tier, more_quantity: of a further piece.
        more_counts: 1 where it is the first rated piece of its event.
        charge, template: of the counters' tiers, and behind them of NO_TIER.
        upper, used: of each tier, its bound after what rolled over, and what it gave.
    """

    order: Order
    more_place: Longs
    more_tier: Ints
    more_quantity: Longs
    more_counts: Longs
    charge: NDArray[np.int8]
    template: Ints
    upper: Longs
    used: Longs

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
        """Give the pieces at wanted templates, with the counter that the tier of each is of."""
        is_asked = is_wanted[self.template]
        more = np.flatnonzero(is_asked[self.more_tier])
        found = [(self.order.at(self.more_place[more]), self.more_tier[more].astype(np.int64))]
        quantities = [self.more_quantity[more]]
        for place, cells in self.order.blocks():
            tier = tier_of(cells)
            first = np.flatnonzero(is_asked[tier])
            if len(first):
                found.append((cells[first], tier[first]))
                quantities.append(self.first_quantity(place[first], cells[first, QUANTITY]))
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


@dataclass(slots=True)
class _Drawn:
    """What drawing leaves: of counters and tiers, and of the places of the order."""

    upper: Longs
    position: Longs
    current: Longs
    used: Longs
    is_unsure: NDArray[np.uint8]
    more: list[list[Longs]]


def draw_buckets(
    connection: DuckDBPyConnection,
    counters: Counters,
    routes: Sequence[tuple[int, ...]],
    tied: Tied,
    identities: Sequence[str],
) -> Pieces:
    """Draw the buckets for tied events; raise UsageOverflow past 2^63 - 1."""
    with beside(connection, make_stretches) as made:
        order = deal_events(connection, tied, counters)
    stretches = made.value
    given = _given(tied, sql.count(connection, "SELECT count(*) FROM usage.periods"), stretches)
    given += [*_paths(routes, stretches), counters.counter_tier, counters.lots, counters.cap]
    given += [counters.charge, counters.opened]
    pools = np.arange(len(order.pool_start) - 1)
    drawn = _Drawn(
        upper=counters.upper.copy(),
        position=np.zeros(len(counters.counter_tier) - 1, np.int64),
        current=counters.counter_tier[:-1].copy(),
        used=np.zeros(len(counters.upper), np.int64),
        is_unsure=np.zeros(len(order), np.uint8),
        more=[],
    )
    threads = sql.threads(connection)
    _draw(drawn, pools, order, given, len(tied), threads)
    settled = np.zeros(0, np.int64)
    while len(members := np.setdiff1d(np.flatnonzero(drawn.is_unsure), settled)):
        order_by_id(connection, order, tied, members, identities)
        settled = np.union1d(settled, members)
        again = np.unique(order.pool_of(members))
        _forget(drawn, again, order, counters)
        _draw(drawn, again, order, given, len(tied), threads)
    return _pieces(drawn, order, counters)


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


def _draw(
    drawn: _Drawn, pools: Longs, order: Order, given: list[Any], events: int, threads: int
) -> None:
    """Draw the events of some pools, which have not been drawn."""
    made: list[Any] = [drawn.upper, drawn.position, drawn.current, drawn.used, drawn.is_unsure]
    if events < kernel.COMPILED_FROM:
        lists = [each.tolist() for each in made]
        more: list[list[int]] = [[0] * (len(drawn.upper) + 1) for _ in range(4)]
        read = [each.tolist() for each in (pools, order.pool_start, order.cells, *given)]
        found = kernel.draw(0, len(pools), *read, *lists, *more)
        for array, filled in zip((order.cells, *made), (read[2], *lists), strict=True):
            array[:] = filled
        _keep_more(drawn, found, [np.array(each, np.int64) for each in more])
        return

    def work(first: int, last: int) -> tuple[int, list[Longs]]:
        room = len(drawn.upper) + 1
        more = [np.empty(room, np.int64) for _ in range(4)]
        arrays = (pools, order.pool_start, order.cells, *given, *made, *more)
        found = kernel.compiled_draw()(first, last, *arrays)
        return found, [each[: max(found, 0)].copy() for each in more]

    sizes = order.pool_start[pools + 1] - order.pool_start[pools]
    start = np.cumsum(np.append(0, sizes))
    for found, more_arrays in run_pools(work, start, _PARTS * threads, threads):
        _keep_more(drawn, found, more_arrays)


def _keep_more(drawn: _Drawn, found: int, more: list[Longs]) -> None:
    if found < 0:
        raise UsageOverflow(_TOO_MUCH)
    drawn.more.append([each[:found] for each in more])


def _forget(drawn: _Drawn, pools: Longs, order: Order, counters: Counters) -> None:
    """Undo what was drawn of some pools."""
    is_again = np.zeros(len(order.pool_start), np.bool_)
    is_again[pools] = True
    counter = is_again[order.of_period[counters.period]]
    tier = np.repeat(counter, np.diff(counters.counter_tier))
    drawn.upper[tier] = counters.upper[tier]
    drawn.used[tier] = 0
    drawn.position[counter] = 0
    drawn.current[counter] = counters.counter_tier[:-1][counter]
    for pool in pools.tolist():
        drawn.is_unsure[order.pool_start[pool] : order.pool_start[pool + 1]] = 0
    for number, more in enumerate(drawn.more):
        kept = ~is_again[order.pool_of(more[0])]
        drawn.more[number] = [each[kept] for each in more]


def _pieces(drawn: _Drawn, order: Order, counters: Counters) -> Pieces:
    columns = [np.concatenate(each) for each in zip(*drawn.more, strict=True)]
    # What was drawn again stands behind; pieces of one place are in their order.
    by_place = np.argsort(columns[0], kind="stable")
    place, tier, quantity, counts = (each[by_place] for each in columns)
    return Pieces(
        order=order,
        more_place=place,
        more_tier=tier.astype(np.int32),
        more_quantity=quantity,
        more_counts=counts,
        charge=np.append(counters.charge, np.int8(kernel.RATED)),
        template=np.append(counters.template, np.int32(kernel.NO_TIER)),
        upper=drawn.upper,
        used=drawn.used,
    )
