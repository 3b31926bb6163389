"""The text of a statement is read once in a process, however often it is executed.

A fifth of the time of a small bill goes into reading some eight hundred statements, most of
them the same ones in the next bill; a process that bills many times, to run a catalog's tests
or to replay a book under two versions, is that much quicker.  Planning is no different for it.
"""

from __future__ import annotations

from typing import cast

import duckdb
from duckdb import DuckDBPyConnection

_READ_ONCE = frozenset(("SELECT", "WITH", "CREATE", "INSERT", "DELETE", "UPDATE", "DROP", "COPY"))
"""What reads the same whatever the connection; a PRAGMA may be other statements in each."""

_LONGEST = 20_000
_MOST = 2_000
_known: dict[str, duckdb.Statement] = {}


class _ReadingOnce:
    """A connection in all but that it reads no text twice."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection

    def execute(
        self, query: duckdb.Statement | str, parameters: object = None
    ) -> DuckDBPyConnection:
        """Execute a statement; see DuckDBPyConnection."""
        self._connection.execute(self._read(query) if isinstance(query, str) else query, parameters)
        return cast(DuckDBPyConnection, self)

    def cursor(self) -> DuckDBPyConnection:
        """Give a connection to the same database, which reads no text twice either."""
        return reading_once(self._connection.cursor())

    def _read(self, text: str) -> duckdb.Statement | str:
        """Read a text; one that is several statements, or wrong, stays what it is."""
        known = _known.get(text)
        if known is not None:
            return known
        if len(text) > _LONGEST or not _READ_ONCE.issuperset(text.split(None, 1)[:1]):
            return text
        try:
            statements = self._connection.extract_statements(text)
        except duckdb.Error:
            # It fails where it is executed, with the words that are due.
            return text
        if len(statements) != 1:
            return text
        if len(_known) >= _MOST:
            _known.clear()
        return _known.setdefault(text, statements[0])

    def __enter__(self) -> DuckDBPyConnection:
        return cast(DuckDBPyConnection, self)

    def __exit__(self, *fault: object) -> None:
        self._connection.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)


def reading_once(connection: DuckDBPyConnection) -> DuckDBPyConnection:
    """Give the connection as one that reads no text twice."""
    return cast(DuckDBPyConnection, _ReadingOnce(connection))
