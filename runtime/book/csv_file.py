"""Reads a CSV file of the book as text: all at once if it is sound, else record by record.

DuckDB reads a sound file.  If it refuses, the file is read again by the standard library's
reader, which says of each malformed record which one it is and what is wrong with it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from runtime.engine import fill_table

_LONGEST_LINE = 1_000_000
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


class Unreadable(Exception):
    """A file that gives no rows at all; the message says why."""


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A record that is no row of its file: its row number, its text, what is wrong."""

    row: int
    text: str
    reason: str


def read_header(path: Path) -> tuple[str, ...]:
    """Give the names in the first record; raise Unreadable if there is none."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            names = next(csv.reader(file, strict=True), None)
    except OSError as fault:
        raise Unreadable(f"cannot be read: {fault.strerror}") from fault
    except UnicodeDecodeError:
        # Some later part of the first block may be meant: look at the first line alone.
        names = _header_of_bytes(path)
    except csv.Error as fault:
        raise Unreadable(f"the header is malformed: {fault}") from fault
    if not names:
        raise Unreadable("is empty; its first line must name the columns")
    for sign, name in _OTHER_DELIMITERS.items():
        if len(names) == 1 and sign in names[0]:
            raise Unreadable(f"has {name} between its cells; write commas")
    return tuple(names)


def read_csv_file(
    connection: DuckDBPyConnection,
    path: Path,
    width: int,
    positions: dict[str, int | None],
    keys: frozenset[str],
) -> list[BrokenRecord]:
    """Read the rows into the table book.raw: row, is_broken and the columns, all as text.

    Args:
        connection: where the table is made.
        path: the file, whose header can be read.
        width: how many cells the header has.
        positions: where in the record each column is; None: nowhere, it is empty.
        keys: the columns whose cells a broken record keeps, so that what refers to it is
            not reported too.
    """
    chosen = ", ".join(
        f'{"NULL" if index is None else f"cell{index}"}::VARCHAR AS "{name}"'
        for name, index in positions.items()
    )
    try:
        connection.execute(
            f"""
            CREATE OR REPLACE TABLE book.raw AS
            SELECT row_number() OVER () AS row, FALSE AS is_broken, {chosen}
            FROM {csv_sql(width)}
            """,
            [literal_path(path)],
        )
    except (duckdb.InvalidInputException, duckdb.IOException):
        return _read_carefully(connection, path, width, positions, keys)
    return []


def csv_sql(width: int) -> str:
    """Give SQL for the records of a file of so many columns, as text: cell0, cell1 and so on.

    Its one parameter is the file, as `literal_path` writes it.
    """
    cells = ", ".join(f"'cell{index}': 'VARCHAR'" for index in range(width))
    return f"""
    read_csv(?, columns = {{{cells}}}, auto_detect = false, header = true,
      delim = ',', quote = '"', escape = '"', nullstr = '', strict_mode = true,
      hive_partitioning = false, max_line_size = {_LONGEST_LINE})
    """


def literal_path(path: Path) -> str:
    """Give the path so that DuckDB takes it for one file, whatever signs are in it."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def _header_of_bytes(path: Path) -> list[str]:
    with path.open("rb") as file:
        line = file.readline()
    try:
        return next(csv.reader([line.decode("utf-8-sig")]), [])
    except UnicodeDecodeError as fault:
        raise Unreadable("is not text in UTF-8") from fault


def _read_carefully(
    connection: DuckDBPyConnection,
    path: Path,
    width: int,
    positions: dict[str, int | None],
    keys: frozenset[str],
) -> list[BrokenRecord]:
    text = path.read_bytes().decode("utf-8-sig", errors="surrogateescape")
    broken = []
    rows: list[tuple[object, ...]] = []
    for row, (cells, reason) in enumerate(_records(text, width), start=1):
        if reason:
            line = ",".join(cells).encode("utf-8", "replace").decode("utf-8", "replace")
            broken.append(BrokenRecord(row, line, reason))
        kept = [
            _cell(cells, index) if not reason or name in keys else None
            for name, index in positions.items()
        ]
        rows.append((row, bool(reason), *kept))
    columns = {
        "row": "BIGINT",
        "is_broken": "BOOLEAN",
        **{f"{name}": "VARCHAR" for name in positions},
    }
    fill_table(connection, "book.raw", columns, rows)
    return broken


def _records(text: str, width: int) -> Iterator[tuple[list[str], str]]:
    """Yield the cells of each record after the header, and what is wrong or ""."""
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines, strict=True)
    next(reader, None)
    while True:
        first = reader.line_num
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            start = next((i for i in range(first, len(lines)) if lines[i].strip("\r\n")), first)
            words = lines[start].rstrip("\r\n").split(",")
            yield words, f"line {start + 1} is malformed: {_in_words(fault)}"
            continue
        if cells is None:
            return
        if not cells:
            continue
        place = f"line {reader.line_num}"
        if any("\udc80" <= sign <= "\udcff" for cell in cells for sign in cell):
            yield cells, f"{place} is not text in UTF-8"
        elif len(cells) != width:
            yield cells, f"{place} has {len(cells)} cells where the header has {width}"
        else:
            yield cells, ""


def _in_words(fault: csv.Error) -> str:
    known = {
        "unexpected end of data": "a quote is opened and never closed",
        "',' expected after '\"'": "text follows a closing quote",
    }
    return known.get(str(fault), str(fault))


def _cell(cells: list[str], index: int | None) -> str | None:
    if index is None or index >= len(cells):
        return None
    return cells[index].encode("utf-8", "replace").decode("utf-8") or None
