"""Drawing buckets, event by event: the rule read aloud, over plain integers.

Nothing of a catalog is here but tables.  A counter is one bucket over one bucket period; its
tiers stand in a row, and `position` says how much was drawn.  A unit flows through the
counters of its route in order: a `rated` tier counts it and lets it flow on, any other takes
it; what no counter takes is rated, in the last rated tier it passed.  Among the events stand
the openings of counters that go on from the one before: a one-time bucket stays where it
was, a bucket that rolls over gets what is left.  Quantities only: no price, no rounding.

The same source runs as it stands on lists for small inputs, and compiled on arrays for
large ones, with the same results.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Protocol, TypeVar, cast

INCLUDED, TAKEN, RATED = 0, 1, 2
"""What tiers do, as numbers; what is left of an INCLUDED one may roll over."""

OPEN = 2**63 - 1
"""The upper bound of an open tier; also the most a counter may reach."""

NO_TIER = -1
"""The tier of a piece that no counter took or counted."""

COMPILED_FROM = 20_000
"""The number of events from which compiling the kernel is worth its while."""


class Integers(Protocol):
    """A list or an array of whole numbers."""

    def __getitem__(self, index: int, /) -> int: ...
    def __setitem__(self, index: int, value: int, /) -> None: ...
    def __len__(self) -> int: ...


def draw(  # noqa: PLR0912, PLR0913, PLR0915 - one loop over arrays, compiled as a whole
    order: Integers,
    event_base: Integers,
    event_route: Integers,
    event_quantity: Integers,
    route_start: Integers,
    route_links: Integers,
    links: Integers,
    counter_tier: Integers,
    counter_lots: Integers,
    counter_cap: Integers,
    tier_charge: Integers,
    opened: Integers,
    tier_upper: Integers,
    position: Integers,
    current: Integers,
    tier_used: Integers,
    first_tier: Integers,
    first_quantity: Integers,
    first_counts: Integers,
    more_event: Integers,
    more_tier: Integers,
    more_quantity: Integers,
    more_counts: Integers,
) -> int:
    """Split every event into pieces; give how many come after the first of their event.

    Args:
        order: the events as they are drawn: by pool, instant, id; -1 - n stands for the
            opening of the n-th counter of `opened`.
        event_base: of an event, where its links begin; `links` gives the counter of each.
        event_route: its route; the counters it flows through are `route_links` from
            `route_start` on, each relative to its base.
        event_quantity: its steps.
        counter_tier: of a counter, its first tier; the next counter's ends them.
        counter_lots, counter_cap: of a counter, how many of its tiers hold what rolled over,
            from the oldest on, and how much may roll over into it.
        tier_charge: of a tier, what it does.
        tier_upper: of a tier, its bound (which belongs to it); openings move it.
        position, current: of a counter, what was drawn and the tier it is in; updated.
        tier_used: of a tier, what was drawn in it; updated.
        first_*: of an event, its first piece; `counts` 1: its first rated piece.
        more_*: the other pieces, in order; each ends a tier, so there are at most as many
            as tiers.

    Returns a negative number where a counter would pass OPEN.
    """
    more = 0
    for place in range(len(order)):
        event = order[place]
        if event < 0:
            counter = opened[-1 - event]
            lots = counter_lots[counter]
            if lots == 0:
                position[counter] = position[counter - 1]
                continue
            earlier, first = counter_tier[counter - 1], counter_tier[counter]
            space = counter_cap[counter]
            for age in range(1, lots + 1):  # the youngest first: what is oldest is lost
                left = 0
                if age > 1:
                    tier = earlier + lots - age + 1
                    left = tier_upper[tier] - tier_used[tier]
                    if tier > earlier:
                        left -= tier_upper[tier - 1]
                else:
                    for tier in range(earlier + lots, first):
                        if tier_charge[tier] == INCLUDED and tier_upper[tier] != OPEN:
                            left += tier_upper[tier] - tier_upper[tier - 1] - tier_used[tier]
                left = min(left, space)
                space -= left
                tier_upper[first + lots - age] = left
            rolled = 0
            for tier in range(first, counter_tier[counter + 1]):
                if tier < first + lots:
                    rolled += tier_upper[tier]
                    tier_upper[tier] = rolled
                elif tier_upper[tier] != OPEN:
                    if tier_upper[tier] >= OPEN - rolled:
                        return -1
                    tier_upper[tier] += rolled
            continue
        pending = event_quantity[event]
        base = event_base[event]
        route = event_route[event]
        is_first = True
        is_counted = False
        while True:
            chunk = pending
            tier = NO_TIER
            charge = RATED
            passed = route_start[route]
            while passed < route_start[route + 1] and charge == RATED:
                counter = links[base + route_links[passed]]
                passed += 1
                here = current[counter]
                while here < counter_tier[counter + 1] and tier_upper[here] <= position[counter]:
                    here += 1
                current[counter] = here
                if here < counter_tier[counter + 1]:
                    tier = here
                    charge = tier_charge[here]
                    room = tier_upper[here] - position[counter]
                    if tier_upper[here] != OPEN and room < chunk:
                        chunk = room
            for link in range(route_start[route], passed):
                counter = links[base + route_links[link]]
                here = current[counter]
                if here < counter_tier[counter + 1]:
                    if position[counter] > OPEN - chunk:
                        return -1 - event
                    position[counter] += chunk
                    tier_used[here] += chunk
            counts = 1 if charge == RATED and not is_counted else 0
            is_counted = is_counted or charge == RATED
            if is_first:
                first_tier[event] = tier
                first_quantity[event] = chunk
                first_counts[event] = counts
                is_first = False
            else:
                more_event[more] = event
                more_tier[more] = tier
                more_quantity[more] = chunk
                more_counts[more] = counts
                more += 1
            pending -= chunk
            if pending == 0:
                break
    return more


Compilable = TypeVar("Compilable", bound=Callable[..., object])


def compile_loop(function: Compilable) -> Compilable:
    """Compile a loop over integer arrays; the result is kept on disk for the next process."""
    import numba

    return cast(Compilable, numba.njit(cache=True)(function))


@cache
def compiled_draw() -> Callable[..., int]:
    """Give `draw` compiled."""
    return compile_loop(draw)
