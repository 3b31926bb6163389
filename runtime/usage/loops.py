"""Loops over the arrays of events, which run as they stand or compiled.

Nothing of a catalog is here but tables.  Each loop takes the range of events it is to do, so
that two can share the work, and arrays that it fills.  Short inputs are done on lists by the
interpreter, long ones compiled, with the same results: no arithmetic here may leave 64 bits.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

from numpy.typing import NDArray

from runtime.usage import kernel
from runtime.usage.kernel import Integers

Array = NDArray[Any]

NONE = -1
_WORD_BITS = (1 << 52) - 1


def run(
    loop: Callable[..., object],
    size: int,
    given: Sequence[Any],
    made: Sequence[Any],
    threads: int | None = None,
) -> None:
    """Run a loop over `size` events; `made` are the arrays that it fills or changes.

    Args:
        loop: of this module; its first two arguments are the range of events.
        size: how many events there are.
        given: arrays that it reads.
        made: arrays of one cell an event, or that no two ranges write to the same cells of.
        threads: how many may share the work; None: as many as the machine has.
    """
    if size < kernel.COMPILED_FROM and loop not in _IN_USE:
        lists = [each.tolist() for each in made]
        loop(0, size, *(each.tolist() for each in given), *lists)
        for array, filled in zip(made, lists, strict=True):
            array[:] = filled
        return
    run_compiled(loop, size, [*given, *made], threads)


def run_compiled(
    loop: Callable[..., object], size: int, arrays: Sequence[Array], threads: int | None = None
) -> None:
    """Run a loop compiled, however few events there are."""
    step = compiled(loop)
    _IN_USE.add(loop)
    parts = threads or os.cpu_count() or 1
    if parts == 1:
        step(0, size, *arrays)
        return
    cuts = cut(size, parts)
    with ThreadPoolExecutor(parts) as pool:
        done = [pool.submit(step, first, last, *arrays) for first, last in pairwise(cuts)]
        for each in done:
            each.result()


def cut(size: int, parts: int) -> list[int]:
    """Cut so many events into parts; give where each begins, and the end."""
    return [size * part // parts for part in range(parts + 1)]


def sharing(events: int, threads: int) -> int:
    """Give how many threads may fill one array together: lists, for few events, are put back whole.

    `events`: how many there are in all; `threads`: how many the run may use.
    """
    return threads if events >= kernel.COMPILED_FROM else 1


_IN_USE: set[Callable[..., object]] = set()
"""The loops that are compiled by now, which then do short inputs too."""


@cache
def compiled(loop: Callable[..., object]) -> Callable[..., object]:
    """Give a loop compiled."""
    return kernel.compile_loop(loop)


def number_keys(
    first: int,
    last: int,
    keys: Integers,
    slots: Integers,
    known: Integers,
    count: Integers,
    numbers: Integers,
) -> None:
    """Number keys from 0 in the order in which they are first seen.

    `slots`: a table of a power of two cells, NONE or a number; `known`: the key of a number;
    `count`: how many there are.  Both tables have room for all that may come.
    """
    mask = len(slots) - 1
    for event in range(first, last):
        key = keys[event]
        slot = (key ^ (key >> 29)) & mask
        while slots[slot] != NONE and known[slots[slot]] != key:
            slot = (slot + 1) & mask
        if slots[slot] == NONE:
            known[count[0]] = key
            slots[slot] = count[0]
            count[0] += 1
        numbers[event] = slots[slot]


def find_words(  # noqa: PLR0913 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    offsets: Integers,
    data: Integers,
    valid: Integers,
    word_offsets: Integers,
    word_data: Integers,
    slots: Integers,
    found: Integers,
) -> None:
    """Find texts, bytes of `data` from offset to offset, among words; NONE where it is none.

    `valid`: 0 where a text is missing, which is then read as an empty one; without cells where
    none is.  `slots`: of `place_words`.
    """
    mask = len(slots) - 1
    for event in range(first, last):
        start = offsets[event]
        size = offsets[event + 1] - start
        if len(valid) and valid[event] == 0:
            size = 0
        place = 0
        for byte in range(size):
            place = (place * 131 + data[start + byte]) & _WORD_BITS
        slot = (place ^ (place >> 21)) & mask
        found[event] = NONE
        while slots[slot] != NONE:
            word = slots[slot]
            begin = word_offsets[word]
            if word_offsets[word + 1] - begin == size:
                same = 0
                while same < size and word_data[begin + same] == data[start + same]:
                    same += 1
                if same == size:
                    found[event] = word
                    break
            slot = (slot + 1) & mask


def place_words(
    first: int, last: int, word_offsets: Integers, word_data: Integers, slots: Integers
) -> None:
    """Put words, each of which is there once, into a table of NONE for `find_words`."""
    mask = len(slots) - 1
    for word in range(first, last):
        place = 0
        for byte in range(word_offsets[word], word_offsets[word + 1]):
            place = (place * 131 + word_data[byte]) & _WORD_BITS
        slot = (place ^ (place >> 21)) & mask
        while slots[slot] != NONE:
            slot = (slot + 1) & mask
        slots[slot] = word


def walk_prefixes(  # noqa: PLR0913 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    offsets: Integers,
    data: Integers,
    valid: Integers,
    signs: Integers,
    children: Integers,
    prefix_of: Integers,
    width: Integers,
    found: Integers,
) -> None:
    """Find the longest prefix of texts, NONE where there is none.

    `valid`: of `find_words`; `signs`: which child a byte leads to, NONE where no prefix has it;
    `children`: of a node, `width` cells; `prefix_of`: the prefix that ends at a node.
    """
    across = width[0]
    for event in range(first, last):
        node = 0
        longest = NONE
        end = offsets[event + 1]
        if len(valid) and valid[event] == 0:
            end = offsets[event]
        for place in range(offsets[event], end):
            sign = signs[data[place]]
            if sign == NONE:
                break
            node = children[node * across + sign]
            if node == NONE:
                break
            if prefix_of[node] != NONE:
                longest = prefix_of[node]
        found[event] = longest


Runner = Callable[[Callable[..., object], int, Sequence[Any], Sequence[Any]], None]


def runner(events: int) -> Runner:
    """Give what runs loops over parts of so many events, as `run` does on one thread.

    A part that is short is compiled too, where the whole is long: tables of the whole are not
    made lists of for it.
    """
    is_long = events >= kernel.COMPILED_FROM

    def run_part(
        loop: Callable[..., object], size: int, given: Sequence[Any], made: Sequence[Any]
    ) -> None:
        if is_long:
            compiled(loop)(0, size, *given, *made)
        else:
            run(loop, size, given, made, threads=1)

    return run_part
