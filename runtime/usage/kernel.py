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
from importlib import import_module
from threading import Thread
from typing import Protocol, TypeVar, cast

INCLUDED, TAKEN, RATED = 0, 1, 2
"""What tiers do, as numbers; what is left of an INCLUDED one may roll over."""

FIELDS = 4
INSTANT, QUANTITY, EVENT, OWNER = 0, 1, 2, 3
"""The numbers of a place, which stand side by side, so that what is drawn is read in order.

EVENT: the event, and above BITS its row of pricing and 1; below zero: -1 - n is the opening of
the n-th counter of `opened`.  OWNER: the usage period, and above BITS the tier of the event's
first piece and 1, which drawing puts there.
"""

BITS = 32
LOW = (1 << BITS) - 1

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
    first: int,
    last: int,
    pools: Integers,
    pool_start: Integers,
    cells: Integers,
    route_of: Integers,
    stretch_of: Integers,
    stretch_instant: Integers,
    stretch_base: Integers,
    stretch_paths: Integers,
    path_of: Integers,
    path_start: Integers,
    path_links: Integers,
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
    is_unsure: Integers,
    more_place: Integers,
    more_tier: Integers,
    more_quantity: Integers,
    more_counts: Integers,
) -> int:
    """Split the events of some pools into pieces; give how many come after the first of theirs.

    Args:
        first, last: which of `pools` to draw; no counter belongs to two pools.
        pool_start: of a pool, its first place; the next pool's ends them.
        cells: the numbers of the places, which stand by pool and instant: events, and
            openings of the counters of `opened`; updated.
        route_of: of a row of pricing and 1, its route; 0 goes through no counter.
        stretch_of: of a period, its first stretch; the next period's ends them.
        stretch_instant, stretch_base, stretch_paths: of a stretch, when it begins, where its
            links begin (`links` gives the counter of each), and which row of `path_of`,
            less a route, tells the path of an event of that route.
        path_start, path_links: the counters a path flows through are `path_links` from its
            start on, each relative to a base.
        counter_tier: of a counter, its first tier; the next counter's ends them.
        counter_lots, counter_cap: of a counter, how many of its tiers hold what rolled over,
            from the oldest on, and how much may roll over into it.
        tier_charge: of a tier, what it does.
        tier_upper: of a tier, its bound (which belongs to it); openings move it.
        position, current: of a counter, what was drawn and the tier it is in; updated.
        tier_used: of a tier, what was drawn in it; updated.
        is_unsure: of a place, 1 where its event has the instant of another, and a bound was
            reached among such: another order of theirs could give other pieces.
        more_*: the other pieces, in order; each ends a tier, so there are at most as many
            as tiers.  `more_counts` 1: the first rated piece of its event.

    Returns a negative number where a counter would pass OPEN.
    """
    more = 0
    for drawn in range(first, last):
        pool = pools[drawn]
        group = pool_start[pool]
        group_instant, members = 0, 0
        is_touched = False
        for place in range(pool_start[pool], pool_start[pool + 1]):
            event = cells[FIELDS * place + EVENT]
            if event < 0:
                if is_touched and members > 1:
                    for member in range(group, place):
                        is_unsure[member] = 1
                members = 0
                is_touched = False
                counter = opened[-1 - event]
                lots = counter_lots[counter]
                if lots == 0:
                    position[counter] = position[counter - 1]
                    continue
                earlier, begin = counter_tier[counter - 1], counter_tier[counter]
                space = counter_cap[counter]
                for age in range(1, lots + 1):  # the youngest first: what is oldest is lost
                    left = 0
                    if age > 1:
                        tier = earlier + lots - age + 1
                        left = tier_upper[tier] - tier_used[tier]
                        if tier > earlier:
                            left -= tier_upper[tier - 1]
                    else:
                        for tier in range(earlier + lots, begin):
                            if tier_charge[tier] == INCLUDED and tier_upper[tier] != OPEN:
                                left += tier_upper[tier] - tier_upper[tier - 1] - tier_used[tier]
                    left = min(left, space)
                    space -= left
                    tier_upper[begin + lots - age] = left
                rolled = 0
                for tier in range(begin, counter_tier[counter + 1]):
                    if tier < begin + lots:
                        rolled += tier_upper[tier]
                        tier_upper[tier] = rolled
                    elif tier_upper[tier] != OPEN:
                        if tier_upper[tier] >= OPEN - rolled:
                            return -1
                        tier_upper[tier] += rolled
                continue
            route = route_of[event >> BITS]
            if route == 0:
                continue
            instant = cells[FIELDS * place + INSTANT]
            if members > 0 and instant != group_instant:
                if is_touched and members > 1:
                    for member in range(group, place):
                        is_unsure[member] = 1
                members = 0
                is_touched = False
            if members == 0:
                group = place
            members += 1
            group_instant = instant
            period = cells[FIELDS * place + OWNER] & LOW
            stretch = stretch_of[period]
            while stretch + 1 < stretch_of[period + 1] and stretch_instant[stretch + 1] <= instant:
                stretch += 1
            base = stretch_base[stretch]
            path = path_of[stretch_paths[stretch] + route]
            pending = cells[FIELDS * place + QUANTITY]
            is_first = True
            is_counted = False
            while True:
                chunk = pending
                tier = NO_TIER
                charge = RATED
                passed = path_start[path]
                while passed < path_start[path + 1] and charge == RATED:
                    counter = links[base + path_links[passed]]
                    passed += 1
                    here = current[counter]
                    behind = counter_tier[counter + 1]
                    while here < behind and tier_upper[here] <= position[counter]:
                        here += 1
                        is_touched = True
                    current[counter] = here
                    if here < counter_tier[counter + 1]:
                        tier = here
                        charge = tier_charge[here]
                        room = tier_upper[here] - position[counter]
                        if tier_upper[here] != OPEN and room <= chunk:
                            chunk = room
                            is_touched = True
                for link in range(path_start[path], passed):
                    counter = links[base + path_links[link]]
                    here = current[counter]
                    if here < counter_tier[counter + 1]:
                        if position[counter] > OPEN - chunk:
                            return -1
                        position[counter] += chunk
                        tier_used[here] += chunk
                counts = 1 if charge == RATED and not is_counted else 0
                is_counted = is_counted or charge == RATED
                if is_first:
                    cells[FIELDS * place + OWNER] = period | ((tier + 1) << BITS)
                    is_first = False
                else:
                    more_place[more] = place
                    more_tier[more] = tier
                    more_quantity[more] = chunk
                    more_counts[more] = counts
                    more += 1
                pending -= chunk
                if pending == 0:
                    break
        if is_touched and members > 1:
            for member in range(group, pool_start[pool + 1]):
                is_unsure[member] = 1
    return more


Compilable = TypeVar("Compilable", bound=Callable[..., object])


def compile_loop(function: Compilable) -> Compilable:
    """Compile a loop over integer arrays; it lets other threads run.

    The result is kept on disk for the next process, beside the module or, where that folder
    cannot be written, in the user's cache; where neither can be, each process compiles anew.
    """
    import numba

    try:
        return cast(Compilable, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba finds no folder for its cache
        return cast(Compilable, numba.njit(nogil=True)(function))


def get_ready(events: int) -> None:
    """Load the compiler beside what else is done, if there are events enough to need it."""
    if events >= COMPILED_FROM:
        Thread(target=import_module, args=("numba",), name="load-compiler").start()


@cache
def compiled_draw() -> Callable[..., int]:
    """Give `draw` compiled."""
    return compile_loop(draw)
