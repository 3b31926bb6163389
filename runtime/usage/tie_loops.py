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
"""The numbers of a rule: 1 where it has no price, reason, minimum and increment."""

HELD = 4
"""What is at hand of a holder: from and until which instant, of which segment and kind, and how
many of its events were rated since."""

BITS = 32
LOW = (1 << BITS) - 1
"""The part of a number that is the segment; above it is the kind."""


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


def find_prices(  # noqa: PLR0912, PLR0913, PLR0915 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    instant: Integers,
    segment_start: Integers,
    cuts: Integers,
    band_set: Integers,
    sizes: Integers,
    pricing_of: Integers,
    rule_of: Integers,
    rules: Integers,
    held: Integers,
    segment: Integers,
    row: Integers,
    reason: Integers,
    quantity: Integers,
    counts: Integers,
) -> None:
    """Find the segment of each event, its row of pricing and its reason; round its quantity up.

    Nearly all of an event's time is waiting for memory, so what is asked of each stands close
    together: the segment in which a holder's event was last, which is mostly that of its next,
    and the few rules that there are.

    Args:
        first, last: the range.
        instant: of an event.
        segment_start, cuts: as of `find_segments`.
        band_set: of an event; empty: there is only one.
        sizes: how many combinations and sets of bands there are, and two reasons.
        pricing_of: of kind, combination and set, its row.
        rule_of: of a row, its rule.
        rules: the numbers of rules.
        held: what is at hand of holders: at the beginning nothing, until before from.
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
        kind, refused = 0, 0
        here = HELD * holder
        if holder >= 0:
            at = instant[event]
            if held[here] <= at < held[here + 1]:
                own = held[here + 2] & LOW
                kind = held[here + 2] >> BITS
            else:
                for number in range(segment_start[holder], segment_start[holder + 1]):
                    if cuts[CUT * number] > at:
                        break
                    if at < cuts[CUT * number + 1]:
                        own = number
                        break
                if own >= 0:
                    kind, refused = cuts[CUT * own + 2], cuts[CUT * own + 3]
                if own >= 0 and refused == 0:
                    if held[here + 3] != 0:
                        counts[held[here + 2] & LOW] += held[here + 3]
                    held[here] = cuts[CUT * own]
                    held[here + 1] = cuts[CUT * own + 1]
                    held[here + 2] = own | (kind << BITS)
                    held[here + 3] = 0
        segment[event] = own
        if own < 0:
            row[event] = NONE
            if reason[event] == 0:
                reason[event] = unknown
            continue
        band = band_set[event] if len(band_set) else 0
        found = pricing_of[(kind * combinations + row[event]) * sets + band]
        row[event] = found
        if reason[event] != 0:
            continue
        if refused != 0:
            reason[event] = refused
            continue
        rule = RULE * rule_of[found]
        reason[event] = rules[rule + 1]
        if rules[rule] != 0:
            continue
        # Which increment it is cannot be guessed: to divide, be it by 1, takes less.
        increment = rules[rule + 3]
        least = max(quantity[event], rules[rule + 2])
        over = least % increment
        if over != 0:
            over = increment - over
        if least > kernel.OPEN - over:
            reason[event] = too_large
            continue
        quantity[event] = least + over
        if rules[rule + 1] == 0:
            held[here + 3] += 1
    for here in range(0, len(held), HELD):
        if held[here + 3] != 0:
            counts[held[here + 2] & LOW] += held[here + 3]
            held[here + 3] = 0


def count_rated(
    first: int, last: int, segment: Integers, reason: Integers, counts: Integers
) -> None:
    """Count the rated events of each segment."""
    for event in range(first, last):
        if reason[event] == 0:
            counts[segment[event]] += 1
