"""Exact sums of what events used, by number: of a usage period, a price and a bucket tier.

Pool after pool is summed, as it was drawn, so that the sums of one are at hand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.usage import loops, sum_loops
from runtime.usage.draw import Pieces
from runtime.usage.loops import Array
from runtime.usage.sum_loops import CELLS

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_FIRST_ROOM = 1 << 12


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
    """The sums of some pools, in the order in which these were drawn.

    Attributes:
        period: the usage period of a sum.
        code: its price and template, which `Places.split_code` gives; it and the next ones are
            whole numbers of as few bytes as will do.
        low, high: `high` x 2^62 + `low` steps.
        events: how many were rated there.
    """

    period: Ints
    code: Array
    low: Array
    high: Array
    events: Array

    def __len__(self) -> int:
        return len(self.period)


class Summing:
    """Sums pieces of pools after pools; others may be summed side by side."""

    def __init__(self, places: Places, price_of: Ints, events: int) -> None:
        """Begin; `price_of`: of a row of pricing; `events`: how many in all, rated or not."""
        # Behind the prices of rows, in place of those, stand the prices of what buckets take.
        alike = np.append(places.price_of, np.int32(loops.NONE))[price_of]
        self._places = places
        self._run = loops.runner(events)
        self._of_rows = [np.append(0, each).astype(np.int64) for each in (price_of, alike)]
        self._sizes = np.array([places.prices, places.templates + 1], np.int64)
        self._free: list[tuple[Longs, Ints]] = []  # what one has left, another has

    def of(self, pieces: Pieces) -> Sums:
        """Give the sums of the pieces of some pools: no key is there twice."""
        given = [
            *(pieces.order.pool_start, pieces.order.cells, *self._of_rows),
            *(pieces.template, self._places.is_taken, self._sizes),
            *(pieces.more_place, pieces.more_tier, pieces.more_quantity, pieces.more_counts),
        ]
        pools = pieces.order.pools
        state = np.zeros(3, np.int64)
        try:
            rows, slots = self._free.pop()
        except IndexError:
            rows = np.empty(_FIRST_ROOM * CELLS, np.int64)
            slots = np.full(_FIRST_ROOM, loops.NONE, np.int32)
        while True:
            self._run(sum_loops.sum_pools, pools, given, [state, slots, rows])
            filled = int(state[2])
            if state[0] == pools:
                found = rows[: filled * CELLS].reshape(-1, CELLS)
                period, code = self._places.split(found[:, 0])
                words = (narrow(found[:, cell]) for cell in range(1, CELLS))
                sums = Sums(period, narrow(code), *words)
                self._free.append((rows, slots))  # from here on another thread may have them
                return sums
            # There was no room for all the sums of a pool: it is begun anew, with twice as much.
            if len(rows) // CELLS - filled < len(slots) // 2:
                rows = np.append(rows, np.empty_like(rows))
            else:
                slots = np.full(2 * len(slots), loops.NONE, np.int32)


def narrow(numbers: Longs) -> Array:
    """Give a copy of whole numbers in as few bytes as will do for each."""
    if len(numbers):
        least, most = int(numbers.min()), int(numbers.max())
        for kind in (np.int8, np.int32):
            if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max:
                return numbers.astype(kind)
    return numbers.copy()
