"""The events of a run as arrays, from which all that is asked of them is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.usage.dispositions import Reason
from runtime.usage.loops import Array

Longs = NDArray[np.int64]

MANY = 1 << 31
_FEW = 256
_STEP = 1 << 18
"""So many events are looked at at once, which a processor keeps at hand."""


@dataclass(slots=True)
class Scan:
    """The events of a run, one cell each.

    Attributes:
        file, position: whole numbers of as few bytes as will do.
        id_hash: of the event's id.
        instant: microseconds since 1970 in UTC; 0 where the event is not usable.
        quantity: as the record has it; 0 where there is none.
        reason: RATED where nothing is wrong with the record itself.
        holder: of usage.holders, NONE where nobody ever held the identifier's value.
        combination: of usage.combinations.
        amount, currency: millionths, and the currency's number in the program; NONE where
            the event has no amount.  Empty where no rate asks for it.
    """

    file: Array
    position: Array
    id_hash: Longs
    instant: Longs
    quantity: Longs
    reason: NDArray[np.uint8]
    holder: NDArray[np.int32]
    combination: NDArray[np.int32]
    amount: Longs
    currency: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.reason)

    def span(self) -> tuple[int, int] | None:
        """Give the first and the last instant of events with nothing wrong; None: there is none."""
        found: list[int] = []
        for begin in range(0, len(self), _STEP):
            own = slice(begin, begin + _STEP)
            usable = self.instant[own][self.reason[own] == Reason.RATED]
            if len(usable):
                found += [int(usable.min()), int(usable.max())]
        return (min(found), max(found)) if found else None

    def forget_ids(self) -> None:
        """Let go of what only tells duplicates."""
        self.id_hash = np.zeros(0, np.int64)


def empty(room: int, files: int, *, has_amount: bool) -> Scan:
    """Give room for events, of files whose numbers are below `files`, with nothing in it yet."""
    extra = room if has_amount else 0
    is_short = room < np.iinfo(np.int32).max
    return Scan(
        file=np.empty(room, np.uint8 if files <= _FEW else np.int32),
        position=np.empty(room, np.int32 if is_short else np.int64),
        id_hash=np.empty(room, np.int64),
        instant=np.empty(room, np.int64),
        quantity=np.empty(room, np.int64),
        reason=np.empty(room, np.uint8),
        holder=np.empty(room, np.int32),
        combination=np.empty(room, np.int32),
        amount=np.empty(extra, np.int64),
        currency=np.empty(extra, np.int32),
    )


def closed_up(found: Scan, places: Sequence[int], sizes: Sequence[int]) -> Scan:
    """Leave out what is empty between the parts, of which place and size are given."""
    if sum(sizes) == len(found):
        return found
    closed = {}
    for name in Scan.__slots__:
        array, end = getattr(found, name), 0
        if len(array):
            for place, own in zip(places, sizes, strict=True):
                array[end : end + own] = array[place : place + own]
                end += own
        closed[name] = array[:end].copy()
    return Scan(**closed)


def joined(one: Scan, other: Scan) -> Scan:
    """Give the events of two scans as one, in their order."""
    if not len(other):
        return one
    return Scan(
        **{
            name: np.concatenate([getattr(one, name), getattr(other, name)])
            for name in Scan.__slots__
        }
    )
