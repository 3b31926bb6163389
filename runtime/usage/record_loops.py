"""Loops that make rows of rated usage: pieces of events, codes of words, exact amounts."""

from __future__ import annotations

from runtime.usage.kernel import Integers
from runtime.usage.loops import NONE


def count_pieces(
    first: int, last: int, events: Integers, more_event: Integers, counts: Integers
) -> None:
    """Count the pieces of events; `more_event`, ascending: the event of each further piece."""
    for place in range(first, last):
        event = events[place]
        low, high = 0, len(more_event)
        if place > 0 and events[place - 1] < event:
            low = counts[2 * place - 1]  # where those of the event before end
        while low < high and more_event[low] < event:
            middle = (low + high) >> 1
            # Most often the next one is near: look there first.
            middle = min(middle, low + 8)
            if more_event[middle] < event:
                low = middle + 1
            else:
                high = middle
        end = low
        while end < len(more_event) and more_event[end] == event:
            end += 1
        counts[2 * place] = low
        counts[2 * place + 1] = end


def spread_pieces(  # noqa: PLR0913 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    events: Integers,
    more: Integers,
    tier_of: Integers,
    quantity_of: Integers,
    charge: Integers,
    more_tier: Integers,
    more_quantity: Integers,
    more_counts: Integers,
    which: Integers,
    piece: Integers,
    tier: Integers,
    quantity: Integers,
    counts: Integers,
) -> None:
    """Give each piece of events a row.

    `more`: of `count_pieces`; `charge`: of a tier, 2 where it is rated.
    """
    row = 0
    for place in range(first, last):
        event = events[place]
        own = row
        which[row] = place
        piece[row] = 0
        tier[row] = tier_of[event]
        quantity[row] = quantity_of[event]
        counts[row] = 1 if charge[tier_of[event]] == 2 else 0
        row += 1
        for further in range(more[2 * place], more[2 * place + 1]):
            which[row] = place
            piece[row] = row - own
            tier[row] = more_tier[further]
            quantity[row] = more_quantity[further]
            counts[row] = more_counts[further]
            quantity[own] -= more_quantity[further]
            row += 1


def tell_numbers(
    first: int,
    last: int,
    numbers: Integers,
    size: Integers,
    seen: Integers,
    known: Integers,
    count: Integers,
    found: Integers,
) -> None:
    """Give the different numbers of a block as they come, and which of them each is.

    `size`: of the numbers, the last of which stands for NONE; `seen`: of a number, its place
    among those of the block, NONE before; `known`: those in the block, `count` of them.
    """
    end = size[0]
    for row in range(first, last):
        own = numbers[row]
        if own < 0:
            own += end
        place = seen[own]
        if place < 0:
            place = count[0]
            seen[own] = place
            known[place] = own
            count[0] = place + 1
        found[row] = place


def code_words(
    first: int,
    last: int,
    numbers: Integers,
    codes: Integers,
    seen: Integers,
    known: Integers,
    count: Integers,
    found: Integers,
) -> None:
    """Number the words of a block from 0 as they come, NONE where there is no word.

    `codes`: of a number, its word; `seen`: of a word, its number in the block, NONE before;
    `known`: the words in the block, `count` of them.
    """
    for row in range(first, last):
        code = codes[numbers[row]]
        if code == NONE:
            found[row] = NONE
            continue
        if seen[code] == NONE:
            seen[code] = count[0]
            known[count[0]] = code
            count[0] += 1
        found[row] = seen[code]


def find_amounts(  # noqa: PLR0913, PLR0915 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    period: Integers,
    price: Integers,
    quantity: Integers,
    counts: Integers,
    is_priced: Integers,
    step_price: Integers,
    event_price: Integers,
    divisor: Integers,
    limit: Integers,
    row_start: Integers,
    row_price: Integers,
    row_limit: Integers,
    row_quantity: Integers,
    row_events: Integers,
    for_units: Integers,
    for_events: Integers,
    amount: Integers,
    is_large: Integers,
) -> None:
    """Find the amount of pieces in units of its last place; mark where 64 bits are too few.

    A plain price: (quantity x step_price + counts x event_price) / divisor, half up, up to the
    quantity `limit`.  Others: the piece's even share of what its row of a usage period came to.

    Args:
        first, last: the range.
        period, price, quantity, counts: of a piece.
        is_priced: of a piece; 0: a bucket took it, and it costs nothing.
        step_price, event_price, divisor, limit: of a price.
        row_start: of a usage period, its first row; the next one's ends them.
        row_price, row_quantity, row_events: of a row, its price and what was used at it.
        row_limit: 1 where a row's numbers fit, and are of units and events only.
        for_units, for_events: of a row, what its units and its events came to.
        amount, is_large: of a piece.
    """
    most = 1 << 62
    for piece in range(first, last):
        amount[piece] = 0
        is_large[piece] = 0
        if is_priced[piece] == 0:
            continue
        own, units = price[piece], quantity[piece]
        row = row_start[period[piece]]
        end = row_start[period[piece] + 1]
        while row < end and row_price[row] != own:
            row += 1
        if row == end:
            if units > limit[own]:
                is_large[piece] = 1
                continue
            due = units * step_price[own] + counts[piece] * event_price[own]
            amount[piece] = (2 * due + divisor[own]) // (2 * divisor[own])
            continue
        if row_limit[row] == 0:
            is_large[piece] = 1
            continue
        total = 0
        for term in range(2):
            whole = for_units[row] if term == 0 else for_events[row]
            part = units if term == 0 else counts[piece]
            of = row_quantity[row] if term == 0 else row_events[row]
            if whole == 0 or of == 0 or part == 0:
                continue
            sign = 1
            if whole < 0:
                sign = -1
                whole = -whole
            # whole x part / of, by digits of `part`: what is left of `whole` is below `of`.
            bits = 0
            while bits < 62 and (of << bits) < most >> 1:
                bits += 1
            bits -= 1
            left = whole % of
            if bits < 1 or part > of:
                is_large[piece] = 1
                break
            digits = 0
            while part >> (digits * bits) > 0:
                digits += 1
            share, rest = 0, 0
            for digit in range(digits - 1, -1, -1):
                here = (part >> (digit * bits)) & ((1 << bits) - 1)
                # rest < of and left < of, so that both products together fit.
                carried = (rest << bits) + left * here
                share = (share << bits) + carried // of
                rest = carried % of
            share += (whole // of) * part
            if 2 * rest >= of:
                share += 1
            total += sign * share
        if is_large[piece] == 0:
            amount[piece] = total
