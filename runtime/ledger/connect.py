"""How a ledger is opened: held by one run at a time, or only read.

A run holds the ledger from its first read to its commit, so what it posts is the target
minus what is posted, and not minus what was posted a moment ago.  All of a run is one
transaction: a kill leaves all of it or nothing.  runtime.ledger.sqlite and
runtime.ledger.postgres say how each database does that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from runtime.ledger import sqlite
from runtime.ledger.faults import CommitUncertain, LedgerHeld, LedgerRefused
from runtime.ledger.sqlite import WAIT_FOR_READERS_MS
from runtime.ledger.url import ledger_url, parse_ledger_url, shown_name

__all__ = [
    "WAIT_FOR_READERS_MS",
    "commit_run",
    "hold_ledger",
    "ledger_url",
    "note_in_ledger",
    "read_ledger",
    "wait_for_ledger",
]


@contextmanager
def hold_ledger(url: str, *, wait_ms: int = 0) -> Iterator[Connection]:
    """Open a ledger for a run, made where there is none; only one run can hold it.

    The caller commits; leaving without a commit leaves the ledger as it was, and none where
    there was none.  `wait_ms`: how long to wait for one who holds it.  Raises LedgerHeld
    where another run still holds it then, LedgerRefused where it cannot be reached, is not a
    ledger, or is a newer one.
    """
    parsed = parse_ledger_url(url)
    if parsed.get_backend_name() == "postgresql":
        with _postgres(parsed).hold(parsed, wait_ms=wait_ms) as connection:
            yield connection
    else:
        with sqlite.hold(parsed, wait_ms=wait_ms) as connection:
            yield connection


@contextmanager
def wait_for_ledger(url: str, *, wait_ms: int, tell: Callable[[], None]) -> Iterator[Connection]:
    """Open a ledger for a run as hold_ledger does; `tell` that one waits, where one has to."""
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(hold_ledger(url))
        except LedgerHeld:
            if not wait_ms:
                raise
            tell()
            connection = stack.enter_context(hold_ledger(url, wait_ms=wait_ms))
        yield connection


@contextmanager
def read_ledger(url: str) -> Iterator[Connection]:
    """Open a ledger to read one state of it; where there is none, an empty one in memory.

    Raises LedgerRefused where it cannot be reached, is not a ledger, or one of another version.
    """
    parsed = parse_ledger_url(url)
    if parsed.get_backend_name() == "postgresql":
        with _postgres(parsed).read(parsed) as connection:
            yield connection
    else:
        with sqlite.read(parsed) as connection:
            yield connection


@contextmanager
def note_in_ledger(url: str, *, wait_ms: int = 0) -> Iterator[Connection]:
    """Open a ledger to note what is no money and no run asks for: which files are written.

    In PostgreSQL a run may hold it meanwhile; of a file only one can be the writer.  The
    caller commits.  Raises as hold_ledger does.
    """
    parsed = parse_ledger_url(url)
    if parsed.get_backend_name() == "postgresql":
        with _postgres(parsed).note(parsed) as connection:
            yield connection
    else:
        with sqlite.hold(parsed, wait_ms=wait_ms) as connection:
            yield connection


def commit_run(ledger: Connection) -> None:
    """Commit what a run, or a command that posts, has posted.

    Raises CommitUncertain where the connection broke at that: the server may have committed
    and not come to say so.
    """
    try:
        ledger.commit()
    except DBAPIError as fault:
        if fault.connection_invalidated:
            raise CommitUncertain(
                "the connection to the server was lost at the commit: "
                "all of it is posted, or nothing"
            ) from fault
        raise


def _postgres(url: URL) -> ModuleType:
    """Give the module that opens ledgers in PostgreSQL, where its driver is installed."""
    try:
        from runtime.ledger import postgres
    except ImportError as fault:
        raise LedgerRefused(
            f"{shown_name(url)}: a ledger in PostgreSQL needs psycopg: "
            "pip install 'ratebook[postgres]'"
        ) from fault
    return postgres
