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

from runtime.usage import kernel, sql
from runtime.usage.faults import UsageOverflow
from runtime.usage.order import Order, deal_events, order_by_id, run_pools
from runtime.usage.pools import Counters
from runtime.usage.stretches import Stretches, make_stretches, paths_of
from runtime.usage.tied import Tied

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_TOO_MUCH = "a bucket holds more than 2^63 - 1 steps in one bucket period"


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of the tied events, and what each tier of the counters holds.

    Attributes:
        tier: of each event, the counters' tier of its first piece; NO_TIER where none.
        more_event: of a further piece; those of one event stand together, in order.
        more_tier, more_quantity: of a further piece.
        more_counts: 1 where it is the first rated piece of its event.
        charge, template: of the counters' tiers, and behind them of NO_TIER.
        upper, used: of each tier, its bound after what rolled over, and what it gave.
    """

    tier: Ints
    more_event: Ints
    more_tier: Ints
    more_quantity: Longs
    more_counts: Longs
    charge: Longs
    template: Ints
    upper: Longs
    used: Longs

    def first_quantity(self, tied: Tied, event: Longs) -> Longs:
        """Give what the first pieces of some events, which ascend, are of."""
        quantity = tied.quantity[event]
        if len(event):
            place = np.minimum(np.searchsorted(event, self.more_event), len(event) - 1)
            is_of = event[place] == self.more_event
            np.subtract.at(quantity, place[is_of], self.more_quantity[is_of])
        return quantity

    def by_counter(self, tied: Tied, counter_tier: Longs, is_wanted: NDArray[np.bool_]) -> pa.Table:
        """Give the pieces at wanted templates, with the counter that the tier of each is of."""
        is_asked = is_wanted[self.template]
        first, more = np.flatnonzero(is_asked[self.tier]), np.flatnonzero(is_asked[self.more_tier])
        tier = np.concatenate([self.tier[first], self.more_tier[more]])
        return pa.table(
            {
                "period": tied.period[np.concatenate([first, self.more_event[more]])],
                "counter": np.searchsorted(counter_tier, tier, "right") - 1,
                "quantity": np.concatenate(
                    [self.first_quantity(tied, first), self.more_quantity[more]]
                ),
            }
        )

    def rows(self, tied: Tied, is_wanted: NDArray[np.bool_]) -> pa.Table:
        """Give the pieces of drawn events at wanted prices; `row` is of the tied ones."""
        first = np.flatnonzero(tied.is_rated & (tied.route > 0) & is_wanted[tied.price])
        more = np.flatnonzero(is_wanted[tied.price[self.more_event]])
        event = np.concatenate([first, self.more_event[more]])
        tier = np.concatenate([self.tier[first], self.more_tier[more]])
        number = np.concatenate([np.zeros(len(first), np.int64), _numbers(self.more_event)[more]])
        quantity = [self.first_quantity(tied, first), self.more_quantity[more]]
        counts = [self.charge[self.tier[first]] == kernel.RATED, self.more_counts[more]]
        return pa.table(
            {
                "row": event,
                "number": number,
                "period": tied.period[event],
                "price": tied.price[event],
                "template": self.template[tier],
                "quantity": np.concatenate(quantity),
                "counts": np.concatenate(counts).astype(np.int64),
            }
        )


def _numbers(more: Ints) -> Longs:
    """Number an event's pieces after the first, which stand together, from 1."""
    if not len(more):
        return np.zeros(0, np.int64)
    place = np.arange(len(more))
    is_new = np.append(True, more[1:] != more[:-1])
    return place - np.maximum.accumulate(np.where(is_new, place, 0)) + 1


@dataclass(slots=True)
class _Drawn:
    """What drawing leaves: of counters and tiers, of events, and of the places of the order."""

    upper: Longs
    position: Longs
    current: Longs
    used: Longs
    tier: Ints
    is_unsure: NDArray[np.uint8]
    more: list[tuple[Longs, Ints, Longs, Longs]]


def draw_buckets(
    connection: DuckDBPyConnection,
    counters: Counters,
    routes: Sequence[tuple[int, ...]],
    tied: Tied,
    identities: Sequence[str],
) -> Pieces:
    """Draw the buckets for tied events; raise UsageOverflow past 2^63 - 1."""
    stretches = make_stretches(connection)
    order = deal_events(connection, tied, counters)
    given = _given(order, tied, stretches, routes, counters)
    pools = np.flatnonzero(np.diff(order.pool_start))
    places, tiers = len(order.events), len(counters.upper)
    drawn = _Drawn(
        upper=counters.upper.copy(),
        position=np.zeros(len(counters.counter_tier) - 1, np.int64),
        current=counters.counter_tier[:-1].copy(),
        used=np.zeros(tiers, np.int64),
        tier=np.full(len(tied), kernel.NO_TIER, np.int32),
        is_unsure=np.zeros(places, np.uint8),
        more=[],
    )
    threads = sql.threads(connection)
    _draw(drawn, pools, order, given, len(tied), threads)
    is_settled = np.zeros(places, np.bool_)
    while len(members := np.flatnonzero((drawn.is_unsure == 1) & ~is_settled)):
        order_by_id(connection, order, tied, members, identities)
        is_settled[members] = True
        found = order.pool_of[tied.period[order.events[members]]]
        again = np.unique(found).astype(np.int64)
        _forget(drawn, again, order, counters)
        _draw(drawn, again, order, given, len(tied), threads)
    return _pieces(drawn, order, counters)


