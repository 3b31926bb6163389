"""Loops that tie events to what they are charged by: segments, then prices.

Tables of several numbers a row stand row by row in one array, so that a row is read at once.
"""

from __future__ import annotations

from runtime.usage import kernel
from runtime.usage.kernel import Integers

NONE = -1

CUT = 4
"""The numbers of a segment: from and until which instant, its kind and its reason."""

RULE = 4
"""The numbers of a row of pricing: price, reason, minimum and increment."""


def find_segments(
    first: int,
    last: int,
    instant: Integers,
    segment_start: Integers,
    cuts: Integers,
    holder: Integers,
    segment: Integers,
) -> None:
    """Find the segment that each instant of a holder falls in, NONE where there is none.

    Segments stand by holder and time; those of a holder begin at its `segment_start`.
    """
    for event in range(first, last):
        own = holder[event]
        segment[event] = NONE
        if own == NONE:
            continue
        at = instant[event]
        for number in range(segment_start[own], segment_start[own + 1]):
            if cuts[CUT * number] > at:
                break
            if at < cuts[CUT * number + 1]:
                segment[event] = number
                break


def find_prices(  # noqa: PLR0913 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    instant: Integers,
    segment_start: Integers,
    cuts: Integers,
    band_set: Integers,
    sizes: Integers,
    pricing_of: Integers,
    rules: Integers,
    segment: Integers,
    row: Integers,
    reason: Integers,
    quantity: Integers,
    counts: Integers,
) -> None:
    """Find the segment of each event, its row of pricing and its reason; round its quantity up.

    Args:
        first, last: the range.
        instant: of an event.
        segment_start, cuts: as of `find_segments`.
        band_set: of an event; empty: there is only one.
        sizes: how many combinations and sets of bands there are, and two reasons.
        pricing_of: of kind, combination and set, its row.
        rules: the numbers of rows.
        segment: of an event, its holder; becomes the segment, NONE where there is none.
        row: of an event, its combination; becomes the row, NONE where it has no segment.
        reason, quantity: of an event; `reason` 0 where nothing was wrong yet.
        counts: of a segment, its rated events; counted on.
    """
    combinations, sets = sizes[0], sizes[1]
    unknown, too_large = sizes[2], sizes[3]
    for event in range(first, last):
        own = NONE
        holder = segment[event]
        if holder != NONE:
            at = instant[event]
            for number in range(segment_start[holder], segment_start[holder + 1]):
                if cuts[CUT * number] > at:
                    break
                if at < cuts[CUT * number + 1]:
                    own = number
                    break
        segment[event] = own
        if own == NONE:
            row[event] = NONE
            if reason[event] == 0:
                reason[event] = unknown
            continue
        band = band_set[event] if len(band_set) else 0
        place = (cuts[CUT * own + 2] * combinations + row[event]) * sets + band
        found = pricing_of[place]
        row[event] = found
        if reason[event] != 0:
            continue
        if cuts[CUT * own + 3] != 0:
            reason[event] = cuts[CUT * own + 3]
            continue
        reason[event] = rules[RULE * found + 1]
        if rules[RULE * found] == NONE:
            continue
        increment = rules[RULE * found + 3]
        least = max(quantity[event], rules[RULE * found + 2])
        if increment != 1:
            over = least % increment
            if over != 0:
                if least > kernel.OPEN - (increment - over):
                    reason[event] = too_large
                    continue
                least += increment - over
        quantity[event] = least
        if reason[event] == 0:
            counts[own] += 1


def count_rated(
    first: int, last: int, segment: Integers, reason: Integers, counts: Integers
) -> None:
    """Count the rated events of each segment."""
    for event in range(first, last):
        if reason[event] == 0:
            counts[segment[event]] += 1
