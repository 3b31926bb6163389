"""Sums and amounts in words of 64 bits, held to Python's whole numbers."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from runtime.parallel.parts import do_parts
from runtime.usage import kernel, record_loops, sums
from runtime.usage import order as ordering
from runtime.usage.draw import Pieces
from runtime.usage.kernel import BITS, FIELDS, LOW
from runtime.usage.loops import runner
from runtime.usage.order import Order

MOST = 2**63 - 1
PERIODS, PRICES, TEMPLATES = 7, 5, 3
BOTH = pytest.mark.parametrize("compiled_from", [10**9, 0], ids=["interpreted", "compiled"])


def _places() -> sums.Places:
    return sums.Places(
        prices=PRICES,
        templates=TEMPLATES,
        is_taken=np.array([True, False, True, False]),
        price_of=np.array([0, 0, 2, 2, 2], np.int32),
    )


PRICE_OF_ROW = np.array([3, 0, 1, 4, 2, 2, -1], np.int32)
"""The last is that of no row."""


def _pieces(draw: random.Random, sizes: list[int]) -> Pieces:
    """Give pieces of pools of so many places: some are openings, some of several pieces."""
    cells: list[int] = []
    more: list[tuple[int, int, int, int]] = []
    pools = [pool for pool, size in enumerate(sizes) for _ in range(size)]
    for place, pool in enumerate(pools):
        row, tier = draw.randrange(len(PRICE_OF_ROW) - 1), draw.randint(-1, 2)
        quantity = draw.choice((0, 1, 2**62, MOST))
        event = place | (row + 1) << BITS if draw.randrange(10) else -1
        period = pool * PERIODS + draw.randrange(PERIODS)
        cells += [0, quantity, event, period | (tier + 1) << BITS]
        if event >= 0 and draw.randrange(4) == 0:
            for part in (quantity // 3, quantity // 2):
                more.append((place, draw.randint(-1, 2), part, draw.randint(0, 1)))
    columns = [np.array(each, np.int64) for each in zip(*more, strict=True)] or [
        np.zeros(0, np.int64)
    ] * 4
    none = np.zeros(0, np.int64)
    return Pieces(
        order=Order(np.cumsum([0, *sizes]), np.array(cells, np.int64), none),
        more_place=columns[0],
        more_tier=columns[1].astype(np.int32),
        more_quantity=columns[2],
        more_counts=columns[3],
        charge=none.astype(np.int8),
        template=np.array([0, 1, 2, -1], np.int32),
    )


def _sum_up(pieces: Pieces, places: sums.Places, events: int, threads: int) -> list[sums.Sums]:
    """Sum the pieces of two pools at a time, so many of them at once."""
    summing = sums.Summing(places, PRICE_OF_ROW, events)
    start = pieces.order.pool_start
    cuts = [*range(0, len(start) - 1, 2), len(start) - 1]

    def work(part: int) -> sums.Sums:
        own = start[cuts[part] : cuts[part + 1] + 1]
        cells = pieces.order.cells[FIELDS * own[0] : FIELDS * own[-1]]
        more = slice(*np.searchsorted(pieces.more_place, [own[0], own[-1]]))
        return summing.of(
            replace(
                pieces,
                order=replace(pieces.order, pool_start=own - own[0], cells=cells),
                more_place=pieces.more_place[more] - own[0],
                more_tier=pieces.more_tier[more],
                more_quantity=pieces.more_quantity[more],
                more_counts=pieces.more_counts[more],
            )
        )

    return do_parts(work, len(cuts) - 1, threads)


def _expected(pieces: Pieces, places: sums.Places) -> dict[tuple[int, int, int], list[int]]:
    cells: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0])
    further = list(
        zip(
            pieces.more_place.tolist(),
            pieces.more_tier.tolist(),
            pieces.more_quantity.tolist(),
            pieces.more_counts.tolist(),
            strict=True,
        )
    )
    for place, (_, quantity, event, owner) in enumerate(pieces.order.cells.reshape(-1, 4).tolist()):
        if event < 0:
            continue
        own = [each[1:] for each in further if each[0] == place]
        left = quantity - sum(part for _, part, _ in own)
        for tier, part, count in [((owner >> BITS) - 1, left, None), *own]:
            template = int(pieces.template[tier])
            price = int(PRICE_OF_ROW[(event >> BITS) - 1])
            taken = bool(places.is_taken[template])
            price = int(places.price_of[price]) if taken else price
            cell = cells[owner & LOW, price, template]
            cell[0] += part
            cell[1] += (not taken) if count is None else count
    return dict(cells)


@pytest.mark.feature("A13", "D9")
@BOTH
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("room", [2, 1 << 12])
def test_sums_are_exact_beyond_64_bits_and_in_the_order_of_pools(
    compiled_from: int, threads: int, room: int
) -> None:
    pieces, places = _pieces(random.Random(threads), [0, 1500, 1, 0, 300, 200, 0]), _places()
    with (
        patch.object(kernel, "COMPILED_FROM", compiled_from),
        patch.object(sums, "_FIRST_ROOM", room),
    ):
        found = _sum_up(pieces, places, 2_000, threads)
    cells = _cells(found, places)
    assert cells == _expected(pieces, places)
    pools = [period // PERIODS for period, _, _ in cells]
    assert pools == sorted(pools)
    assert len(cells) == sum(map(len, found))


def _cells(found: list[sums.Sums], places: sums.Places) -> dict[tuple[int, int, int], list[int]]:
    cells = {}
    for own in found:
        prices, templates = places.split_code(own.code)
        keys = zip(own.period.tolist(), prices.tolist(), templates.tolist(), strict=True)
        words = zip(own.high.tolist(), own.low.tolist(), own.events.tolist(), strict=True)
        for key, (high, low, events) in zip(keys, words, strict=True):
            cells[key] = [high * 2**62 + low, events]
    return cells


class Taken(list[tuple[sums.Longs, sums.Ints]]):
    """Room that another thread takes, and writes over, as soon as it is given back."""

    def append(self, room: tuple[sums.Longs, sums.Ints]) -> None:
        room[0].fill(-7)
        super().append(room)


def test_what_a_range_found_is_its_own_once_another_has_its_room() -> None:
    pieces, places = _pieces(random.Random(5), [700, 1, 0, 300]), _places()
    summing = sums.Summing(places, PRICE_OF_ROW, 2_000)
    with patch.object(summing, "_free", Taken()):
        found = summing.of(pieces)
    assert _cells([found], places) == _expected(pieces, places)


@pytest.mark.feature("A13")
@BOTH
def test_without_a_usage_period_there_is_no_sum(compiled_from: int) -> None:
    pieces = _pieces(random.Random(1), [])
    with patch.object(kernel, "COMPILED_FROM", compiled_from):
        found = sums.Summing(_places(), PRICE_OF_ROW, 0).of(pieces)
    assert _cells([found], _places()) == {}


@pytest.mark.feature("A13", "D8")
@BOTH
@pytest.mark.parametrize("late", [3, 1 << 16])
def test_a_pool_is_sorted_by_time_whatever_its_events_come_in(
    compiled_from: int, late: int
) -> None:
    draw = random.Random(9)
    pools = []
    for number in range(60):
        size = draw.choice((0, 1, 2, 30))
        instants = sorted(draw.randrange(20) for _ in range(size))
        if number % 3 == 1:  # some records again
            instants += sorted(draw.sample(instants, size // 3))
        elif number % 3 == 2:
            draw.shuffle(instants)
        events = list(range(len(instants)))
        if number % 7 == 0:
            instants += [draw.randrange(20) for _ in range(2)]
            events += [-2, -1]
        pools.append(list(zip(instants, events, strict=True)))
    rows = [
        (instant, number, event, 0)
        for pool in pools
        for number, (instant, event) in enumerate(pool)
    ]
    order = Order(
        np.cumsum([0, *map(len, pools)]),
        np.array(rows, np.int64).reshape(-1),
        np.zeros(0, np.int64),
    )
    with (
        patch.object(kernel, "COMPILED_FROM", compiled_from),
        patch.object(ordering, "_LATE", late),
        patch.object(ordering, "_BLOCK", 50),
    ):
        ordering.sort_pools(order, len(rows))
    found = order.cells.reshape(-1, 4).tolist()
    for pool, begin in zip(pools, order.pool_start.tolist(), strict=False):
        own = [(instant, event) for instant, _, event, _ in found[begin : begin + len(pool)]]
        assert own == sorted(pool, key=lambda each: (each[0], each[1] >= 0))


@pytest.mark.feature("A13", "D9")
@BOTH
def test_the_amount_of_a_record_is_rounded_half_up_or_found_too_large(compiled_from: int) -> None:
    draw = random.Random(4)
    sizes = (0, 1, 2, 7, 10**6, 2**31, 2**40, 2**60)
    cases = [
        (draw.choice(sizes), draw.randint(0, 1), draw.choice((1, 3, 10**9)), draw.randint(0, 50))
        for _ in range(300)
    ]
    rows = []
    for number in range(300):
        of = max(draw.choice(sizes) + draw.randint(0, 9), cases[number][0], 1)
        rows.append((of, draw.randint(1, 9), draw.choice((0, 5, -3 * 10**11, 10**15))))
    size = len(cases)
    quantity, counts, step, event = (
        np.array(2 * [case[place] for case in cases], np.int64) for place in range(4)
    )
    step, event = step[:size], event[:size]
    limit = np.array([draw.choice((-1, 10**6, 2**28)) for _ in range(size)], np.int64)
    # The pieces of the first half are at plain prices; each of the second has a row of its own.
    periods = np.array([0] * size + list(range(1, size + 1)), np.int32)
    prices = np.array(2 * list(range(size)), np.int32)
    start = np.array([0, 0, *range(1, size + 1)], np.int64)
    totals, events, came = (np.array([row[place] for row in rows], np.int64) for place in range(3))
    amount, is_large = np.empty(2 * size, np.int64), np.empty(2 * size, np.int8)
    given = [periods, prices, quantity, counts, np.ones(2 * size, np.int8), step, event]
    given += [np.full(size, 60, np.int64), limit, start, np.arange(size, dtype=np.int32)]
    given += [np.ones(size, np.int64), totals, events, came, np.full(size, 40, np.int64)]
    with patch.object(kernel, "COMPILED_FROM", compiled_from):
        runner(2 * size)(record_loops.find_amounts, 2 * size, given, [amount, is_large])

    def share(whole: int, part: int, of: int) -> int:
        sign = -1 if whole < 0 else 1
        return sign * ((2 * abs(whole) * part + of) // (2 * of)) if whole else 0

    for piece, (units, count, step_price, event_price) in enumerate(2 * cases):
        if piece < size:
            assert is_large[piece] == (units > limit[piece])
            exact = (2 * (units * step_price + count * event_price) + 60) // 120
        else:
            total, used, whole = rows[piece - size]
            exact = share(whole, units, total) + share(40, count, used)
            assert not is_large[piece] or total >= 2**59
        assert is_large[piece] or amount[piece] == exact
    assert is_large[size:].sum() < size // 2