def _given(
    order: Order,
    tied: Tied,
    stretches: Stretches,
    routes: Sequence[tuple[int, ...]],
    counters: Counters,
) -> list[Any]:
    """Give what the kernel reads, from `order` on."""
    path_of, paths = paths_of(routes, stretches.profiles)
    return [
        *(order.events, tied.period, tied.instant, tied.route, tied.quantity),
        np.searchsorted(stretches.period, np.arange(len(order.pool_of) + 1)),
        *(stretches.instant, stretches.base, stretches.profile * len(routes), path_of),
        np.array([0, *accumulate(len(each) for each in paths)], np.int64),
        np.array([number for each in paths for number in each], np.int64),
        *(stretches.links, counters.counter_tier, counters.lots, counters.cap, counters.charge),
        counters.opened,
    ]


def _draw(
    drawn: _Drawn, pools: Longs, order: Order, given: list[Any], events: int, threads: int
) -> None:
    """Draw the events of some pools, which have not been drawn."""
    made: list[Any] = [
        drawn.upper,
        drawn.position,
        drawn.current,
        drawn.used,
        drawn.tier,
        drawn.is_unsure,
    ]
    if events < kernel.COMPILED_FROM:
        lists = [each.tolist() for each in made]
        more: list[list[int]] = [[0] * (len(drawn.upper) + 1) for _ in range(4)]
        read = [each.tolist() for each in (pools, order.pool_start, *given)]
        found = kernel.draw(0, len(pools), *read, *lists, *more)
        for array, filled in zip(made, lists, strict=True):
            array[:] = filled
        _keep_more(drawn, found, [np.array(each, np.int64) for each in more])
        return

    def work(first: int, last: int) -> tuple[int, list[Longs]]:
        room = len(drawn.upper) + 1
        more = [np.empty(room, np.int64) for _ in range(4)]
        arrays = (pools, order.pool_start, *given, *made, *more)
        return kernel.compiled_draw()(first, last, *arrays), more

    sizes = order.pool_start[pools + 1] - order.pool_start[pools]
    for found, more_arrays in run_pools(work, np.cumsum(np.append(0, sizes)), threads):
        _keep_more(drawn, found, more_arrays)


def _keep_more(drawn: _Drawn, found: int, more: list[Longs]) -> None:
    if found < 0:
        raise UsageOverflow(_TOO_MUCH)
    place, tier, quantity, counts = (each[:found].copy() for each in more)
    drawn.more.append((place, tier.astype(np.int32), quantity, counts))


def _forget(drawn: _Drawn, pools: Longs, order: Order, counters: Counters) -> None:
    """Undo what was drawn of some pools."""
    is_again = np.zeros(len(order.pool_start), np.bool_)
    is_again[pools] = True
    counter = is_again[order.pool_of[counters.period]]
    tier = np.repeat(counter, np.diff(counters.counter_tier))
    drawn.upper[tier] = counters.upper[tier]
    drawn.used[tier] = 0
    drawn.position[counter] = 0
    drawn.current[counter] = counters.counter_tier[:-1][counter]
    sizes = np.diff(order.pool_start)
    place = np.repeat(is_again[:-1], sizes)
    event = order.events[place]
    drawn.tier[event[event >= 0]] = kernel.NO_TIER
    drawn.is_unsure[place] = 0
    drawn.more = [
        (of[kept], tiers[kept], quantity[kept], counts[kept])
        for of, tiers, quantity, counts in drawn.more
        for kept in [~place[of]]
    ]


def _pieces(drawn: _Drawn, order: Order, counters: Counters) -> Pieces:
    place, tier, quantity, counts = (np.concatenate(each) for each in zip(*drawn.more, strict=True))
    return Pieces(
        tier=drawn.tier,
        more_event=order.events[place],
        more_tier=tier,
        more_quantity=quantity,
        more_counts=counts,
        charge=np.append(counters.charge, kernel.RATED),
        template=np.append(counters.template, kernel.NO_TIER).astype(np.int32),
        upper=drawn.upper,
        used=drawn.used,
    )
