"""How a ledger in PostgreSQL is opened: one schema of a database, in the URL's search path.

A run takes an advisory lock of its session and only then begins its transaction: a snapshot
that is older than the lock would not know what the run before has posted.  Lock and
transaction end with the session, so a run whose server or connection is lost holds nothing
and has posted nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, Table, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from runtime.ledger.faults import HELD, LedgerHeld, LedgerRefused
from runtime.ledger.migrations import migrate, read_version, require_current
from runtime.ledger.postgres_faults import refusals
from runtime.ledger.rows import Row
from runtime.ledger.sqlite import WAIT_FOR_READERS_MS, empty_ledger
from runtime.ledger.url import shown_name

OLDEST_SERVER = 13

CONNECT_SECONDS = 15

LINGER_MS = 2_000
"""How long a server may take to notice that a killed run is gone."""

_LOCK_CLASS = int.from_bytes(b"book")
"""The first half of the lock's key, so that no other program's locks are ours."""

_KEY = f"{_LOCK_CLASS}, current_schema()::regnamespace::oid::bigint::bit(32)::int"

# What a session needs whatever the server's defaults are.  A run may compute for an hour
# between two statements; a run's machine that has vanished must not keep the lock for long;
# what was committed, and may have been sent to a customer, must not be lost again.
_SESSION = """
SELECT set_config('statement_timeout', '0', false),
       set_config('idle_in_transaction_session_timeout', '0', false),
       set_config('tcp_keepalives_idle', '30', false),
       set_config('tcp_keepalives_interval', '10', false),
       set_config('tcp_keepalives_count', '3', false),
       CASE WHEN current_setting('synchronous_commit') = 'off'
            THEN set_config('synchronous_commit', 'on', false) END
"""

_HOLDER = f"""
SELECT a.pid, a.usename, a.backend_start
  FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
 WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = {_LOCK_CLASS}
   AND l.objid = current_schema()::regnamespace::oid
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@contextmanager
def hold(url: URL, *, wait_ms: int) -> Iterator[Connection]:
    """Open the ledger for a run, as runtime.ledger.connect.hold_ledger says."""
    name = shown_name(url)
    with refusals(name), _session(url, name) as connection:
        _lock(connection, name, wait_ms)
        try:
            connection.execution_options(isolation_level="REPEATABLE READ")
            # Only a migration waits for those who read.
            connection.execute(text(f"SET LOCAL lock_timeout = {WAIT_FOR_READERS_MS}"))
            migrate(connection, name)
            yield connection
        finally:
            _unlock(connection)


@contextmanager
def read(url: URL) -> Iterator[Connection]:
    """Open the ledger to read one snapshot of it; an empty one in memory where it has none."""
    name = shown_name(url)
    with refusals(name), _session(url, name) as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        if read_version(connection, name) is None:
            with empty_ledger() as empty:
                yield empty
            return
        require_current(connection, name)
        yield connection


@contextmanager
def note(url: URL) -> Iterator[Connection]:
    """Open the ledger for notes beside a run, as runtime.ledger.connect.note_in_ledger says."""
    name = shown_name(url)
    with refusals(name), _session(url, name) as connection:
        connection.execution_options(isolation_level="READ COMMITTED")
        require_current(connection, name)
        yield connection


def copy_rows(ledger: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows by COPY, their values in the order of the table's columns."""
    from psycopg import OperationalError

    names = ", ".join(column.name for column in table.columns)
    driver = ledger.connection.driver_connection
    assert driver is not None
    copy = f"COPY {table.name} ({names}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(copy) as target:
            for row in rows:
                target.write_row(row)
    except OperationalError as fault:
        if driver.closed:
            ledger.invalidate(fault)
        raise


@contextmanager
def _session(url: URL, name: str) -> Iterator[Connection]:
    """Open a session in which every statement stands alone, as yet."""
    with _engine(url).connect() as opened:
        connection = opened.execution_options(isolation_level="AUTOCOMMIT")
        _require_usable(connection, name)
        connection.execute(text(_SESSION))
        connection.commit()
        yield connection


def _engine(url: URL) -> Engine:
    given = {"application_name": "ratebook", "connect_timeout": CONNECT_SECONDS}
    missing = {key: value for key, value in given.items() if key not in url.query}
    return create_engine(url, poolclass=NullPool, connect_args=missing)


def _require_usable(connection: Connection, name: str) -> None:
    """Refuse a server that is too old, an encoding that lacks signs, and a schema that is not."""
    query = "SELECT current_setting('server_version_num')::int, current_setting('server_version')"
    number, version = connection.execute(text(query)).one()
    if number < OLDEST_SERVER * 10_000:
        raise LedgerRefused(
            f"{name}: the server is PostgreSQL {version}; a ledger needs {OLDEST_SERVER} or later"
        )
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        raise LedgerRefused(
            f"{name}: the database's encoding is {encoding}; a ledger needs one in UTF8"
        )
    if connection.execute(text("SELECT current_schema()")).scalar() is None:
        path = connection.execute(text("SHOW search_path")).scalar()
        raise LedgerRefused(
            f"{name}: the database has no schema of the search path `{path}`, "
            "or none that this user may use"
        )


def _lock(connection: Connection, name: str, wait_ms: int) -> None:
    """Take the ledger's lock; a killed run's goes when the server has noticed its death."""
    from psycopg.errors import LockNotAvailable

    wait = max(wait_ms, LINGER_MS)
    try:
        connection.execute(text(f"SET lock_timeout = {wait}"))
        connection.execute(text(f"SELECT pg_advisory_lock({_KEY})"))
    except DBAPIError as fault:
        if not isinstance(fault.orig, LockNotAvailable):
            raise
        connection.rollback()
        raise LedgerHeld(f"{name}: {HELD}{_holder(connection)}") from fault
    connection.commit()


def _holder(connection: Connection) -> str:
    row = connection.execute(text(_HOLDER)).first()
    if row is None:
        return ""
    since = "" if row.backend_start is None else f", since {row.backend_start:%Y-%m-%d %H:%M:%S %Z}"
    return f" (server process {row.pid}, user {row.usename}{since})"


def _unlock(connection: Connection) -> None:
    """Let go of the lock at once, and not when the server has noticed that we are gone."""
    with suppress(DBAPIError):
        if not connection.invalidated:
            connection.rollback()
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text(f"SELECT pg_advisory_unlock({_KEY})"))
            connection.commit()
