"""What the readers of text files share: where they write, and the rows of malformed lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from duckdb import DuckDBPyConnection

from runtime.parallel.ahead import made_ahead
from runtime.usage import sql
from runtime.usage.files import UsageFile

if TYPE_CHECKING:
    import pyarrow as pa


_AHEAD = 2
"""At most so many batches of records are read and not yet written."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A text file, its number in the run, the columns wanted of it, and where they go."""

    file: UsageFile
    number: int
    columns: tuple[str, ...]
    target: Path


def write_texts(
    connection: DuckDBPyConnection,
    staged: Staged,
    records: Iterable[pa.RecordBatch],
    *,
    threads: int,
) -> None:
    """Write the wanted columns of records, all of them texts, as Parquet.

    The next ones are read meanwhile, by the connection or without it, unless the run may use
    but one thread.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(column, pa.string()) for column in staged.columns])
    with pq.ParquetWriter(
        staged.target, schema, compression="lz4", use_dictionary=False, write_statistics=False
    ) as writer:
        if threads == 1:
            for batch in records:
                writer.write_batch(batch)
            return
        with made_ahead(records, most=_AHEAD, stop=connection.interrupt) as read:
            for batch in read:
                writer.write_batch(batch)


def keep_malformed(
    connection: DuckDBPyConnection, staged: Staged, lines: Sequence[tuple[int, str, str]]
) -> None:
    """Add lines, as row, text and what is wrong, to usage.malformed."""
    if lines:
        connection.executemany(
            "INSERT INTO usage.malformed VALUES (?, ?, ?, ?)",
            [(staged.number, *line) for line in lines],
        )


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


def has_malformed(connection: DuckDBPyConnection) -> bool:
    """Tell whether a line of the files is no record."""
    return sql.count(connection, "SELECT count(*) FROM usage.malformed_before") > 0


def with_rows(connection: DuckDBPyConnection, relation: str) -> str:
    """Give SQL for the relation with `row` beside its file and position, in no order."""
    if not has_malformed(connection):
        return f"(SELECT *, position + 1 AS row FROM {relation})"
    return (
        "(SELECT r.*, r.position + 1 + coalesce(m.malformed, 0) AS row "
        f"FROM {relation} AS r ASOF LEFT JOIN usage.malformed_before AS m "
        "ON m.file = r.file AND r.position >= m.from_position)"
    )
