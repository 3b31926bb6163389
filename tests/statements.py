"""What a run says to the engine is read once in a process, as tests run a thousand small bills.

Of a small bill's time a quarter goes into reading the text of some eight hundred statements,
the same ones each time.  Planning and doing them is no different for it.
"""

from __future__ import annotations

from functools import lru_cache

import duckdb
from duckdb import DuckDBPyConnection

_READ_ONCE = frozenset(("SELECT", "WITH", "CREATE", "INSERT", "DELETE", "UPDATE", "DROP", "COPY"))
"""What reads the same whatever the connection; a PRAGMA may be other statements in each."""

_execute = DuckDBPyConnection.execute
_reader = duckdb.connect(":memory:")


@lru_cache(maxsize=3_000)
def _read(text: str) -> duckdb.Statement | str:
    """Read a text; one that is several statements, or none, stays what it is."""
    if not _READ_ONCE.issuperset(text.split(None, 1)[:1]):
        return text
    try:
        statements = _reader.extract_statements(text)
    except duckdb.Error:
        # It fails where it is executed, with the words that are due.
        return text
    return statements[0] if len(statements) == 1 else text


def _execute_read(
    connection: DuckDBPyConnection, query: duckdb.Statement | str, parameters: object = None
) -> DuckDBPyConnection:
    statement = _read(query) if isinstance(query, str) else query
    return _execute(connection, statement, parameters)


def read_statements_once() -> None:
    """Have every connection of this process read each text once."""
    setattr(DuckDBPyConnection, "execute", _execute_read)  # noqa: B010 - mypy holds it a method
