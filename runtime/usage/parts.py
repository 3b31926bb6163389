"""Files cut into parts, so that several can be read side by side.

A part is some whole files, or some rows of a large one, cut where its row groups begin.
How many parts there are depends on the files alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.usage import sql

PART = 1_000_000
"""About how many records a part has."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The files from number `first` to `end` of a list, each half-open; `rows` of a single one."""

    first: int
    end: int
    records: int
    rows: tuple[int, int] | None = None


def cut_files(connection: DuckDBPyConnection, paths: Sequence[Path]) -> list[Rows]:
    """Cut Parquet files into parts, which together have every record once, in its order."""
    parts: list[Rows] = []
    first = waiting = 0
    for number, groups in enumerate(_row_groups(connection, paths)):
        records = sum(groups)
        if waiting and waiting + records > PART:
            parts.append(Rows(first, number, waiting))
            first, waiting = number, 0
        if records > PART:
            parts += _cut_rows(number, groups)
            first = number + 1
        else:
            waiting += records
    if first < len(paths):
        parts.append(Rows(first, len(paths), waiting))
    return parts


def _cut_rows(number: int, groups: Sequence[int]) -> list[Rows]:
    parts: list[Rows] = []
    start = end = 0
    for group in groups:
        if end > start and end + group - start > PART:
            parts.append(Rows(number, number + 1, end - start, (start, end)))
            start = end
        end += group
    parts.append(Rows(number, number + 1, end - start, (start, end)))
    return parts


def _row_groups(connection: DuckDBPyConnection, paths: Sequence[Path]) -> list[list[int]]:
    """Give how many records each row group of each file has, in their order."""
    found: dict[str, list[int]] = {}
    for name, records in _listed(connection, paths):
        found.setdefault(name, []).append(records)
    # A file without records is not listed, nor, it may be, one under the name that it was given.
    return [
        found[str(path)]
        if str(path) in found
        else [records for _, records in _listed(connection, [path])]
        for path in paths
    ]


def _listed(connection: DuckDBPyConnection, paths: Sequence[Path]) -> list[tuple[str, int]]:
    return connection.execute(f"""
        SELECT file_name, any_value(row_group_num_rows)
        FROM parquet_metadata({sql.paths(paths)}) GROUP BY file_name, row_group_id
        ORDER BY file_name, row_group_id
    """).fetchall()
