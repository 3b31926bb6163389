"""Texts told from each other by number: the identifiers of the book, prefixes, keys of events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from runtime.usage import loops, plain_loops
from runtime.usage.loops import NONE, Array

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bytes = NDArray[np.uint8]

_MOST_CELLS = 1 << 22
"""Of a table that has a cell for each pair there may be."""

_STEP = 1 << 16
"""So many keys are numbered at once: there is room for them to be new, which most are not."""


class Words:
    """Finds texts among words that are there once each, by their number from 0."""

    def __init__(self, words: pa.Array) -> None:
        self._offsets, self._data, _ = text_buffers(words)
        self._slots = np.full(_room(len(words)), NONE, np.int32)
        self._cells = np.zeros(0, np.int64)
        longest = int(np.diff(self._offsets).max(initial=0))
        if longest > plain_loops.PACKED:
            given: list[Array] = [self._offsets, self._data]
            loops.run(loops.place_words, len(words), given, [self._slots], threads=1)
            return
        self._cells = np.zeros(2 * len(self._slots), np.int64)
        made: list[Array] = [self._cells, self._slots]
        loops.run(plain_loops.place_packed, len(words), _packed(words), made, threads=1)

    def find(self, texts: pa.Array, found: Ints) -> None:
        """Fill in the number of each text, NONE where it is none of the words."""
        if len(self._cells):
            given = [*_packed(texts), self._cells, self._slots]
            loops.run(plain_loops.find_packed, len(texts), given, [found], threads=1)
            return
        given = [*text_buffers(texts), self._offsets, self._data, self._slots]
        loops.run(loops.find_words, len(texts), given, [found], threads=1)


def _packed(texts: pa.Array) -> list[Array]:
    offsets, data, valid = text_buffers(texts)
    # Of each byte, overlapping: what a loop reads eight bytes at once from.
    size = max(len(data) - 7, 0)
    eights = np.ndarray((size,), "<i8", data.data, 0, (1,)) if size else np.zeros(0, np.int64)
    made: list[Array] = [np.empty(len(texts), np.int64) for _ in range(2)]
    loops.run(plain_loops.pack_texts, len(texts), [offsets, data, eights, valid], made, threads=1)
    return made


class Prefixes:
    """Finds the longest prefix of texts, by its number from 0."""

    def __init__(self, prefixes: Sequence[str]) -> None:
        self.prefixes = tuple(prefixes)
        encoded = [each.encode() for each in prefixes]
        signs = sorted({byte for each in encoded for byte in each})
        self._signs = np.full(256, NONE, np.int32)
        self._signs[signs] = np.arange(len(signs))
        width = max(len(signs), 1)
        nodes: list[dict[int, int]] = [{}]
        ends = [NONE]
        for number, prefix in enumerate(encoded):
            node = 0
            for byte in prefix:
                sign = int(self._signs[byte])
                if sign not in nodes[node]:
                    nodes[node][sign] = len(nodes)
                    nodes.append({})
                    ends.append(NONE)
                node = nodes[node][sign]
            ends[node] = number
        self._children = np.full(len(nodes) * width, NONE, np.int32)
        for node, leads in enumerate(nodes):
            for sign, child in leads.items():
                self._children[node * width + sign] = child
        self._ends = np.array(ends, np.int32)
        self._width = np.array([width], np.int64)

    def find(self, texts: pa.Array, found: Ints) -> None:
        """Fill in the number of each text's longest prefix, NONE where it has none."""
        given = [*text_buffers(texts), self._signs, self._children, self._ends, self._width]
        loops.run(loops.walk_prefixes, len(texts), given, [found], threads=1)


class Numbering:
    """Numbers keys from 0 in the order in which they come."""

    def __init__(self) -> None:
        self._slots = np.full(_room(0), NONE, np.int32)
        self._keys = np.empty(len(self._slots), np.int64)
        self._count = np.zeros(1, np.int64)

    @property
    def keys(self) -> NDArray[np.int64]:
        """The keys, each at its number."""
        return self._keys[: self._count[0]]

    def number(self, keys: NDArray[np.int64], numbers: Ints | None = None) -> Ints:
        """Give the number of each key, in an array of the caller's or a new one."""
        if numbers is None:
            numbers = np.empty(len(keys), np.int32)
        for begin in range(0, len(keys), _STEP):
            own = slice(begin, begin + _STEP)
            given = keys[own]
            self._make_room(len(given))
            made: list[Array] = [self._slots, self._keys, self._count, numbers[own]]
            loops.run(loops.number_keys, len(given), [given], made, threads=1)
        return numbers

    def _make_room(self, more: int) -> None:
        """Let the table hold twice as many keys as there may be, so that they are found soon."""
        room = _room(int(self._count[0]) + more)
        if room <= len(self._slots):
            return
        known = self.keys.copy()
        self._slots = np.full(room, NONE, np.int32)
        self._keys = np.empty(room, np.int64)
        self._count[0] = 0
        made: list[Array] = [self._slots, self._keys, self._count, np.empty(len(known), np.int32)]
        loops.run(loops.number_keys, len(known), [known], made, threads=1)


