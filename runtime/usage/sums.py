"""Exact sums of what events used, by number: of a usage period, a price and a bucket tier.

Each range of usage periods is summed by itself, side by side with others, into a table of its
own that holds just the places that occur.  Which ranges there are makes no difference to a sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from runtime.usage import kernel, loops
from runtime.usage.kernel import Integers
from runtime.usage.loops import NONE, Array

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

RANGE_EVENTS = 5_000_000
"""About so many events are summed at once by a thread, which bounds the memory of it."""

_BLOCK = 1 << 16
_FIRST_ROOM = 1 << 12
_CELLS = 4
"""Of a row of a table of sums: its key, the low and the high word of the sum, and the count."""


@dataclass(frozen=True, slots=True)
class Places:
    """How an event's usage period, price and bucket tier make one number.

    Attributes:
        prices, templates: how many there are.
        template_of: of a counter's tier, its template; at the end NO_TIER's, which is none.
        is_taken: of a template, and at the end of none: whether it takes what is drawn.
        price_of: of a price, the one that stands for all of its class and currency in what
            a bucket took.
    """

    prices: int
    templates: int
    template_of: Ints
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
class Used:
    """Events, or pieces of them, as arrays: `tier` of the counters; `quantity` may be negative.

    `counts`: how many events a piece counts for; empty: one each where no bucket takes it.
    """

    period: Ints
    price: Ints
    reason: NDArray[np.uint8]
    tier: Ints
    quantity: Longs
    counts: Longs = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums in the order of their keys: `high` x 2^62 + `low`."""

    keys: Longs
    low: Longs
    high: Longs
    events: Longs


def sum_up(used: list[Used], places: Places, periods: int, threads: int) -> Iterator[Sums]:
    """Give the sums of all that was used, in the order of their keys, range by range.

    `periods`: how many usage periods there are.
    """
    cuts = _ranges(used, periods, threads)

    run = loops.runner(sum(len(each.period) for each in used))

    def work(number: int) -> Sums:
        return _sum_range(run, used, places, cuts[number], cuts[number + 1])

    ranges = range(len(cuts) - 1)
    if threads == 1 or len(ranges) == 1:
        yield from map(work, ranges)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(work, ranges)


