"""Reads a Parquet file of the book as text, so that its cells are checked like CSV's."""

from __future__ import annotations

from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from runtime.book.csv_file import Unreadable, literal_path


def read_parquet_header(connection: DuckDBPyConnection, path: Path) -> tuple[str, ...]:
    """Give the column names; raise Unreadable if it is no Parquet file."""
    try:
        found = connection.execute(
            "SELECT name FROM parquet_schema(?) OFFSET 1", [literal_path(path)]
        ).fetchall()
    except duckdb.Error as fault:
        raise Unreadable(f"is not a readable Parquet file: {_in_words(fault, path)}") from fault
    return tuple(name for (name,) in found)


def read_parquet_file(
    connection: DuckDBPyConnection, path: Path, positions: dict[str, int | None]
) -> None:
    """Read the rows into book.raw, as read_csv_file does; raise Unreadable."""
    chosen = ", ".join(
        f'{"NULL" if index is None else f"{chr(34)}{name}{chr(34)}"}::VARCHAR AS "{name}"'
        for name, index in positions.items()
    )
    try:
        connection.execute(
            f"""
            CREATE OR REPLACE TABLE book.raw AS
            SELECT file_row_number + 1 AS row, FALSE AS is_broken, {chosen}
            FROM read_parquet(?, file_row_number = true, hive_partitioning = false)
            """,
            [literal_path(path)],
        )
    except duckdb.Error as fault:
        raise Unreadable(f"is not a readable Parquet file: {_in_words(fault, path)}") from fault


def _in_words(fault: duckdb.Error, path: Path) -> str:
    return str(fault).partition("\n")[0].replace(f"'{path}'", "").strip()
