"""Quoting of names and texts in SQL, and tables made from rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from duckdb import DuckDBPyConnection

from runtime.engine import fill_table

SCHEMA = "usage"
"""The schema of this stage's own tables; nothing outside the stage reads them."""

Cell = str | int | bool | Decimal | None


def name(identifier: str) -> str:
    """Quote a name."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """Write a text constant."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """Write a list of text constants, for IN or for a table function."""
    return ", ".join(text(value) for value in values)


def paths(files: Iterable[Path]) -> str:
    """Write a list of files for a table function; no file's name is taken for a pattern."""
    return "[" + texts(_plain(path) for path in files) + "]"


def make_table(
    connection: DuckDBPyConnection,
    table: str,
    columns: dict[str, str],
    rows: Iterable[Sequence[Cell]],
) -> None:
    """Make a small table of the stage from rows in the columns' order."""
    fill_table(connection, f"{SCHEMA}.{table}", columns, [tuple(row) for row in rows])


def make_arrow(connection: DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Make a table of the stage from an Arrow table."""
    connection.register("usage_given", rows)
    try:
        connection.execute(f"CREATE OR REPLACE TABLE {SCHEMA}.{table} AS FROM usage_given")
    finally:
        connection.unregister("usage_given")


def ask_arrow(connection: DuckDBPyConnection, query: str, rows: pa.Table) -> pa.Array:
    """Give the one column of a query of `asked`, which are these rows."""
    connection.register("asked", rows)
    try:
        found = connection.sql(query).to_arrow_table().column(0)
    finally:
        connection.unregister("asked")
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def make_column(
    connection: DuckDBPyConnection, table: str, column: str, values: Iterable[str]
) -> None:
    """Make a table of one column of texts."""
    make_arrow(connection, table, pa.table({column: pa.array(values, pa.string())}))


def count(connection: DuckDBPyConnection, query: str) -> int:
    """Run a query of one whole number; NULL counts as 0."""
    ((number,),) = connection.execute(query).fetchall()
    return int(number or 0)


def threads(connection: DuckDBPyConnection) -> int:
    """Give how many threads the run may use."""
    return count(connection, "SELECT current_setting('threads')")


def _plain(path: Path) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))