def _ranges(used: list[Used], periods: int, threads: int) -> list[int]:
    """Cut the usage periods so that each range has about as many events."""
    size = sum(len(each.period) for each in used)
    if size < kernel.COMPILED_FROM or not periods:
        return [0, periods]
    counts = np.zeros(periods + 1, np.int64)
    for each in used:
        loops.compiled(count_numbers)(0, len(each.period), each.period, counts)
    ends = np.cumsum(counts[:periods])
    parts = max(threads, size // RANGE_EVENTS)
    found = np.searchsorted(ends, [int(ends[-1]) * part // parts for part in range(1, parts)])
    return sorted({0, periods, *(int(each) + 1 for each in found)})


def _sum_range(run: loops.Runner, used: list[Used], places: Places, first: int, last: int) -> Sums:
    bounds = np.array([first, last, places.prices, places.templates + 1], np.int64)
    size = min(_BLOCK, max(len(each.period) for each in used))
    table, rows = _table(_FIRST_ROOM), np.zeros(1, np.int64)
    keys, quantities, counts = (np.empty(size, np.int64) for _ in range(3))
    made = [keys, quantities, counts, np.zeros(1, np.int64)]
    tables = [places.template_of, places.is_taken, places.price_of, bounds]
    for each in used:
        given: list[Array] = [
            each.period,
            each.price,
            each.reason,
            each.tier,
            each.quantity,
            each.counts,
        ]
        for begin in range(0, len(each.period), _BLOCK):
            columns = [column[begin : begin + _BLOCK] for column in given]
            run(key_used, len(columns[0]), [*columns, *tables], made)
            found = int(made[-1][0])
            table = _with_room(run, table, int(rows[0]) + found)
            run(add_used, found, [column[:found] for column in made[:-1]], [table, rows])
    filled = table.reshape(-1, _CELLS)
    filled = filled[filled[:, 0] != NONE]
    filled = filled[np.argsort(filled[:, 0])]
    return Sums(*(np.ascontiguousarray(column) for column in filled.T))


def _table(room: int) -> Longs:
    return np.full(room * _CELLS, NONE, np.int64)


def _with_room(run: loops.Runner, table: Longs, rows: int) -> Longs:
    """Give a table in which at most three quarters of the rows are taken by so many."""
    room = len(table) // _CELLS
    if 4 * rows <= 3 * room:
        return table
    while 4 * rows > 3 * room:
        room *= 2
    wider = _table(room)
    run(move_rows, len(table) // _CELLS, [table], [wider])
    return wider


def count_numbers(first: int, last: int, numbers: Integers, counts: Integers) -> None:
    """Count how often each number is there; NONE counts at the end."""
    for event in range(first, last):
        counts[numbers[event]] += 1


def key_used(  # noqa: PLR0913 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    period: Integers,
    price: Integers,
    reason: Integers,
    tier: Integers,
    quantity: Integers,
    own_counts: Integers,
    template_of: Integers,
    is_taken: Sequence[bool] | NDArray[np.bool_],
    price_of: Integers,
    bounds: Integers,
    keys: Integers,
    quantities: Integers,
    counts: Integers,
    found: Integers,
) -> None:
    """Write the keys, quantities and counts of what is rated in a range of usage periods.

    `own_counts` may be empty; `bounds`: the range, and how many prices and templates with
    none there are; `found`: how many were written.
    """
    least, end, prices, templates = bounds[0], bounds[1], bounds[2], bounds[3]
    place = 0
    for event in range(first, last):
        own = period[event]
        if own < least or own >= end or reason[event] != 0:
            continue
        template = template_of[tier[event]]
        number = price[event]
        count = 1
        if is_taken[template]:
            number = price_of[number]
            count = 0
        if len(own_counts):
            count = own_counts[event]
        keys[place] = (own * prices + number) * templates + template + 1
        quantities[place] = quantity[event]
        counts[place] = count
        place += 1
    found[0] = place


def add_used(
    first: int,
    last: int,
    keys: Integers,
    quantities: Integers,
    counts: Integers,
    table: Integers,
    rows: Integers,
) -> None:
    """Add quantities, below zero too, and counts to the rows of their keys.

    `table`: of a power of two rows, each of a key, which is NONE where the row is free, a
    sum's low and high word and a count; `rows`: how many are taken.
    """
    half = 1 << 62
    mask = len(table) // 4 - 1
    for place in range(first, last):
        key = keys[place]
        mixed = (key & 0x3FFFFFFF) * 1540483477 + (key >> 30) * 805306457
        row = 4 * ((mixed ^ (mixed >> 23)) & mask)
        while table[row] != key and table[row] != NONE:
            row = (row + 4) & (4 * mask)
        if table[row] == NONE:
            table[row] = key
            table[row + 1] = 0
            table[row + 2] = 0
            table[row + 3] = 0
            rows[0] += 1
        quantity = quantities[place]
        carry = 0
        if quantity >= half:
            quantity -= half
            carry += 1
        elif quantity <= -half:
            quantity += half
            carry -= 1
        total = table[row + 1] + quantity
        if total >= half:
            total -= half
            carry += 1
        elif total < 0:
            total += half
            carry -= 1
        table[row + 1] = total
        table[row + 2] += carry
        table[row + 3] += counts[place]


def move_rows(first: int, last: int, table: Integers, wider: Integers) -> None:
    """Put the rows of a table into a wider one."""
    mask = len(wider) // 4 - 1
    for old in range(first, last):
        key = table[4 * old]
        if key == NONE:
            continue
        mixed = (key & 0x3FFFFFFF) * 1540483477 + (key >> 30) * 805306457
        row = 4 * ((mixed ^ (mixed >> 23)) & mask)
        while wider[row] != NONE:
            row = (row + 4) & (4 * mask)
        for cell in range(4):
            wider[row + cell] = table[4 * old + cell]
