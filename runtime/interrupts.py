"""Ctrl-C, where it would be lost.

An interrupt that arrives inside a callback of a native library is swallowed there, with what
the callback was to give: a document without one of its fonts, and a run that goes on.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def hold_interrupts() -> Iterator[None]:
    """Finish what is under way, then let an interrupt that came meanwhile have its effect.

    Only the main thread is interrupted; in any other there is nothing to hold.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[FrameType | None] = []
    before = signal.signal(signal.SIGINT, lambda _, frame: came.append(frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came and callable(before):
        before(signal.SIGINT, came[0])
