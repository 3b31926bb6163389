"""Do a part of the work in a second process, where there is a second core to do it.

The child is a copy of this process: it sees all that was read so far, and sends back plain
data.  Where there can be no child, or it comes to grief, the work is left to the parent, so
that a result never hangs on there being one.
"""

from __future__ import annotations

import contextlib
import gc
import marshal
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

Made = TypeVar("Made")

MOST_PIECES = 255
"""As many as a byte can number."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process at work, and the pipe that its result will come through."""

    process: int
    pipe: int


def start(work: Callable[[], object]) -> Child | None:
    """Begin to work in a child; None where there is no core for it, or a thread in the way."""
    if not can_start():
        return None
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return Child(process, reading)
    code = 1
    try:
        os.close(reading)
        gc.disable()
        data = marshal.dumps(work())  # type: ignore[arg-type]
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(data)
        code = 0
    finally:
        os._exit(code)  # nothing of the parent's is closed, written or reported twice


def can_start() -> bool:
    """Whether a child would have a core of its own, and this process can be copied."""
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return False
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else False


def result(child: Child | None) -> object:
    """Wait for what a child sends; None where there is no child, or it came to grief."""
    if child is None:
        return None
    with os.fdopen(child.pipe, "rb") as pipe:
        data = pipe.read()
    code = 1
    with contextlib.suppress(ChildProcessError):
        code = os.waitpid(child.process, 0)[1]
    try:
        return None if code else marshal.loads(data)
    except (EOFError, TypeError, ValueError):
        return None


def share(
    count: int,
    work: Callable[[int], Made],
    pack: Callable[[Made], object],
    unpack: Callable[[int, object], Made],
) -> Callable[[], list[Made]]:
    """Do pieces of work by their numbers, each here or in a child, whichever is free first.

    A child begins at once; what is given back does the rest here, and gives what both made.
    What a child makes is packed as plain data there, and unpacked here.
    """
    if not can_start():
        return lambda: [work(number) for number in range(count)]
    bag = _bag(count)
    helper = start(lambda: tuple((number, pack(work(number))) for number in _drawn(bag)))

    def finish() -> list[Made]:
        made = {number: work(number) for number in _drawn(bag)}
        os.close(bag)
        theirs = result(helper)
        if isinstance(theirs, tuple):
            made |= {number: unpack(number, packed) for number, packed in theirs}
        return [made[number] if number in made else work(number) for number in range(count)]

    return finish


def _bag(count: int) -> int:
    """Put numbers into a pipe, of which each is drawn once, by whichever process reads it."""
    assert count <= MOST_PIECES
    reading, writing = os.pipe()
    os.write(writing, bytes(range(count)))
    os.close(writing)
    return reading


def _drawn(bag: int) -> Iterator[int]:
    while drawn := os.read(bag, 1):
        yield drawn[0]
