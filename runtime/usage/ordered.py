"""What is written in the order of the files, through joins that look words up.

A join keeps the order of the rows it streams, not of those it makes its table of.  Which
side is which the engine guesses from its statistics, and those differ from run to run with
threads and memory: so it is told not to guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from duckdb import DuckDBPyConnection

_GUESSES = "build_side_probe_side,join_order"


@contextmanager
def joins_in_order(connection: DuckDBPyConnection) -> Iterator[None]:
    """Let every join stream its left side, so that its rows keep their order."""
    connection.execute(f"SET disabled_optimizers = '{_GUESSES}'")
    try:
        yield
    finally:
        connection.execute("SET disabled_optimizers = ''")


@contextmanager
def one_thread_in_order(connection: DuckDBPyConnection) -> Iterator[None]:
    """Let one thread stream every join's left side: rows, and row groups, in one order.

    Several threads keep neither for certain.
    """
    ((threads,),) = connection.execute("SELECT current_setting('threads')").fetchall()
    connection.execute("SET threads = 1")
    try:
        with joins_in_order(connection):
            yield
    finally:
        connection.execute(f"SET threads = {threads}")
