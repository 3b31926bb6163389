"""Reads one file of the book into its table, and reports its header and its cells."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.book.cells import cell_fault_queries, type_cells
from runtime.book.csv_file import BrokenRecord, Unreadable, read_csv_file, read_header
from runtime.book.fault_table import add_broken, add_faults, add_query
from runtime.book.faults import WHOLE_FILE, BookFault
from runtime.book.files import NAMED, BookFile
from runtime.book.json_file import read_json_lines, read_json_names
from runtime.book.parquet_file import read_parquet_file, read_parquet_header
from runtime.book.schema import SQL_TYPES, Column, columns_of
from runtime.book.sound import read_sound
from runtime.engine import fill_table
from runtime.parallel.steps import side_by_side


def make_empty(connection: DuckDBPyConnection, file: BookFile) -> None:
    """Make the entity's table without rows: row, file where it has one, the model's columns."""
    columns = {"row": "BIGINT"} | ({"file": "VARCHAR"} if file.entity in NAMED else {})
    columns |= {column.name: SQL_TYPES[column.kind] for column in columns_of(file.entity)}
    fill_table(connection, f"book.{file.entity}", columns, [])


def read_sound_files(connection: DuckDBPyConnection, files: Iterable[BookFile]) -> frozenset[str]:
    """Make the tables of sound files, and name their entities; the others are for `read_file`.

    The rows of a file are numbered as they come, by one thread; so files are read side by side,
    large ones first.
    """
    given = [(file, file.path) for file in files if file.path is not None]
    given.sort(key=lambda each: each[1].stat().st_size if each[1].exists() else 0, reverse=True)
    steps = [partial(_is_read, file=file, path=path) for file, path in given]
    are_read = side_by_side(connection, steps)
    return frozenset(
        file.entity for (file, _), is_read in zip(given, are_read, strict=True) if is_read
    )


def _is_read(connection: DuckDBPyConnection, file: BookFile, path: Path) -> bool:
    """Make the entity's table if the file is sound."""
    columns = columns_of(file.entity)
    try:
        header = _read_header(connection, path)
    except Unreadable:
        return False
    is_readable = len(set(header)) == len(header) and any(each.name in header for each in columns)
    return is_readable and read_sound(connection, file, path, header, columns)


def read_file(
    connection: DuckDBPyConnection, file: BookFile, path: Path, *, is_read: bool | None = None
) -> bool:
    """Make the entity's table of the file's rows; False: no rule may rely on it.

    `is_read`: whether read_sound_files did; None: it was not asked.  The faults of the file's
    header and of its cells go to book.faults.
    """
    columns = columns_of(file.entity)
    broken: list[BrokenRecord] = []
    try:
        header = _read_header(connection, path)
        faults = list(_header_faults(file, header, columns))
        add_faults(connection, file.entity, faults)
        if any(fault.code == "column_twice" for fault in faults):
            return False
        positions = {
            column.name: header.index(column.name) if column.name in header else None
            for column in columns
        }
        if not any(name in positions for name in header):
            return False
        absent = frozenset(name for name, position in positions.items() if position is None)
        is_usable = not any(column.is_required and column.name in absent for column in columns)
        if is_read is None:
            is_read = read_sound(connection, file, path, header, columns)
        if is_read:
            return is_usable
        make_empty(connection, file)
        keys = frozenset(column.name for column in columns if column.kind == "key")
        broken = _read_rows(connection, path, header, positions, keys)
    except Unreadable as fault:
        unreadable = BookFault(file.name, WHOLE_FILE, "", "", "file_unreadable", str(fault), "")
        add_faults(connection, file.entity, [unreadable])
        return False
    add_broken(connection, file.entity, [record.row for record in broken])
    add_faults(connection, file.entity, [_broken_fault(file, record) for record in broken])
    type_cells(connection, file, columns)
    queries = " UNION ALL ".join(cell_fault_queries(columns, absent))
    add_query(connection, file.entity, file.name, queries)
    connection.execute("DROP TABLE book.raw")
    connection.execute("DROP TABLE book.cells")
    return is_usable


def _read_header(connection: DuckDBPyConnection, path: Path) -> tuple[str, ...]:
    match path.suffix:
        case ".parquet":
            return read_parquet_header(connection, path)
        case ".jsonl":
            return read_json_names(path)
        case _:
            return read_header(path)


def _read_rows(
    connection: DuckDBPyConnection,
    path: Path,
    header: Sequence[str],
    positions: dict[str, int | None],
    keys: frozenset[str],
) -> list[BrokenRecord]:
    """Read the rows into book.raw as text, whatever they are written as."""
    match path.suffix:
        case ".parquet":
            read_parquet_file(connection, path, positions)
            return []
        case ".jsonl":
            return read_json_lines(connection, path, tuple(positions), keys)
        case _:
            return read_csv_file(connection, path, len(header), positions, keys)


def _header_faults(
    file: BookFile, header: Sequence[str], columns: Sequence[Column]
) -> list[BookFault]:
    known = [column.name for column in columns]
    unknown = [name for name in header if name not in known]
    absent = [column.name for column in columns if column.name not in header]
    found = []
    meant = set()
    for name in unknown:
        near = difflib.get_close_matches(name.strip().lower(), absent, 1)
        meant.update(near)
        hint = f"did you mean `{near[0]}`?" if near else f"its columns are {', '.join(known)}"
        found.append(("column_unknown", name, "is not a column of this file", hint))
    for column in columns:
        if column.is_required and column.name in absent and column.name not in meant:
            found.append(("column_missing", column.name, "the header lacks this column", ""))
    for name, count in Counter(header).items():
        if count > 1:
            found.append(("column_twice", name, f"stands {count} times in the header", ""))
    return [
        BookFault(file.name, WHOLE_FILE, "header", name, code, reason, hint)
        for code, name, reason, hint in found
    ]


def _broken_fault(file: BookFile, record: BrokenRecord) -> BookFault:
    code = "not_utf8" if "UTF-8" in record.reason else "malformed_row"
    return BookFault(file.name, record.row, "", record.text, code, record.reason, "")