class Pairs:
    """Numbers pairs of a key and a reach from 0 in the order in which they come.

    Args:
        reaches: how many there are; one number more stands for none.
    """

    def __init__(self, reaches: int) -> None:
        self._across = reaches + 1
        self._cells = np.zeros(0, np.int32)
        self._known = np.zeros(0, np.int64)
        self._count = np.zeros(1, np.int64)
        self._many: Numbering | None = None

    @property
    def keys(self) -> Longs:
        """The pairs, each at its number: `key x (reaches + 1) + reach + 1`."""
        return self._known[: self._count[0]] if self._many is None else self._many.keys

    def number(self, code: Ints, kind_of: Ints, rows: Ints, reach: Ints, numbers: Ints) -> Ints:
        """Fill in the number of each event's pair; give the kind of each.

        `kind_of`: of a code; `rows`: of a kind, its key; `reach`: NONE where there is none.
        """
        self._make_room(int(rows.max(initial=0)) + 1)
        kind = np.empty(len(code), np.int32)
        if self._many is not None:
            kind[:] = kind_of[code]
            self._many.number(rows[kind].astype(np.int64) * self._across + reach + 1, numbers)
            return kind
        given: list[Array] = [code, kind_of, reach, rows, np.array([self._across], np.int64)]
        made: list[Array] = [self._cells, self._known, self._count, kind, numbers]
        loops.run(plain_loops.number_pairs, len(code), given, made, threads=1)
        return kind

    def _make_room(self, keys: int) -> None:
        """Let the table have a cell for each pair; where it would be too large, number by hash."""
        room = keys * self._across
        if self._many is not None or room <= len(self._cells):
            return
        if room > _MOST_CELLS:
            known = self.keys.copy()
            self._many = Numbering()
            self._many.number(known)
            return
        cells = np.full(2 * room, NONE, np.int32)
        cells[: len(self._cells)] = self._cells
        known = np.empty(len(cells), np.int64)
        known[: self._count[0]] = self._known[: self._count[0]]
        self._cells, self._known = cells, known


def hash_texts(
    texts: pa.Array, hashes: Longs, further: Sequence[bytes] = (b"",), kind: Ints | None = None
) -> None:
    """Fill in the hash of each text with the further one of its kind behind it.

    Equal texts have equal hashes, whichever part of them is the further one.
    """
    loops.run(plain_loops.hash_texts, len(texts), text_buffers(texts), [hashes], threads=1)
    ends = [plain_loops.further_text(each) for each in further]
    factor, more = (np.array([each[cell] for each in ends], np.int64) for cell in range(2))
    kind = np.zeros(len(texts), np.int32) if kind is None else kind
    loops.run(plain_loops.finish_hashes, len(texts), [kind, factor, more], [hashes], threads=1)


def text_buffers(texts: pa.Array) -> tuple[NDArray[np.int32], Bytes, Bytes]:
    """Give offsets and bytes of an Arrow array of texts, and `valid` of `find_words`."""
    _, offsets, data = texts.buffers()
    first = texts.offset
    starts = np.frombuffer(offsets, np.int32)[first : first + len(texts) + 1]
    return starts, np.frombuffer(data or b"", np.uint8), validity(texts)


def plain_numbers(numbers: pa.Array) -> Array:
    """Give the numbers of an Arrow array as they stand, whatever stands where one is missing."""
    data = np.frombuffer(numbers.buffers()[1] or b"", numbers.type.to_pandas_dtype())
    return data[numbers.offset : numbers.offset + len(numbers)]


def validity(values: pa.Array) -> Bytes:
    """Give 0 for each value that is missing, else 1; nothing where none is."""
    if not values.null_count:
        return np.zeros(0, np.uint8)
    first = values.offset
    bits = np.frombuffer(values.buffers()[0], np.uint8)
    return np.unpackbits(bits, count=first + len(values), bitorder="little")[first:]


def _room(keys: int) -> int:
    """Give the power of two that is at least twice the number of keys."""
    return 1 << max(2 * keys, 16).bit_length()
