"""Texts told from each other by number: the identifiers of the book, prefixes, keys of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from runtime.usage import kernel, loops
from runtime.usage.loops import NONE, Array

Ints = NDArray[np.int32]


class Words:
    """Finds texts among words that are there once each, by their number from 0."""

    def __init__(self, words: pa.Array) -> None:
        self._offsets, self._data = text_buffers(words)
        self._slots = np.full(_room(len(words)), NONE, np.int32)
        loops.run(
            loops.place_words, len(words), [self._offsets, self._data], [self._slots], threads=1
        )

    def find(self, texts: pa.Array, found: Ints) -> None:
        """Fill in the number of each text, NONE where it is none of the words."""
        given = [*text_buffers(texts), self._offsets, self._data, self._slots]
        loops.run(loops.find_words, len(texts), given, [found], threads=1)


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
        self._make_room(len(keys))
        made: list[Array] = [self._slots, self._keys, self._count, numbers]
        loops.run(loops.number_keys, len(keys), [keys], made, threads=1)
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


@dataclass(frozen=True, slots=True)
class Repeats:
    """Which hashes were seen twice, guessed: each that was, and a few that were not.

    Attributes:
        marks: of each hash, whether it may have been seen before.
        bits: by which hashes are known; None where there are few, of which each is marked.
    """

    marks: NDArray[np.bool_]
    bits: NDArray[np.int64] | None

    @classmethod
    def among(cls, hashes: NDArray[np.int64], threads: int) -> Repeats:
        """Look through hashes."""
        marks = np.ones(len(hashes), np.bool_)
        if len(hashes) < kernel.COMPILED_FROM:
            return cls(marks, None)
        bits = np.zeros(_room(len(hashes) // 4), np.int64)
        loops.run_compiled(loops.mark_repeated, len(bits), [hashes, bits, marks], threads)
        return cls(marks, bits)

    def known(self, hashes: NDArray[np.int64], threads: int) -> NDArray[np.bool_]:
        """Mark the hashes that may be among them."""
        marks = np.ones(len(hashes), np.bool_)
        if self.bits is not None:
            loops.run_compiled(loops.mark_known, len(hashes), [hashes, self.bits, marks], threads)
        return marks


def text_buffers(texts: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Give the offsets and bytes of an Arrow array of texts, of which none is missing."""
    _, offsets, data = texts.buffers()
    first = texts.offset
    starts = np.frombuffer(offsets, np.int32)[first : first + len(texts) + 1]
    return starts, np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)


def _room(keys: int) -> int:
    """Give the power of two that is at least twice the number of keys."""
    return 1 << max(2 * keys, 16).bit_length()
