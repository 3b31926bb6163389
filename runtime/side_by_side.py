"""Steps that need nothing of each other, on as many connections as the engine has threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from queue import SimpleQueue
from typing import TypeVar

from duckdb import DuckDBPyConnection

Made = TypeVar("Made")

WAIT_SECONDS = 0.05  # float: a time to wait, no money


def side_by_side(
    connection: DuckDBPyConnection, steps: Sequence[Callable[[DuckDBPyConnection], Made]]
) -> list[Made]:
    """Do every step, those first that stand first, and give what each gives, in their order.

    Steps must make tables of different names, and read none that another makes.  Raises what the
    first of them raises that does, once all others have been ended.
    """
    found = connection.execute("SELECT current_setting('threads')").fetchone()
    workers = min(len(steps), int(found[0]) if found else 1)
    if workers <= 1:
        return [step(connection) for step in steps]
    idle: SimpleQueue[DuckDBPyConnection] = SimpleQueue()

    def do(step: Callable[[DuckDBPyConnection], Made]) -> Made:
        own = idle.get()
        try:
            return step(own)
        finally:
            idle.put(own)

    with ExitStack() as opened:
        owns = [opened.enter_context(connection.cursor()) for _ in range(workers)]
        for own in owns:
            own.execute("SET TimeZone = 'UTC'")
            idle.put(own)
        pool = opened.enter_context(ThreadPoolExecutor(workers))
        begun = [pool.submit(do, step) for step in steps]
        try:
            return [each.result() for each in begun]
        finally:
            under_way = [each for each in begun if not each.cancel()]
            while wait(under_way, WAIT_SECONDS).not_done:
                for own in owns:
                    own.interrupt()
