"""How a ledger is opened: held by one run at a time, or only read.

A run holds the ledger from its first read to its commit, so what it posts is the target
minus what is posted, and not minus what was posted a moment ago.  The ledger is one plain
SQLite file: a kill leaves either all of a run in it or none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.pool import NullPool, StaticPool

from runtime.ledger.faults import LedgerRefused
from runtime.ledger.migrations import migrate, require_current

WAIT_FOR_READERS_MS = 60_000
"""How long a commit waits for those who only read."""

_IN_MEMORY = "sqlite://"


@contextmanager
def hold_ledger(url: str, *, wait_ms: int = 0) -> Iterator[Connection]:
    """Open a ledger for a run, made where there is none; only one run can hold it.

    The caller commits; leaving without a commit leaves the ledger as it was, and no file or
    folder where there was none.  `wait_ms`: how long to wait for one who holds it.  Raises
    LedgerRefused where another run holds it, or it is not a ledger, or a newer one.
    """
    parsed = _sqlite_url(url)
    name = parsed.database or url
    path = Path(name)
    made = _make_folder(path)
    engine = _engine(parsed, "BEGIN IMMEDIATE", wait_ms)
    try:
        with _refusals(name):
            identity = _make_file(path)
            with engine.connect() as connection:
                connection.begin()
                if _identity(path) != identity:
                    raise LedgerRefused(f"{name}: another run holds the ledger")
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {WAIT_FOR_READERS_MS}")
                migrate(connection, name)
                yield connection
    finally:
        _remove_empty(parsed, path, made)


@contextmanager
def read_ledger(url: str) -> Iterator[Connection]:
    """Open a ledger to read one state of it; where there is none, an empty one in memory.

    Raises LedgerRefused where it is not a ledger, or one of another version.
    """
    parsed = _sqlite_url(url)
    name = parsed.database or url
    path = Path(name)
    if not path.exists() or path.stat().st_size == 0:
        engine = create_engine(_IN_MEMORY, poolclass=StaticPool)
        with engine.connect() as connection:
            migrate(connection, name)
            yield connection
        return
    engine = _engine(_read_only(path), "BEGIN", WAIT_FOR_READERS_MS)
    with _refusals(name), engine.connect() as connection:
        require_current(connection, name)
        yield connection


def ledger_url(path: Path) -> str:
    """Give the URL of a ledger file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def _sqlite_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as fault:
        raise LedgerRefused(f"{url}: is not a database URL, as in sqlite:///ledger.db") from fault
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        shown = parsed.render_as_string(hide_password=True)
        raise LedgerRefused(f"{shown}: a ledger is an SQLite file, as in sqlite:///ledger.db")
    return parsed


def _read_only(path: Path) -> URL:
    query = {"mode": "ro", "uri": "true"}
    return URL.create("sqlite", database=path.resolve().as_uri(), query=query)


def _engine(url: URL, begin: str, wait_ms: int) -> Engine:
    """Make an engine whose transactions begin as told: the driver's own begin too late."""
    engine = create_engine(url, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(driver: object, record: object) -> None:
        driver.isolation_level = None  # type: ignore[attr-defined]
        driver.execute(f"PRAGMA busy_timeout = {wait_ms}")  # type: ignore[attr-defined]
        driver.execute("PRAGMA foreign_keys = ON")  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def begin_as_told(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _make_folder(path: Path) -> tuple[Path, ...]:
    """Make the folders a file stands in; give those that were not there, the inmost first."""
    try:
        missing = tuple(folder for folder in path.parents if not folder.exists())
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise LedgerRefused(f"{path.parent}: cannot be made: {fault.strerror}") from fault
    return missing


def _make_file(path: Path) -> tuple[int, int] | None:
    """Make the file where there is none, so that what is opened next can be recognised."""
    try:
        path.touch()
    except OSError as fault:
        raise LedgerRefused(f"{path}: cannot be written: {fault.strerror}") from fault
    return _identity(path)


def _identity(path: Path) -> tuple[int, int] | None:
    """Tell one file from another of the same name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _remove_empty(url: URL, path: Path, made: tuple[Path, ...]) -> None:
    """Remove a ledger that nothing was posted to, and the folders that were made for it.

    It is held while it goes: a run that opened it a moment ago finds itself with a file that
    has no name any more, and is refused.
    """
    with suppress(DatabaseError, OSError):
        if path.is_file() and path.stat().st_size == 0:
            with _engine(url, "BEGIN IMMEDIATE", 0).connect() as connection:
                connection.begin()
                if path.stat().st_size == 0:
                    path.unlink()
    with suppress(OSError):
        for folder in made:
            folder.rmdir()


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Turn what SQLite says of a file into what a reader of messages can act on."""
    try:
        yield
    except OperationalError as fault:
        words = str(fault.orig)
        if "locked" in words:
            raise LedgerRefused(f"{name}: another run holds the ledger") from fault
        raise LedgerRefused(f"{name}: cannot be used as a ledger: {words}") from fault
    except DatabaseError as fault:
        if "not a database" in str(fault.orig):
            raise LedgerRefused(f"{name}: is not a ledger") from fault
        raise
