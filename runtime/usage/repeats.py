"""Hashes that are there more than once, found without a table of all of them.

Hashes are first sorted by some of their bits into blocks, each of which has a table of bits
that a processor keeps at hand.  What is found is a guess: it has all that repeat, and a few
others, which are then told by comparing them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.usage import kernel, loops, repeat_loops
from runtime.usage.loops import Array

Longs = NDArray[np.int64]

_PIECES = 16
"""How many pieces of the hashes are sorted side by side; none of its results depends on it."""

_SPARSE = 32
"""How many bits there are for each hash of a block, at least."""


@dataclass(frozen=True, slots=True)
class Known:
    """Hashes that others are asked to be among, as bits.

    Attributes:
        bits: by the lower ones of a hash; None where there are few, of which each is taken.
    """

    bits: Longs | None

    @classmethod
    def of(cls, hashes: Longs, threads: int) -> Known:
        """Take hashes."""
        if len(hashes) < kernel.COMPILED_FROM:
            return cls(None)
        bits = np.zeros(_cells(len(hashes)), np.int64)
        loops.run_compiled(repeat_loops.set_bits, len(bits), [hashes, bits], threads)
        return cls(bits)

    def marks(self, hashes: Longs, threads: int) -> NDArray[np.bool_]:
        """Mark the hashes that may be among them."""
        marks = np.ones(len(hashes), np.bool_)
        if self.bits is not None:
            given = [hashes, self.bits, marks]
            loops.run_compiled(repeat_loops.mark_known, len(hashes), given, threads)
        return marks


def suspects(hashes: Longs, threads: int) -> Longs:
    """Give the hashes that may be there more than once, by their lower repeat_loops.KEPT bits."""
    size = len(hashes)
    if size < kernel.COMPILED_FROM:
        return hashes
    blocks = repeat_loops.BLOCKS
    ends = np.array([size * (piece + 1) // _PIECES for piece in range(_PIECES)], np.int64)
    counts = np.zeros((_PIECES, blocks), np.int64)
    every = counts.reshape(-1)
    loops.run_compiled(repeat_loops.count_blocks, _PIECES, [hashes, ends, every], threads)
    places = np.zeros(blocks * _PIECES, np.int64)
    np.cumsum(counts.T.reshape(-1)[:-1], out=places[1:])
    starts = np.append(places[::_PIECES], size)
    next_place = np.ascontiguousarray(places.reshape(blocks, _PIECES).T).reshape(-1)
    lower = np.empty(size, np.uint32)
    sorting: list[Array] = [hashes, ends, next_place, lower]
    loops.run_compiled(repeat_loops.sort_blocks, _PIECES, sorting, threads)
    found = np.zeros(blocks, np.int64)
    words = 1 << (_SPARSE * size // blocks // 64).bit_length()
    bits = np.zeros(threads * words, np.int64)
    lanes = np.array([threads], np.int64)
    finding: list[Array] = [lanes, starts, lower, bits, found]
    loops.run_compiled(repeat_loops.find_repeated, threads, finding, threads)
    return np.concatenate(
        [
            lower[start : start + count].astype(np.int64) | (block << repeat_loops.LOWER)
            for block, (start, count) in enumerate(zip(starts[:-1], found, strict=True))
        ]
    )


def _cells(hashes: int) -> int:
    """Give how many cells of 64 bits hashes have: a power of two, more for each of a few."""
    return 1 << max(hashes // 2, min(2 * hashes, 1 << 19), 16).bit_length()
