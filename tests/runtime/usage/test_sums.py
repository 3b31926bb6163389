"""Sums and amounts in words of 64 bits, held to Python's whole numbers."""

from __future__ import annotations

import random
from collections import defaultdict
from unittest.mock import patch

import numpy as np
import pytest

from runtime.usage import kernel, record_loops, sums
from runtime.usage.loops import runner

MOST = 2**63 - 1
PERIODS, PRICES, TEMPLATES = 7, 5, 3
BOTH = pytest.mark.parametrize("compiled_from", [10**9, 0], ids=["interpreted", "compiled"])


def _places() -> sums.Places:
    return sums.Places(
        prices=PRICES,
        templates=TEMPLATES,
        template_of=np.array([0, 1, 2, -1], np.int32),
        is_taken=np.array([True, False, True, False]),
        price_of=np.array([0, 0, 2, 2, 2], np.int32),
    )


def _used(draw: random.Random, events: int) -> sums.Used:
    def numbers(least: int, most: int) -> list[int]:
        return [draw.randint(least, most) for _ in range(events)]

    return sums.Used(
        period=np.array(numbers(0, PERIODS - 1), np.int32),
        price=np.array(numbers(0, PRICES - 1), np.int32),
        reason=np.array([draw.choice((0, 0, 0, 3)) for _ in range(events)], np.uint8),
        tier=np.array(numbers(-1, 2), np.int32),
        quantity=np.array([draw.choice((0, 1, 2**62, MOST)) for _ in range(events)], np.int64),
    )


@pytest.mark.feature("A13", "D9")
@BOTH
@pytest.mark.parametrize("threads", [1, 3])
def test_sums_are_exact_beyond_64_bits_and_in_order(compiled_from: int, threads: int) -> None:
    used, places = _used(random.Random(threads), 2_000), _places()
    expected: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0])
    for period, price, reason, tier, quantity in zip(
        *(each.tolist() for each in (used.period, used.price, used.reason, used.tier)),
        used.quantity.tolist(),
        strict=True,
    ):
        if reason == 0:
            template = int(places.template_of[tier])
            taken = bool(places.is_taken[template])
            own = int(places.price_of[price]) if taken else price
            cell = expected[period, own, template]
            cell[0] += quantity
            cell[1] += not taken
    with (
        patch.object(kernel, "COMPILED_FROM", compiled_from),
        patch.object(sums, "RANGE_EVENTS", 500),
    ):
        found = {}
        for each in sums.sum_up([used], places, PERIODS, threads):
            periods, codes = places.split(each.keys)
            prices, templates = places.split_code(codes)
            keys = zip(periods.tolist(), prices.tolist(), templates.tolist(), strict=True)
            words = zip(each.high.tolist(), each.low.tolist(), each.events.tolist(), strict=True)
            for key, (high, low, events) in zip(keys, words, strict=True):
                found[key] = [high * 2**62 + low, events]
    assert found == dict(expected)
    assert list(found) == sorted(found)


@pytest.mark.feature("A13")
@BOTH
def test_without_a_usage_period_there_is_no_sum(compiled_from: int) -> None:
    none = np.full(3, -1, np.int32)
    used = sums.Used(none, none, np.full(3, 7, np.uint8), none, np.ones(3, np.int64))
    with patch.object(kernel, "COMPILED_FROM", compiled_from):
        assert [len(each.keys) for each in sums.sum_up([used], _places(), 0, 2)] == [0]


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
