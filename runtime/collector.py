"""Python's garbage collector, kept out while large trees are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the garbage collector out: trees hold no cycles, and it would walk them again.

    What was made meanwhile is put with the old objects then, which are looked at seldom: as
    new ones they would all be walked at the next turn.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
