"""Reads a sound file of the book at once: its cells are typed while they are read.

Nothing is reported here.  A file with a cell that is not taken, be it a fault or only written in
an unusual way, is left to runtime.book.read, which reads it cell by cell and says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

import duckdb
from duckdb import DuckDBPyConnection

from runtime.book.cells import AMOUNT, EARLIEST_DAY, LATEST_DAY, typed_sql
from runtime.book.csv_file import csv_sql, literal_path
from runtime.book.files import BookFile, file_sql
from runtime.book.schema import SQL_TYPES, Column

_CHUNK = 1 << 24
_PLAIN = bytes(range(32, 127)) + b"\r\n"

# What runtime.book.cells takes out of cells, in UTF-8, but for the ends of lines.
_UNPRINTABLE_BYTES = re.compile(
    rb"[\x00-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]"
)


@dataclass(frozen=True, slots=True)
class _Text:
    """What the bytes of a file say: how many lines it has, and whether all of it is printable."""

    lines: int
    is_printable: bool


def read_sound(
    connection: DuckDBPyConnection,
    file: BookFile,
    path: Path,
    header: Sequence[str],
    columns: Sequence[Column],
) -> bool:
    """Make the entity's table of a sound file; False: it may not be, and the table is of no use.

    The header has no fault, but for columns that it lacks.
    """
    given = [each for each in columns if each.name in header]
    match path.suffix:
        case ".csv":
            text = _look_through(path)
            if not text.is_printable:
                return False
            places = {each.name: f"cell{header.index(each.name)}" for each in given}
            rows = (
                f"SELECT row_number() OVER () AS row, {_named(places)} FROM {csv_sql(len(header))}"
            )
            count = _read(connection, file, path, rows, columns, given, _plainly_typed_sql)
            is_sound = count is not None and count + 1 == text.lines
        case ".parquet":
            places = {each.name: f'"{each.name}"::VARCHAR' for each in given}
            rows = f"""
            SELECT file_row_number + 1 AS row, {_named(places)}
            FROM read_parquet(?, file_row_number = true, hive_partitioning = false)
            """
            is_sound = _read(connection, file, path, rows, columns, given, typed_sql) is not None
        case _:
            is_sound = False
    return is_sound


def _named(places: dict[str, str]) -> str:
    return ", ".join(f'{place} AS "{name}"' for name, place in places.items())


def _read(
    connection: DuckDBPyConnection,
    file: BookFile,
    path: Path,
    rows: str,
    columns: Sequence[Column],
    given: Sequence[Column],
    typed: Callable[[Column], str],
) -> int | None:
    """Make the entity's table and give its rows; None where a cell does not fit its column.

    `rows` is SQL for the cells as text; a column that it lacks is empty.
    """
    table = f"book.{file.entity}"
    cells = ", ".join(
        f'{typed(each)} AS "typed_{each.name}", "{each.name}" AS "raw_{each.name}"'
        for each in given
    )
    values = ", ".join(
        f'"typed_{each.name}" AS "{each.name}"'
        if each in given
        else f'NULL::{SQL_TYPES[each.kind]} AS "{each.name}"'
        for each in columns
    )
    unfit = " OR ".join(_unfit_sql(each) for each in given)
    try:
        connection.execute(
            f"""
            CREATE OR REPLACE TABLE {table} AS
            SELECT row, {file_sql(file)}{values}, {unfit} AS is_unfit
            FROM (SELECT row, {cells} FROM ({rows}))
            """,
            [literal_path(path)],
        )
    except duckdb.Error:
        return None
    counted = connection.execute(f"SELECT count(*), bool_or(is_unfit) FROM {table}").fetchone()
    connection.execute(f"ALTER TABLE {table} DROP COLUMN is_unfit")
    assert counted is not None
    count, is_any_unfit = counted
    return None if is_any_unfit else int(count)


def _plainly_typed_sql(column: Column) -> str:
    """Give SQL for a printable cell's value, NULL where it is not written as it would be here.

    What is written back from the value as it was read needs no pattern to be held against.
    """
    raw = f'"{column.name}"'
    match column.kind:
        case "text":
            return f"nullif(trim({raw}), '')"
        case "key":
            # What begins with a sign that is seen needs no trimming to be more than spaces.
            is_seen = f"CASE WHEN {raw} >= '!' AND {raw} < chr(127) THEN true"
            is_seen += f" ELSE trim({raw}) <> '' END"
            fits = f"strlen({raw}) <= {column.longest} AND {is_seen}"
        case "choice":
            choices = ", ".join(f"'{choice}'" for choice in column.choices)
            fits = f"{raw} IN ({choices})"
        case "day":
            value = f"TRY_CAST({raw} AS DATE)"
            fits = f"CAST({value} AS VARCHAR) = {raw}"
            fits += f" AND {value} BETWEEN DATE '{EARLIEST_DAY}' AND DATE '{LATEST_DAY}'"
            return f"CASE WHEN {fits} THEN {value} END"
        case "whole":
            value = f"TRY_CAST({raw} AS BIGINT)"
            fits = f"strlen({raw}) <= 18 AND CAST({value} AS VARCHAR) = {raw}"
            fits += f" AND {value} >= {column.minimum}" if column.minimum is not None else ""
            fits += f" AND {value} <= {column.maximum}" if column.maximum is not None else ""
            return f"CASE WHEN {fits} THEN {value} END"
        case "amount":
            fits = f"regexp_full_match({raw}, '{AMOUNT}')"
            return f"CASE WHEN {fits} THEN CAST({raw} AS {SQL_TYPES[column.kind]}) END"
        case _:
            assert_never(column.kind)
    return f"CASE WHEN {fits} THEN {raw} END"


def _unfit_sql(column: Column) -> str:
    value, raw = f'"typed_{column.name}"', f'"raw_{column.name}"'
    if column.is_required:
        return f"{value} IS NULL"
    return "false" if column.kind == "text" else f"({value} IS NULL AND {raw} IS NOT NULL)"


def _look_through(path: Path) -> _Text:
    """Look for signs that no cell may hold; a line more than there are rows may be one of them."""
    lines, ends, last, carried = 0, 0, b"", b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            rest = carried + chunk.translate(None, _PLAIN)
            if _UNPRINTABLE_BYTES.search(rest):
                return _Text(0, is_printable=False)
            lines += chunk.count(b"\n")
            # Most files have none of these, and looking for two signs takes longer than all else.
            if b"\r" in chunk or last.endswith(b"\r"):
                ends += chunk.count(b"\r") - (last[-1:] + chunk).count(b"\r\n")
            # A sign of several bytes may lie on both sides of a chunk's end.
            last, carried = chunk, rest[-2:]
    is_ended = last.endswith(b"\n")
    return _Text(lines if is_ended else lines + 1, is_printable=ends == 0)
