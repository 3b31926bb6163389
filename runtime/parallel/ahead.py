"""Items that are made in a thread of their own while those before them are used.

Who makes rows and who takes them, the engine and the ledger or a reader and a writer of files,
do not have Python's lock while they work, so that two threads keep both busy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

WAIT_SECONDS = 0.05  # float: a time to wait, no money


@dataclass(frozen=True, slots=True)
class _Made(Generic[Item]):
    item: Item


@contextmanager
def made_ahead(
    items: Iterable[Item], *, most: int, stop: Callable[[], object]
) -> Iterator[Iterator[Item]]:
    """Give items in their order, at most so many of them made and not yet taken.

    What fails while an item is made is raised where it would have been taken.  Whoever leaves
    early has the thread ended before he goes on: `stop` ends what it has under way.
    """
    left = iter(items)
    asked: deque[Future[_Made[Item] | None]] = deque()

    def make() -> _Made[Item] | None:
        for item in left:
            return _Made(item)
        return None

    def taken() -> Iterator[Item]:
        while True:
            while len(asked) <= most:
                asked.append(thread.submit(make))
            made = asked[0].result()
            asked.popleft()
            if made is None:
                return
            yield made.item

    with ThreadPoolExecutor(1, "made-ahead") as thread:
        asked.extend(thread.submit(make) for _ in range(most))
        try:
            yield taken()
        finally:
            under_way = [each for each in asked if not each.cancel()]
            while wait(under_way, WAIT_SECONDS).not_done:
                stop()
