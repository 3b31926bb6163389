"""Loops that deal events to their pools, with all that is asked of them."""

from __future__ import annotations

from runtime.usage.kernel import BITS, EVENT, FIELDS, INSTANT, OWNER, QUANTITY, Integers


def list_events(
    first: int,
    last: int,
    segment: Integers,
    reason: Integers,
    range_of: Integers,
    origin: Integers,
    fill: Integers,
    listed: Integers,
) -> None:
    """Put the rated events of a part of all into the next places of their range of pools.

    Args:
        first, last: which events of the part to look at.
        segment, reason: of an event.
        range_of: of a segment, its range of pools; the last one is that of none.
        origin: where the part begins among all events, alone in its cell.
        fill: of a range of pools, the next place in `listed`; moves on.
        listed: the events of ranges of pools.
    """
    none = range_of[-1]
    for event in range(first, last):
        if reason[event] == 0:
            own = range_of[segment[event]]
            if own != none:
                listed[fill[own]] = origin[0] + event
                fill[own] += 1


def deal(  # noqa: PLR0913 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    listed: Integers,
    segment: Integers,
    row: Integers,
    instant: Integers,
    quantity: Integers,
    heap_and_period: Integers,
    first_heap: Integers,
    fill: Integers,
    cells: Integers,
) -> None:
    """Put the events of a range of pools into the next places of their heaps.

    Args:
        first, last: which of `listed`.
        listed: the events.
        segment, row, instant, quantity: of an event.
        heap_and_period: of a segment, two numbers.
        first_heap: of the range, alone in its cell.
        fill: of a heap of the range, the next place; moves on.
        cells: the numbers of the places.
    """
    for number in range(first, last):
        event = listed[number]
        own = 2 * segment[event]
        heap = heap_and_period[own] - first_heap[0]
        at = FIELDS * fill[heap]
        fill[heap] += 1
        cells[at + INSTANT] = instant[event]
        cells[at + QUANTITY] = quantity[event]
        cells[at + EVENT] = ((row[event] + 1) << BITS) | event
        cells[at + OWNER] = heap_and_period[own + 1]


def arrange(  # noqa: PLR0913 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    heaps: Integers,
    heap_start: Integers,
    pool_start: Integers,
    pool_of: Integers,
    sizes: Integers,
    fill: Integers,
    spare: Integers,
    cells: Integers,
) -> None:
    """Put the events of heaps, which stand in front of each, into the next places of their pools.

    Args:
        first, last: which of `heaps`.
        heap_start: of a heap, its first pool; the next one's ends them.
        pool_start: of a pool, its first place.
        pool_of: of a period.
        sizes: of a heap, how many events there are.
        fill: of a pool, the next place; moves on.
        spare: room for the places of a heap.
        cells: the numbers of the places.
    """
    for number in range(first, last):
        heap = heaps[number]
        begin = FIELDS * pool_start[heap_start[heap]]
        size = FIELDS * sizes[heap]
        for cell in range(size):
            spare[cell] = cells[begin + cell]
        for own in range(0, size, FIELDS):
            pool = pool_of[spare[own + OWNER]]
            at = FIELDS * fill[pool]
            fill[pool] += 1
            for cell in range(FIELDS):
                cells[at + cell] = spare[own + cell]


def sort_pools(  # noqa: PLR0912 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    pool_start: Integers,
    cells: Integers,
    late: Integers,
    is_sorted: Integers,
) -> None:
    """Sort the pools that are two series in the order of time; mark the others with 0.

    So are those of a file that repeats some records, or of two files.  `late`: room for the
    places of a pool that come after later ones; pools that have more, or openings, are marked.
    """
    room = len(late) // FIELDS
    for pool in range(first, last):
        begin, end = pool_start[pool], pool_start[pool + 1]
        latest, latest_late = -(1 << 62), -(1 << 62)
        taken = 0
        for place in range(begin, end):
            instant = cells[FIELDS * place + INSTANT]
            if cells[FIELDS * place + EVENT] < 0:
                is_sorted[pool] = 0
                break
            if instant >= latest:
                latest = instant
                continue
            if instant < latest_late or taken == room:
                is_sorted[pool] = 0
                break
            latest_late = instant
            taken += 1
        if taken == 0 or is_sorted[pool] == 0:
            continue
        # Those that are in time move up, and then down again from the end to let the late in.
        latest = -(1 << 62)
        kept, taken = begin, 0
        for place in range(begin, end):
            at = FIELDS * place
            if cells[at + INSTANT] >= latest:
                latest = cells[at + INSTANT]
                if kept < place:
                    for field in range(FIELDS):
                        cells[FIELDS * kept + field] = cells[at + field]
                kept += 1
            else:
                for field in range(FIELDS):
                    late[FIELDS * taken + field] = cells[at + field]
                taken += 1
        place = end - 1
        while taken > 0:
            own = FIELDS * (taken - 1)
            before = FIELDS * (kept - 1)
            if kept > begin and cells[before + INSTANT] > late[own + INSTANT]:
                for field in range(FIELDS):
                    cells[FIELDS * place + field] = cells[before + field]
                kept -= 1
            else:
                for field in range(FIELDS):
                    cells[FIELDS * place + field] = late[own + field]
                taken -= 1
            place -= 1
