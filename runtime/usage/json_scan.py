# ruff: noqa: PLR1714, SIM109 - the compiler of loops knows no sets
"""Lines of JSON, found out without making anything of them but where their fields stand.

A line is done here if it is plain: an object of strings without escapes, numbers, words,
and objects and lists of such, no field of interest twice.  Any other is left to the decoder,
be it whole or malformed, so that each line comes to what the decoder says of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from runtime.usage import loops
from runtime.usage.kernel import Integers
from runtime.usage.loops import NONE

Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]

BLANK, PLAIN, OTHER = 0, 1, 2
"""What a line is: empty, done here, or left to the decoder."""

ABSENT = -2
_DEPTH = 32
_VALUE, _FIRST_KEY, _KEY, _COLON, _NEXT, _FIRST_VALUE = range(6)


@dataclass(frozen=True, slots=True)
class Fields:
    """The wanted fields, as a tree of names.

    Attributes:
        first, ends: of a node, where its children begin and end.
        key_start, key_end: of a node, its name in `keys`.
        slot: of a node, where its value is to go; NONE: nowhere.
        slots: of each column, that of the field of that very name, and that of the field
            inside others; NONE where it has no such.
    """

    first: Ints
    ends: Ints
    key_start: Ints
    key_end: Ints
    keys: Bytes
    slot: Ints
    slots: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Node:
    name: str
    slot: int
    children: dict[str, _Node]


def fields_of(columns: Sequence[str]) -> Fields:
    """Give the fields that columns name; behind a point stands one inside another."""
    root = _Node("", NONE, {})
    slots: list[tuple[int, int]] = []
    count = 0
    for column in columns:
        found = []
        for path in [[column]] + ([column.split(".")] if "." in column else []):
            node = root
            for part in path:
                node = node.children.setdefault(part, _Node(part, NONE, {}))
            if node.slot == NONE:
                node.slot, count = count, count + 1
            found.append(node.slot)
        slots.append((found[0], found[1] if len(found) > 1 else NONE))
    nodes = [root]
    first, ends = [], []
    for node in nodes:
        first.append(len(nodes))
        nodes.extend(node.children.values())
        ends.append(len(nodes))
    names = [node.name.encode() for node in nodes]
    cuts = np.cumsum([0, *map(len, names)]).astype(np.int32)
    return Fields(
        first=np.array(first, np.int32),
        ends=np.array(ends, np.int32),
        key_start=cuts[:-1].copy(),
        key_end=cuts[1:].copy(),
        keys=np.frombuffer(b"".join(names) or b"\0", np.uint8),
        slot=np.array([node.slot for node in nodes], np.int32),
        slots=tuple(slots),
    )


@dataclass(slots=True)
class Lines:
    """The lines of a piece of a file.

    Attributes:
        start, end: of a line, its bytes in `data`.
        status: of a line, what it is.
        begin, until: of a column and a line, the bytes of its text in `data`; a `begin` below
            0 is none.
    """

    data: Bytes
    start: Ints
    end: Ints
    status: NDArray[np.uint8]
    begin: Ints
    until: Ints

    def column(self, number: int, kept: NDArray[np.bool_]) -> pa.Array:
        """Give the texts of a column for the lines that are kept."""
        begin, until = self.begin[number][kept], self.until[number][kept]
        is_there = begin >= 0
        sizes = np.where(is_there, until - begin, 0)
        offsets = np.zeros(len(sizes) + 1, np.int32)
        np.cumsum(sizes, out=offsets[1:])
        texts = np.empty(max(int(offsets[-1]), 1), np.uint8)
        loops.compiled(copy_texts)(0, len(sizes), begin, offsets, self.data, texts)
        valid = pa.py_buffer(np.packbits(is_there, bitorder="little"))
        buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(texts)]
        return pa.Array.from_buffers(pa.string(), len(sizes), buffers)


def scan(data: bytes, fields: Fields) -> Lines:
    """Find the fields of the lines of whole lines of text."""
    try:
        data.decode()
        is_text = 1
    except UnicodeDecodeError:
        is_text = 0
    given = np.frombuffer(data, np.uint8)
    breaks = np.flatnonzero(given == ord("\n")).astype(np.int32)
    start = np.concatenate([np.zeros(1, np.int32), breaks + np.int32(1)])
    end = np.append(breaks, np.int32(len(given)))
    slots = int(fields.slot.max()) + 1
    begin = np.full((slots, len(start)), ABSENT, np.int32)
    until = np.zeros((slots, len(start)), np.int32)
    status = np.zeros(len(start), np.uint8)
    read = [given, start, end, fields.first, fields.ends, fields.key_start, fields.key_end]
    read += [fields.keys, fields.slot, np.array([is_text, len(start)], np.int64)]
    loops.run(scan_lines, len(start), read, [begin.reshape(-1), until.reshape(-1), status])
    firsts, untils = np.empty((2, len(fields.slots), len(start)), np.int32)
    for number, (own, inner) in enumerate(fields.slots):
        firsts[number], untils[number] = begin[own], until[own]
        if inner != NONE:
            is_absent = begin[own] == ABSENT
            firsts[number][is_absent] = begin[inner][is_absent]
            untils[number][is_absent] = until[inner][is_absent]
    return Lines(given, start, end, status, firsts, untils)


def copy_texts(
    first: int, last: int, begin: Integers, offsets: Integers, data: Integers, texts: Integers
) -> None:
    """Copy the bytes of texts behind each other."""
    for line in range(first, last):
        place = begin[line]
        for byte in range(offsets[line], offsets[line + 1]):
            texts[byte] = data[place]
            place += 1


def scan_lines(  # noqa: PLR0912, PLR0913, PLR0915 - one loop over bytes, compiled as a whole
    first: int,
    last: int,
    data: Integers,
    start: Integers,
    end: Integers,
    child_first: Integers,
    child_end: Integers,
    key_start: Integers,
    key_end: Integers,
    keys: Integers,
    slot_of: Integers,
    facts: Integers,
    begin: Integers,
    until: Integers,
    status: Integers,
) -> None:
    """Find the fields of lines, of which `facts` tells whether all are text, and how many."""
    is_text, lines = facts[0], facts[1]
    kinds = [0] * _DEPTH
    nodes = [0] * _DEPTH
    seen = [-1] * len(slot_of)
    for line in range(first, last):
        place, stop = start[line], end[line]
        while place < stop and (data[place] == 32 or 9 <= data[place] <= 13):
            place += 1
        while stop > place and (data[stop - 1] == 32 or 9 <= data[stop - 1] <= 13):
            stop -= 1
        if place == stop:
            status[line] = BLANK
            continue
        status[line] = OTHER
        if data[place] != 123:
            continue
        depth = -1
        state = _VALUE
        node = 0
        while place < stop:
            sign = data[place]
            if sign == 32 or sign == 9 or sign == 13:
                place += 1
                continue
            if state == _VALUE or state == _FIRST_VALUE:
                slot = slot_of[node] if node >= 0 else NONE
                if sign == 34:
                    close = place + 1
                    while close < stop:
                        byte = data[close]
                        if byte == 34 or byte == 92 or byte < 32 or (byte > 127 and is_text == 0):
                            break
                        close += 1
                    if close == stop or data[close] != 34:
                        break
                    if slot >= 0:
                        begin[slot * lines + line] = place + 1
                        until[slot * lines + line] = close
                    place = close + 1
                    state = _NEXT
                elif sign == 45 or 48 <= sign <= 57:
                    close = place + 1 if sign == 45 else place
                    if close == stop or not 48 <= data[close] <= 57:
                        break
                    if data[close] == 48:
                        close += 1
                    else:
                        while close < stop and 48 <= data[close] <= 57:
                            close += 1
                    if close < stop and data[close] == 46:
                        close += 1
                        if close == stop or not 48 <= data[close] <= 57:
                            break
                        while close < stop and 48 <= data[close] <= 57:
                            close += 1
                    if close < stop and (data[close] == 69 or data[close] == 101):
                        close += 1
                        if close < stop and (data[close] == 43 or data[close] == 45):
                            close += 1
                        if close == stop or not 48 <= data[close] <= 57:
                            break
                        while close < stop and 48 <= data[close] <= 57:
                            close += 1
                    if slot >= 0:
                        begin[slot * lines + line] = place
                        until[slot * lines + line] = close
                    place = close
                    state = _NEXT
                elif sign == 123 or sign == 91:
                    depth += 1
                    if depth == _DEPTH:
                        break
                    kinds[depth] = sign
                    nodes[depth] = node if sign == 123 else NONE
                    state = _FIRST_KEY if sign == 123 else _FIRST_VALUE
                    if sign == 91:
                        node = NONE
                    place += 1
                elif sign == 93 and state == _FIRST_VALUE:
                    depth -= 1
                    place += 1
                    state = _NEXT
                elif sign == 116 and place + 4 <= stop:
                    if data[place + 1] != 114 or data[place + 2] != 117 or data[place + 3] != 101:
                        break
                    if slot >= 0:
                        begin[slot * lines + line] = place
                        until[slot * lines + line] = place + 4
                    place += 4
                    state = _NEXT
                elif sign == 110 and place + 4 <= stop:
                    if data[place + 1] != 117 or data[place + 2] != 108 or data[place + 3] != 108:
                        break
                    place += 4
                    state = _NEXT
                elif sign == 102 and place + 5 <= stop:
                    if data[place + 1] != 97 or data[place + 2] != 108:
                        break
                    if data[place + 3] != 115 or data[place + 4] != 101:
                        break
                    if slot >= 0:
                        begin[slot * lines + line] = place
                        until[slot * lines + line] = place + 5
                    place += 5
                    state = _NEXT
                else:
                    break
            elif state == _NEXT:
                if sign == 44:
                    state = _KEY if kinds[depth] == 123 else _VALUE
                    node = NONE
                elif (sign == 125 and kinds[depth] == 123) or (sign == 93 and kinds[depth] == 91):
                    depth -= 1
                else:
                    break
                place += 1
                if depth < 0:
                    break
            elif state == _COLON:
                if sign != 58:
                    break
                place += 1
                state = _VALUE
            elif sign == 125 and state == _FIRST_KEY:
                depth -= 1
                place += 1
                state = _NEXT
                if depth < 0:
                    break
            elif sign == 34:
                close = place + 1
                while close < stop:
                    byte = data[close]
                    if byte == 34 or byte == 92 or byte < 32 or (byte > 127 and is_text == 0):
                        break
                    close += 1
                if close == stop or data[close] != 34:
                    break
                node = NONE
                parent = nodes[depth]
                if parent >= 0:
                    size = close - place - 1
                    for child in range(child_first[parent], child_end[parent]):
                        key = key_start[child]
                        if key_end[child] - key == size:
                            same = 0
                            while same < size and keys[key + same] == data[place + 1 + same]:
                                same += 1
                            if same == size:
                                node = child
                                break
                if node >= 0:
                    if seen[node] == line:
                        break
                    seen[node] = line
                    if slot_of[node] >= 0:
                        begin[slot_of[node] * lines + line] = NONE
                place = close + 1
                state = _COLON
            else:
                break
        if depth < 0 and place == stop and state == _NEXT:
            status[line] = PLAIN
