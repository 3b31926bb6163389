"""How a ledger is opened: held by one run at a time, or only read.

A run holds the ledger from its first read to its commit, so what it posts is the target
minus what is posted, and not minus what was posted a moment ago.  All of a run is one
transaction: a kill leaves all of it or nothing.  runtime.ledger.sqlite and
runtime.ledger.postgres say how each database does that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from runtime.ledger import sqlite
from runtime.ledger.faults import LedgerRefused
from runtime.ledger.sqlite import WAIT_FOR_READERS_MS
from runtime.ledger.url import ledger_url, parse_ledger_url, shown_name

__all__ = ["WAIT_FOR_READERS_MS", "hold_ledger", "ledger_url", "read_ledger"]


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
