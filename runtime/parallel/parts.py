"""Parts of one piece of work, told by number, on so many threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Done = TypeVar("Done")


def do_parts(work: Callable[[int], Done], parts: int, threads: int) -> list[Done]:
    """Do parts by number, so many at once; give what they gave, in their order.

    Worth it for work that does not hold Python's lock: compiled loops, numpy, the engine.
    Raises what the first part raises that does, once those under way have ended.
    """
    if threads == 1 or parts <= 1:
        return [work(part) for part in range(parts)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(parts)))
