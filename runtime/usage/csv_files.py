"""CSV as texts in Parquet, with the malformed lines set aside.

The engine parses in parallel and leaves out the lines that are no record; which they are
it tells afterwards.  A record's number counts them too, so that it is the file's own.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from runtime.usage import sql
from runtime.usage.faults import UsageFileFault
from runtime.usage.files import UsageFile

_REJECTS, _SCANS = "usage_csv_rejects", "usage_csv_scans"
_BLANK_LINE = re.compile(rb"\n(?=\r?\n)")
_CHUNK = 1 << 24


@dataclass(frozen=True, slots=True)
class StagedCsv:
    """A CSV file, its number in the run, the columns wanted of it, and where they go."""

    file: UsageFile
    number: int
    columns: tuple[str, ...]
    target: Path


def stage_csv(connection: DuckDBPyConnection, staged: StagedCsv) -> Path:
    """Write the wanted columns as Parquet; add to usage.malformed; give the Parquet's path."""
    places = {column: f"c{index}" for index, column in enumerate(staged.file.columns)}
    wanted = ", ".join(f"{places[column]} AS {sql.name(column)}" for column in staged.columns)
    try:
        connection.execute(f"DROP TABLE IF EXISTS {_REJECTS}; DROP TABLE IF EXISTS {_SCANS}")
        connection.execute(
            f"COPY (SELECT {wanted} FROM {_read(staged.file)}) TO {sql.text(str(staged.target))} "
            "(FORMAT parquet, COMPRESSION lz4_raw)"
        )
    except (duckdb.InvalidInputException, duckdb.IOException) as fault:
        raise UsageFileFault(f"{staged.file.name}: {_said(fault)}") from fault
    _keep_malformed(connection, staged)
    connection.execute(f"DROP TABLE {_REJECTS}; DROP TABLE {_SCANS}")
    return staged.target


def number_rows(connection: DuckDBPyConnection) -> None:
    """Make usage.malformed_before: from which position on how many lines were malformed."""
    connection.execute("""
        CREATE OR REPLACE TABLE usage.malformed_before AS
        SELECT n.file, m.from_position, max(m.number) AS malformed
        FROM (SELECT file, row - number AS from_position, number
              FROM (SELECT file, row, row_number() OVER (PARTITION BY file ORDER BY row) AS number
                    FROM usage.malformed)) AS m
        JOIN usage.file_names AS n ON n.first = m.file
        GROUP BY n.file, m.from_position
    """)


def with_rows(connection: DuckDBPyConnection, relation: str) -> str:
    """Give SQL for the relation with `row` beside its file and position."""
    if not sql.count(connection, "SELECT count(*) FROM usage.malformed_before"):
        return f"(SELECT *, position + 1 AS row FROM {relation})"
    return (
        "(SELECT r.*, r.position + 1 + coalesce(m.malformed, 0) AS row "
        f"FROM {relation} AS r ASOF LEFT JOIN usage.malformed_before AS m "
        "ON m.file = r.file AND r.position >= m.from_position)"
    )


def _read(file: UsageFile) -> str:
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(file.columns)))
    compression = f", compression = '{file.compression}'" if file.compression else ""
    return (
        f"read_csv({sql.paths([file.path])}, header = true, auto_detect = false, "
        f"delim = {sql.text(file.delimiter)}, quote = '\"', escape = '\"', "
        f"columns = {{{columns}}}, store_rejects = true, rejects_limit = 0, "
        f"rejects_table = '{_REJECTS}', rejects_scan = '{_SCANS}'{compression})"
    )


def _keep_malformed(connection: DuckDBPyConnection, staged: StagedCsv) -> None:
    rows = connection.execute(
        "SELECT line, min(line_byte_position) - 1, any_value(csv_line), min(error_message) "
        f"FROM {_REJECTS} GROUP BY line ORDER BY line"
    ).fetchall()
    if not rows:
        return
    # The engine's text of a line begins with the blank lines, if any, that stand before it.
    lines = [(place + len(raw) - len(raw.lstrip("\r\n")), raw) for _, place, raw, _ in rows]
    blanks = _blank_lines_before(staged.file, lines)
    connection.executemany(
        "INSERT INTO usage.malformed VALUES (?, ?, ?, ?)",
        [
            (staged.number, line - 1 - blank, raw.strip("\r\n"), detail)
            for (line, _, raw, detail), blank in zip(rows, blanks, strict=True)
        ],
    )


def _blank_lines_before(file: UsageFile, lines: list[tuple[int, str]]) -> Iterator[int]:
    """Yield how many empty lines, which are no records, stand before each malformed line.

    `lines`: where they begin, and their text.  An empty line between quotes belongs to a
    field, and a quote in a malformed line opens none.
    """
    before = astray = 0
    found = iter([*_find_blank_lines(file), (sys.maxsize, 0)])
    place, quotes = next(found)
    for line, raw in lines:
        while place < line:
            before += (quotes - astray) % 2 == 0
            place, quotes = next(found)
        yield before
        astray += raw.count('"')


def _find_blank_lines(file: UsageFile) -> Iterator[tuple[int, int]]:
    """Yield the place of each line break before an empty line, and the quotes before it."""
    import pyarrow as pa

    with pa.input_stream(str(file.path), compression=file.compression) as stream:
        start, quotes, tail = 0, 0, b""
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            counted = len(tail)
            for each in _BLANK_LINE.finditer(window):
                if each.start() > counted:
                    quotes += window.count(b'"', counted, each.start())
                    counted = each.start()
                yield start - len(tail) + each.start(), quotes
            quotes += window.count(b'"', counted)
            start += len(chunk)
            tail = b"\n" if window.endswith(b"\n") else b"\n\r" if window.endswith(b"\n\r") else b""


def _said(fault: Exception) -> str:
    words = str(fault).splitlines()[0].partition(": ")[2] or str(fault)
    if "Unexpected end" in words:
        return f"is cut short ({words})"
    if "invalid state" in words:
        return "is not regular CSV: its line ends are mixed or a quote stands astray"
    return f"cannot be read: {words}"
