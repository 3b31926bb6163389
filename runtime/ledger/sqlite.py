"""How a ledger that is an SQLite file is opened: one plain file, and all of a run in it or none.

A run's transaction takes the file's write lock at its beginning, before its first read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic_ns

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool, StaticPool

from runtime.ledger.faults import HELD, LedgerHeld, LedgerRefused
from runtime.ledger.migrations import migrate, require_current

WAIT_FOR_READERS_MS = 60_000
"""How long a commit waits for those who only read."""

WAIT_STEP_MS = 500

PAGE_BYTES = 16 * 1024
"""The size of a new file's pages: a run appends, and larger ones are filled with less work."""

CACHE_KIB = 128 * 1024
"""What a run may keep of the file in memory: a row lands anywhere in an index of texts."""

TOO_LARGE_SUM = (
    "what an account was billed, or paid, comes to more in all than the 64 bits of the ledger hold"
)


@contextmanager
def hold(url: URL, *, wait_ms: int) -> Iterator[Connection]:
    """Open the file for a run, as runtime.ledger.connect.hold_ledger says.

    Leaving without a commit leaves no file or folder where there was none.
    """
    name = url.database or ""
    path = Path(name)
    made = _make_folder(path)
    engine = _engine(url, "BEGIN IMMEDIATE")
    try:
        with _refusals(name), _begun(engine, path, wait_ms) as connection:
            _set(connection, busy_timeout=WAIT_FOR_READERS_MS, cache_size=-CACHE_KIB)
            migrate(connection, name)
            yield connection
    finally:
        _remove_empty(url, path, made)


@contextmanager
def read(url: URL) -> Iterator[Connection]:
    """Open the file to read one state of it; where there is none, an empty one in memory."""
    name = url.database or ""
    path = Path(name)
    if not path.exists() or path.stat().st_size == 0:
        with empty_ledger() as connection:
            yield connection
        return
    engine = _engine(_of_a_file_that_is_there(path), "BEGIN")
    with _refusals(name), engine.connect() as connection:
        _set(connection, busy_timeout=WAIT_FOR_READERS_MS, query_only=1)
        require_current(connection, name)
        yield connection


@contextmanager
def empty_ledger() -> Iterator[Connection]:
    """Give a ledger in memory that nothing was posted to: what one that is not there holds."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        migrate(connection, "a ledger in memory")
        yield connection


def _begun(engine: Engine, path: Path, wait_ms: int) -> Connection:
    """Begin the run's transaction, which takes the file's write lock.

    The wait is cut into steps, so that Ctrl-C is heard; and it is for the file of that name:
    one that a run which posted nothing has removed meanwhile is made again.
    """
    until = _now_ms() + wait_ms
    while True:
        left = max(0, until - _now_ms())
        identity = _make_file(path)
        connection = engine.connect()
        try:
            _set(connection, busy_timeout=min(left, WAIT_STEP_MS), page_size=PAGE_BYTES)
            connection.begin()
        except OperationalError as fault:
            is_held = _is_locked(fault) or _identity(path) != identity
            if not is_held:
                raise
        else:
            if _identity(path) == identity:
                return connection
        connection.close()
        if not left:
            raise LedgerHeld(f"{path}: {HELD}")


def _set(connection: Connection, **pragmas: int) -> None:
    """Set what holds for this connection alone; it takes no part in a transaction."""
    driver = connection.connection.driver_connection
    assert driver is not None
    for name, value in pragmas.items():
        driver.execute(f"PRAGMA {name} = {value}")


def _of_a_file_that_is_there(path: Path) -> URL:
    """Give a URL that makes no file, and lets a reader take back what a killed run left half."""
    query = {"mode": "rw", "uri": "true"}
    return URL.create("sqlite", database=path.resolve().as_uri(), query=query)


def _engine(url: URL, begin: str) -> Engine:
    """Make an engine whose transactions begin as told: the driver's own begin too late."""
    engine = create_engine(url, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(driver: object, record: object) -> None:
        driver.isolation_level = None  # type: ignore[attr-defined]
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
            identity = _identity(path)
            with _engine(url, "BEGIN IMMEDIATE").connect() as connection:
                _set(connection, busy_timeout=0)
                connection.begin()
                # Another run may have removed it meanwhile, and made one of its own.
                if _identity(path) == identity and path.stat().st_size == 0:
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
        if _is_locked(fault):
            raise LedgerHeld(f"{name}: {HELD}") from fault
        if str(fault.orig) == "integer overflow":
            raise LedgerRefused(f"{name}: {TOO_LARGE_SUM}") from fault
        raise LedgerRefused(f"{name}: cannot be used as a ledger: {fault.orig}") from fault
    except DatabaseError as fault:
        if "not a database" in str(fault.orig):
            raise LedgerRefused(f"{name}: is not a ledger") from fault
        raise


def _now_ms() -> int:
    return monotonic_ns() // 1_000_000


def _is_locked(fault: OperationalError) -> bool:
    return "locked" in str(fault.orig)
