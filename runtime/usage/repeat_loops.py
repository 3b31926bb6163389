"""Loops that find hashes which repeat, as `runtime.usage.loops` says of loops."""

from __future__ import annotations

from runtime.usage.kernel import Integers

BLOCKS = 256
LOWER = 32
KEPT = 40
"""The bits of a hash that tell its block, and those that are kept of it there."""

_LOWER_BITS = (1 << LOWER) - 1


def set_bits(first: int, last: int, hashes: Integers, bits: Integers) -> None:
    """Set the bits of hashes, those in a range of the cells of `bits`, of 64 bits each.

    There is a power of two of the cells.
    """
    mask = len(bits) - 1
    for event in range(len(hashes)):
        value = hashes[event]
        cell = (value >> 6) & mask
        if first <= cell < last:
            bits[cell] |= 1 << (value & 63)


def mark_known(first: int, last: int, hashes: Integers, bits: Integers, marks: Integers) -> None:
    """Mark the events whose hash may be one of those that set the bits."""
    mask = len(bits) - 1
    for event in range(first, last):
        value = hashes[event]
        marks[event] = (bits[(value >> 6) & mask] & (1 << (value & 63))) != 0


def count_blocks(first: int, last: int, hashes: Integers, ends: Integers, counts: Integers) -> None:
    """Count, by piece and block, how many hashes there are; a piece ends at one of `ends`."""
    for piece in range(first, last):
        row = piece * BLOCKS
        for event in range(ends[piece - 1] if piece else 0, ends[piece]):
            counts[row + ((hashes[event] >> LOWER) & (BLOCKS - 1))] += 1


def sort_blocks(
    first: int, last: int, hashes: Integers, ends: Integers, places: Integers, lower: Integers
) -> None:
    """Put the lower bits of hashes where `places` says, which is by piece and block."""
    for piece in range(first, last):
        row = piece * BLOCKS
        for event in range(ends[piece - 1] if piece else 0, ends[piece]):
            cell = row + ((hashes[event] >> LOWER) & (BLOCKS - 1))
            lower[places[cell]] = hashes[event] & _LOWER_BITS
            places[cell] += 1


def find_repeated(
    first: int,
    last: int,
    lanes: Integers,
    starts: Integers,
    lower: Integers,
    bits: Integers,
    found: Integers,
) -> None:
    """Put those of each block that may repeat to its beginning, and how many they are.

    `first`, `last`: of `lanes`, each of which does some of the blocks with bits of its own.
    """
    size = len(bits) // lanes[0]
    for lane in range(first, last):
        own = lane * size
        for block in range(lane, BLOCKS, lanes[0]):
            for cell in range(own, own + size):
                bits[cell] = 0
            kept = starts[block]
            for place in range(starts[block], starts[block + 1]):
                value = int(lower[place])
                cell = own + ((value >> 6) & (size - 1))
                bit = 1 << (value & 63)
                if bits[cell] & bit:
                    lower[kept] = value
                    kept += 1
                bits[cell] |= bit
            found[block] = kept - starts[block]
