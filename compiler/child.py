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
from collections.abc import Callable
from dataclasses import dataclass


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
