"""Items that are made in a thread of their own while those before them are used.

The engine makes rows and the ledger takes them; neither has Python's lock while it works, so
that two threads keep both busy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

Item = TypeVar("Item")

WAIT_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class _Made(Generic[Item]):
    item: Item


@dataclass(frozen=True, slots=True)
class _Ended:
    fault: BaseException | None


@contextmanager
def made_ahead(
    items: Iterable[Item], *, most: int, stop: Callable[[], object]
) -> Iterator[Iterator[Item]]:
    """Give items in their order, at most so many of them made and not yet taken.

    What fails while an item is made is raised where it would have been taken.  Whoever leaves
    early has the thread ended before he goes on: `stop` ends what it has under way.
    """
    queue: Queue[_Made[Item] | _Ended] = Queue(most)
    is_left = Event()
    thread = Thread(target=_make, args=(items, queue, is_left), name="made-ahead", daemon=True)
    thread.start()
    try:
        yield _taken(queue)
    finally:
        is_left.set()
        while thread.is_alive():
            stop()
            with suppress(Empty):
                queue.get_nowait()
            thread.join(WAIT_SECONDS)


def _make(items: Iterable[Item], queue: Queue[_Made[Item] | _Ended], is_left: Event) -> None:
    fault: BaseException | None = None
    try:
        for item in items:
            queue.put(_Made(item))
            if is_left.is_set():
                return
    except BaseException as raised:  # noqa: BLE001 - whoever takes the items is told
        fault = raised
    queue.put(_Ended(fault))


def _taken(queue: Queue[_Made[Item] | _Ended]) -> Iterator[Item]:
    while True:
        match queue.get():
            case _Made(item):
                yield item
            case _Ended(None):
                return
            case _Ended(fault):
                assert fault is not None
                raise fault
