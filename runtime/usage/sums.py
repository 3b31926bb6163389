"""Exact sums of what events used, by number: of a usage period, a price and a bucket tier.

Pool after pool is summed, as it was drawn, so that the sums of one are at hand; ranges of pools
side by side.  Which ranges there are makes no difference to a sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.usage import loops, sum_loops
from runtime.usage.draw import Pieces
from runtime.usage.order import run_pools
from runtime.usage.sum_loops import CELLS

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_FIRST_ROOM = 1 << 12
_PARTS = 4
"""For each thread, so many ranges of pools are summed: one of them may be long."""


@dataclass(frozen=True, slots=True)
class Places:
    """How an event's usage period, price and bucket tier make one number.

    Attributes:
        prices, templates: how many there are.
        is_taken: of a template, and at the end of none: whether it takes what is drawn.
        price_of: of a price, the one that stands for all of its class and currency in what
            a bucket took.
    """

    prices: int
    templates: int
    is_taken: NDArray[np.bool_]
    price_of: Ints

    def split(self, keys: Longs) -> tuple[Ints, Longs]:
        """Give the usage period and the rest of keys."""
        period, code = np.divmod(keys, self.prices * (self.templates + 1))
        return period.astype(np.int32), code

    def split_code(self, codes: Longs) -> tuple[Longs, Longs]:
        """Give the price and the template of what `split` leaves."""
        price, template = np.divmod(codes, self.templates + 1)
        return price, template - 1


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of a range of pools, in the order in which these were drawn.

    Attributes:
        period: the usage period of a sum.
        code: its price and template, which `Places.split_code` gives.
        low, high: `high` x 2^62 + `low` steps.
        events: how many were rated there.
    """

    period: Ints
    code: Longs
    low: Longs
    high: Longs
    events: Longs

    def __len__(self) -> int:
        return len(self.period)


def sum_up(pieces: Pieces, places: Places, price_of: Ints, events: int, threads: int) -> list[Sums]:
    """Give the sums of the pieces of events: no key is there twice.

    Args:
        pieces: of the events.
        places: how a key is made.
        price_of: of a row of pricing, its price.
        events: how many there are in all, rated or not.
        threads: how many may share the work.
    """
    run = loops.runner(events)
    # Behind the prices of rows, in place of those, stand the prices of what buckets take.
    alike = np.append(places.price_of, np.int32(loops.NONE))[price_of]
    given = [
        *(pieces.order.pool_start, pieces.order.cells),
        *(np.append(0, price_of).astype(np.int64), np.append(0, alike).astype(np.int64)),
        *(pieces.template, places.is_taken),
        np.array([places.prices, places.templates + 1], np.int64),
        *(pieces.more_place, pieces.more_tier, pieces.more_quantity, pieces.more_counts),
    ]

    free: list[tuple[Longs, Ints]] = []  # each range has what one before it has left

    def work(first: int, last: int) -> Sums:
        return _sum_range(run, pieces, places, given, (first, last), free)

    start = pieces.order.pool_start
    return run_pools(work, start, _PARTS * threads, threads)


def _sum_range(
    run: loops.Runner,
    pieces: Pieces,
    places: Places,
    given: list[Any],
    pools: tuple[int, int],
    free: list[tuple[Longs, Ints]],
) -> Sums:
    """Give the sums of a range of pools."""
    first, last = pools
    cursor = np.searchsorted(pieces.more_place, pieces.order.pool_start[first])
    state = np.array([first, cursor, 0], np.int64)
    try:
        rows, slots = free.pop()
    except IndexError:
        rows = np.empty(_FIRST_ROOM * CELLS, np.int64)
        slots = np.full(_FIRST_ROOM, loops.NONE, np.int32)
    while True:
        run(sum_loops.sum_pools, last, given, [state, slots, rows])
        filled = int(state[2])
        if state[0] == last:
            found = rows[: filled * CELLS].reshape(-1, CELLS)
            words = (found[:, cell].copy() for cell in range(1, CELLS))
            sums = Sums(*places.split(found[:, 0]), *words)
            free.append((rows, slots))  # from here on another thread may have them
            return sums
        # There was no room for all the sums of a pool: it is begun anew, with twice as much.
        if len(rows) // CELLS - filled < len(slots) // 2:
            rows = np.append(rows, np.empty_like(rows))
        else:
            slots = np.full(2 * len(slots), loops.NONE, np.int32)
