"""The time zones that a program may name, by the files of the `tzdata` package.

The machine's own files are not asked, which are of any age: a catalog and a book mean the
same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo


@cache
def zone_names() -> frozenset[str]:
    """Give the names of the IANA time zones."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@cache
def time_zone(name: str) -> ZoneInfo:
    """Give a time zone by one of the `zone_names`."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, name)


def changed_at(shift: Callable[[int], object], start: int, end: int) -> int:
    """Give the first second, of `start` to `end`, at which clocks have another shift than at start.

    At `end` they have.  No zone changes its clocks twice in a day, nor within a second.

    Args:
        shift: how far clocks are from UTC at a second, by whatever clock it is counted.
        start, end: seconds, at most a day from each other.
    """
    before = shift(start)
    while end - start > 1:
        middle = (start + end) // 2
        if shift(middle) == before:
            start = middle
        else:
            end = middle
    return end
