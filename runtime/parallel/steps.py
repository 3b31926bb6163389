"""Steps of the engine that need nothing of each other, each on a connection of its own.

Tables of accounts and prices are small beside those of events, and the engine hardly shares the
work of one among its threads; two at once keep these busy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import Generic, TypeVar

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
    workers = min(len(steps), _threads(connection))
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


class Later(Generic[Made]):
    """What a step gives, once it is done."""

    value: Made


@contextmanager
def beside(
    connection: DuckDBPyConnection, step: Callable[[DuckDBPyConnection], Made]
) -> Iterator[Later[Made]]:
    """Do a step on a connection of its own while the body does another.

    The step and the body must make tables of different names, and read none that the other makes;
    at the end of the body all is made.  Where the run may use but one thread, the step comes
    after the body.  Raises what the body raises, else what the step does.
    """
    later: Later[Made] = Later()
    if _threads(connection) == 1:
        yield later
        later.value = step(connection)
        return
    own = connection.cursor()
    own.execute("SET TimeZone = 'UTC'")
    with ThreadPoolExecutor(1) as pool, own:
        begun = pool.submit(step, own)
        try:
            yield later
        finally:
            fault = begun.exception()
        if fault is not None:
            raise fault
        later.value = begun.result()


def _threads(connection: DuckDBPyConnection) -> int:
    found = connection.execute("SELECT current_setting('threads')").fetchone()
    return int(found[0]) if found else 1
