"""The embedded relational engine: how a run's DuckDB connection is opened.

Insertion order is preserved: the row number of a book or usage file is given while it is
read, and must be the file's own.  It decides nothing else, so every stage that shows rows
sorts them by key.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from duckdb import DuckDBPyConnection

from runtime.statements import reading_once
from runtime.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa


class EngineRefused(Exception):
    """A setting that the engine does not take; the message names it."""


_FEW_CELLS = 60
"""So many cells are bound one by one; more go in through Arrow, all at once, which begins slower
and then takes a hundredth as long."""

SCHEMAS = ("book", "subscription", "rated", "charge")


def overflow_words(fault: Exception) -> str:
    """Give what of an overflow's words is for a reader: which numbers, and no advice on casts."""
    words = str(fault).splitlines()[0] if str(fault) else ""
    return words.partition("Error: ")[2].partition(". You might")[0] or words


def open_engine(
    *, threads: int | None = None, memory_limit: str | None = None, temp: Path | None = None
) -> DuckDBPyConnection:
    """Open an in-memory database with the schemas of runtime.tables, and nothing in them.

    Args:
        threads: how many; None: as many as the machine has.  Results do not depend on it.
        memory_limit: as DuckDB writes it, `4GB`; None: most of the machine's memory.
        temp: the folder large steps spill to; None: one of the system's temporary folders.

    The time zone is UTC.  Extensions are never fetched or loaded by themselves, and Python
    variables are not tables: what a statement names is in the database.

    Raises EngineRefused where `memory_limit` is no size.
    """
    spill = temp or Path(tempfile.gettempdir()) / f"ratebook-{os.getpid()}"
    # What is in memory alone is never written anew: by itself the engine would, all tables whole.
    settings: dict[str, str | bool | int | float | list[str]] = {  # float: duckdb's type
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "checkpoint_threshold": "1TB",
        "python_enable_replacements": "false",
        "preserve_insertion_order": "true",
        "temp_directory": str(spill),
    }
    if threads is not None:
        settings["threads"] = str(threads)
    if memory_limit is not None:
        settings["memory_limit"] = memory_limit
    try:
        connection = duckdb.connect(":memory:", config=settings)
    except (duckdb.ParserException, duckdb.InvalidInputException) as fault:
        raise EngineRefused(f"`{memory_limit}` is not a size of memory, as 2GB") from fault
    connection.execute("SET TimeZone = 'UTC'")
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA {schema}")
    return reading_once(connection)


def create_table(connection: DuckDBPyConnection, name: str, called: str | None = None) -> None:
    """Make the table of runtime.tables with that name, empty, in place of any before.

    `called`: what it is called; None: its name.
    """
    columns = ", ".join(f'"{column}" {kind}' for column, kind in TABLES[name].items())
    connection.execute(f"CREATE OR REPLACE TABLE {called or name} ({columns})")


def drop_relation(connection: DuckDBPyConnection, name: str) -> None:
    """Drop a table or a view, if there is one of that name."""
    try:
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    except duckdb.CatalogException:
        # Asking which of the two it is takes ten times as long as being told.
        connection.execute(f"DROP VIEW {name}")


def fill_table(
    connection: DuckDBPyConnection,
    name: str,
    columns: Mapping[str, str],
    rows: Sequence[Sequence[object]],
) -> None:
    """Make a table, in place of any before, of rows that are Python values.

    Args:
        connection: where it is made.
        name: its name, with its schema.
        columns: their names and SQL types.
        rows: in the order of the columns.
    """
    declared = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    connection.execute(f"CREATE OR REPLACE TABLE {name} ({declared})")
    if not rows:
        return
    cells = len(rows) * len(columns)
    if cells <= _FEW_CELLS:
        row = f"({', '.join('?' * len(columns))})"
        connection.execute(
            f"INSERT INTO {name} VALUES {', '.join([row] * len(rows))}",
            [cell for each in rows for cell in each],
        )
        return
    import pyarrow as pa

    arrays = [_array(column) for column in zip(*rows, strict=True)]
    connection.register("filling", pa.Table.from_arrays(arrays, names=list(columns)))
    connection.execute(f"INSERT INTO {name} SELECT * FROM filling")
    connection.unregister("filling")


def _array(column: Sequence[object]) -> pa.Array:
    import pyarrow as pa

    try:
        return pa.array(column)
    except OverflowError:
        # Whole numbers beyond 64 bits: as texts, which the engine takes as numbers.
        return pa.array([None if value is None else str(value) for value in column])
