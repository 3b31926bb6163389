"""Drawing buckets, event by event: the rule read aloud, over plain integers.

Nothing of a catalog is here but tables.  A counter is one bucket over one bucket period; its
tiers stand in a row, and `position` says how much was drawn.  A unit flows through the
counters of its route in order: an `included` or `flat` tier takes it; a `rated` tier counts
it and lets it flow on; what no counter takes is rated, in the last rated tier it passed.
Quantities only: no price, no rounding.

The same source runs as it stands on lists for small inputs, and compiled on arrays for
large ones, with the same results.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Protocol, TypeVar, cast

INCLUDED, FLAT, RATED = 0, 1, 2
"""The charges of tiers, as numbers."""

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


def draw(  # noqa: PLR0913 - compiled code takes arrays, not objects that hold them
    order: Integers,
    event_base: Integers,
    event_route: Integers,
    event_quantity: Integers,
    route_start: Integers,
    route_links: Integers,
    links: Integers,
    counter_tier: Integers,
    tier_upper: Integers,
    tier_charge: Integers,
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
    events: int,
) -> int:
    """Split every event into pieces; give how many come after the first of their event.

    Args:
        order: the events as they are drawn: by pool, instant, id.
        event_base: of an event, where its links begin; `links` gives the counter of each.
        event_route: its route; the counters it flows through are `route_links` from
            `route_start` on, each relative to its base.
        event_quantity: its steps.
        counter_tier: of a counter, its first tier; the next counter's ends them.
        tier_upper, tier_charge: of a tier, its bound (which belongs to it) and charge.
        position, current: of a counter, what was drawn and the tier it is in; updated.
        tier_used: of a tier, what was drawn in it; updated.
        first_*: of an event, its first piece; `counts` 1: its first rated piece.
        more_*: the other pieces, in order; each ends a tier, so there are at most as many
            as tiers.

    Returns -1 - event where a counter would pass OPEN.
    """
    more = 0
    for place in range(events):
        event = order[place]
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
