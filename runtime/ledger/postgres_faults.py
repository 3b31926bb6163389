"""What PostgreSQL and its driver say, in words that a reader of messages can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import DataError, Error, OperationalError
from psycopg.errors import (
    DiskFull,
    InsufficientPrivilege,
    LockNotAvailable,
    ReadOnlySqlTransaction,
    SerializationFailure,
)
from sqlalchemy.exc import DBAPIError

from runtime.ledger.faults import LedgerRefused

# What cannot be connected to, by what libpq says of it: there is no code before a session is.
_REFUSED_CONNECTIONS = (
    (
        "no password supplied|password authentication failed|authentication failed",
        "the server does not take this user and password; PGPASSWORD, a .pgpass file or a "
        "libpq service gives a password without writing it into the URL",
    ),
    (r'database "(?P<what>[^"]*)" does not exist', "the server has no database `{what}`"),
    (r'role "(?P<what>[^"]*)" does not exist', "the server has no user `{what}`"),
    (r"could not translate host name|name or service not known", "there is no such host"),
    (r"definition of service", "libpq knows no such service; see pg_service.conf"),
    (r"too many (clients|connections)|connection slots", "the server has no connection to spare"),
    (r"timeout expired|timed out", "the server does not answer"),
    (r"Connection refused|No such file or directory", "no server answers there"),
    (r"the database system is (?P<what>[a-z ]+)", "the server is {what}"),
)


@contextmanager
def refusals(name: str) -> Iterator[None]:
    """Turn the database's refusals into LedgerRefused; what is our own fault passes."""
    try:
        yield
    except DBAPIError as fault:
        words = _in_words(fault.orig, is_lost=fault.connection_invalidated)
        if words is None:
            raise
        raise LedgerRefused(f"{name}: {words}") from fault
    except Error as fault:
        words = _in_words(fault, is_lost=False)
        if words is None:
            raise
        raise LedgerRefused(f"{name}: {words}") from fault


def _in_words(fault: BaseException | None, *, is_lost: bool) -> str | None:
    """Give what stands behind a fault, None where it is no refusal of the database."""
    said = " ".join(str(fault).split())
    match fault:
        case InsufficientPrivilege():
            return f"the user may not do this: {said}"
        case ReadOnlySqlTransaction():
            return "the server only reads: it stands by for another, which takes the runs"
        case DiskFull():
            return f"the server's disk is full: {said}"
        case LockNotAvailable():
            return "somebody uses the ledger's tables and did not let go of them for a minute"
        case SerializationFailure():
            return "another program wrote to the ledger's tables meanwhile"
        case DataError():
            return f"a text or a number does not fit the database: {said}"
        case OperationalError(sqlstate=None) if fault.pgconn is None or not is_lost:
            return _unconnected(said)
        case OperationalError():
            return f"the connection to the server was lost: {said}"
        case _:
            return None


def _unconnected(said: str) -> str:
    for pattern, words in _REFUSED_CONNECTIONS:
        found = re.search(pattern, said, re.IGNORECASE)
        if found:
            return f"{words.format(**found.groupdict())} ({said})"
    return f"cannot be used as a ledger: {said}"
