"""Steps that need nothing of each other, side by side.

Tables of accounts and prices are small beside those of events, and the engine hardly shares the
work of one among its threads; two at once keep these busy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Generic, TypeVar

from duckdb import DuckDBPyConnection

from runtime.usage import sql

Made = TypeVar("Made")


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
    if sql.threads(connection) == 1:
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
