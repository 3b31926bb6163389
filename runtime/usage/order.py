"""The order in which events are drawn: by pool, instant, and where it matters by id and feed.

Usage mostly comes in the order of time, so that a pool is sorted only where its events are out
of order.  What drawing and summing ask of an event stands side by side, so that they read memory
from front to end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.usage import loops, order_loops
from runtime.usage.kernel import BITS, EVENT, FIELDS, INSTANT, LOW, OWNER

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]

_LATE = 1 << 16
"""So many events of a pool may come after later ones for it to be sorted in one go."""

_BLOCK = 1 << 16
"""So many places are looked at at once: what is made of them stays at hand."""

_SORTED = 1 << 20
"""About so many places are sorted at once, which bounds the memory of it."""

_NO_EVENT = -1
"""In a place whose event is drawn in another order."""


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

    def in_tiers(self, is_asked: NDArray[np.bool_]) -> Iterator[tuple[Longs, Longs]]:
        """Give the places whose events have their first piece in some tiers, and its tier.

        `is_asked`: of a tier; at the end, where events are in none, it is not.
        """
        every = self.cells.reshape(-1, FIELDS)
        for begin in range(0, len(every), _BLOCK):
            tier = tier_of(every[begin : begin + _BLOCK])
            found = np.flatnonzero(is_asked[tier])
            if len(found):
                yield begin + found, tier[found]

    def tell_tiers(self, tier: Ints) -> None:
        """Put the tier of the first piece of each event into its cell of `tier`."""
        for _, cells in self.blocks():
            tier[cells[:, EVENT] & LOW] = tier_of(cells)

    def at(self, places: Longs) -> Longs:
        """Give the numbers of places, a row each."""
        return self.cells.reshape(-1, FIELDS)[places]

    def leave_out(self, pools: Longs) -> None:
        """Have no event in the places of some pools any more."""
        cells = self.cells.reshape(-1, FIELDS)
        cuts = zip(
            self.pool_start[pools].tolist(), self.pool_start[pools + 1].tolist(), strict=True
        )
        for first, last in cuts:
            cells[first:last, EVENT] = _NO_EVENT
            cells[first:last, OWNER] = 0


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
    parts = np.split(wanted, np.flatnonzero(np.diff(np.cumsum(sizes) // _SORTED)) + 1)
    rows = order.cells.reshape(-1, FIELDS)

    for own in parts:
        begin, size = order.pool_start[own], order.pool_start[own + 1] - order.pool_start[own]
        pool = np.repeat(np.arange(len(own)), size)
        place = np.arange(len(pool)) + (begin - np.cumsum(size) + size)[pool]
        ours = rows[place]
        rows[place] = ours[np.lexsort((ours[:, EVENT] >= 0, ours[:, INSTANT], pool))]
