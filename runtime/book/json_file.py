"""Reads a file of JSON lines of the book as text, so that its cells are checked like CSV's.

A line is an object whose names are the columns; one that it leaves out is empty.  Numbers keep
the digits they are written with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.book.csv_file import BrokenRecord, Unreadable
from runtime.engine import fill_table

Cells = dict[str, str | None]


def read_json_names(path: Path) -> tuple[str, ...]:
    """Give the names of all lines in the order they first stand in; raise Unreadable."""
    names: dict[str, None] = {}
    for _, cells, _ in _records(path):
        names |= dict.fromkeys(cells)
    if not names:
        raise Unreadable("has no line that is a JSON object")
    return tuple(names)


def read_json_lines(
    connection: DuckDBPyConnection, path: Path, names: tuple[str, ...], keys: frozenset[str]
) -> list[BrokenRecord]:
    """Read the rows into the table book.raw; see runtime.book.csv_file.read_csv_file."""
    broken = []
    rows: list[tuple[object, ...]] = []
    for row, (line, cells, reason) in enumerate(_records(path), start=1):
        if reason:
            broken.append(BrokenRecord(row, line, reason))
        kept = [cells.get(name) if not reason or name in keys else None for name in names]
        rows.append((row, bool(reason), *kept))
    columns = {"row": "BIGINT", "is_broken": "BOOLEAN", **dict.fromkeys(names, "VARCHAR")}
    fill_table(connection, "book.raw", columns, rows)
    return broken


def _records(path: Path) -> Iterator[tuple[str, Cells, str]]:
    """Yield the text of each line that is not blank, its cells, and what is wrong or ""."""
    try:
        lines = path.read_bytes().decode("utf-8-sig", errors="surrogateescape").split("\n")
    except OSError as fault:
        raise Unreadable(f"cannot be read: {fault.strerror}") from fault
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _record(line.rstrip("\r"), f"line {number}")


def _record(line: str, place: str) -> tuple[str, Cells, str]:
    shown = line.encode("utf-8", "replace").decode("utf-8")
    if shown != line:
        return shown, {}, f"{place} is not text in UTF-8"
    try:
        pairs = json.loads(
            line, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=list
        )
    except (ValueError, RecursionError):
        return line, {}, f"{place} is not JSON"
    if not isinstance(pairs, list) or not line.lstrip().startswith("{"):
        return line, {}, f"{place} is not a JSON object"
    names = [name for name, _ in pairs]
    cells = {name: _cell(value) for name, value in pairs if not isinstance(value, list)}
    if len(set(names)) < len(names):
        return line, cells, f"{place} names something twice"
    nested = [name for name, value in pairs if isinstance(value, list)]
    if nested:
        return line, cells, f"{place} holds more than a value in `{nested[0]}`"
    return line, cells, ""


def _cell(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
