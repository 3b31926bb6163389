"""The loop that sums pieces by usage period, price and bucket tier."""

from __future__ import annotations

from runtime.usage.kernel import BITS, EVENT, FIELDS, LOW, OWNER, QUANTITY, Integers

NONE = -1

CELLS = 4
"""Of a row of sums: its key, the low and the high word of the sum, and the count."""


def sum_pools(  # noqa: PLR0913, PLR0915 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    pool_start: Integers,
    cells: Integers,
    price_of: Integers,
    alike_of: Integers,
    template_of: Integers,
    is_taken: Integers,
    sizes: Integers,
    more_place: Integers,
    more_tier: Integers,
    more_quantity: Integers,
    more_counts: Integers,
    state: Integers,
    slots: Integers,
    rows: Integers,
) -> None:
    """Sum the pieces of pools, from that of `state` on, until there is no room for another.

    Args:
        first, last: the range.
        pool_start, cells: the places of pools, as they were drawn.
        price_of, alike_of: of a row of pricing and 1, its price, and the one that stands for it
            in what a bucket took.
        template_of: of a tier, and at the end of none, its template.
        is_taken: of a template, and at the end of none: whether it takes what is drawn.
        sizes: how many prices, and templates with none, there are.
        more_place, more_tier, more_quantity, more_counts: the further pieces.
        state: the next pool, its first further piece, and how many rows there are; moves on.
        slots: a table of a power of two cells, NONE or a row of the pool: as it was when the
            loop ends.
        rows: CELLS numbers each.
    """
    prices, templates = sizes[0], sizes[1]
    half = 1 << 62
    mask = len(slots) - 1
    room = min(len(rows) // CELLS, 0x7FFFFFFF)
    for pool in range(max(first, state[0]), last):
        cursor, begin = state[1], state[2]
        end = begin
        most = min(room, begin + (len(slots) >> 1))
        is_full = False
        for place in range(pool_start[pool], pool_start[pool + 1]):
            at = FIELDS * place
            if cells[at + EVENT] < 0:
                continue
            row = cells[at + EVENT] >> BITS
            left = cells[at + QUANTITY]
            period = cells[at + OWNER] & LOW
            is_last = False
            while not is_last:
                if cursor < len(more_place) and more_place[cursor] == place:
                    template = template_of[more_tier[cursor]]
                    quantity = more_quantity[cursor]
                    count = more_counts[cursor]
                    left -= quantity
                    cursor += 1
                else:
                    template = template_of[(cells[at + OWNER] >> BITS) - 1]
                    quantity = left
                    count = 0 if is_taken[template] else 1
                    is_last = True
                price = alike_of[row] if is_taken[template] else price_of[row]
                key = (period * prices + price) * templates + template + 1
                mixed = (key & 0x3FFFFFFF) * 1540483477 + (key >> 30) * 805306457
                slot = (mixed ^ (mixed >> 23)) & mask
                while slots[slot] != NONE and rows[CELLS * slots[slot]] != key:
                    slot = (slot + 1) & mask
                if slots[slot] == NONE:
                    if end == most:
                        is_full = True
                        break
                    slots[slot] = end
                    rows[CELLS * end] = key
                    rows[CELLS * end + 1] = 0
                    rows[CELLS * end + 2] = 0
                    rows[CELLS * end + 3] = 0
                    end += 1
                own = CELLS * slots[slot]
                carry = 0
                if quantity >= half:
                    quantity -= half
                    carry = 1
                total = rows[own + 1] + quantity
                if total >= half:
                    total -= half
                    carry += 1
                rows[own + 1] = total
                rows[own + 2] += carry
                rows[own + 3] += count
            if is_full:
                break
        for row in range(begin, end):
            key = rows[CELLS * row]
            mixed = (key & 0x3FFFFFFF) * 1540483477 + (key >> 30) * 805306457
            slot = (mixed ^ (mixed >> 23)) & mask
            while slots[slot] != row:
                slot = (slot + 1) & mask
            slots[slot] = NONE
        if is_full:
            return
        state[0] = pool + 1
        state[1] = cursor
        state[2] = end
