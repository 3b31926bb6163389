"""From raw records to normalized events, set by set.

Each event of a feed has a Source for the feed's files of one shape: SQL relations over the
records, in which an event is known by `file` and `position` (from 0 among the file's
well-formed records).  Where a record has several events, each event has the file under a
number of its own, so that those two still tell it apart.  Nothing is copied but CSV and
JSON lines, which are turned into Parquet of texts once; a pass over a source then reads
only the columns that it needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import assert_never

import duckdb
from duckdb import DuckDBPyConnection

from runtime.program.model import Feed, FeedEvent, Program
from runtime.usage import sql
from runtime.usage.csv_files import stage_csv
from runtime.usage.faults import UsageFileFault
from runtime.usage.files import UsageFile, exception_columns, known_name
from runtime.usage.json_files import stage_json
from runtime.usage.parts import cut_files
from runtime.usage.reader import (
    ORIGIN_EVENT,
    ORIGIN_FILE,
    ORIGIN_ROW,
    Reader,
    raw_field,
)
from runtime.usage.staging import Staged, has_malformed, number_rows, with_rows
from runtime.usage.zones import LocalTime, local_time

_GUARDED = r"^'+[=+\-@\t\r]"
_NAME_PATTERN = r"^.*/|\.(gz|zst)$"


@dataclass(frozen=True, slots=True)
class Part:
    """Some records.

    Attributes:
        relation: SELECT of them.
        records: how many they are at most.
        files: where they stand, each file with the number of its first event; of the store none.
        rows: which of the rows of a single file they are, half-open; None: all.
    """

    relation: str
    records: int
    files: tuple[tuple[Path, int], ...] = ()
    rows: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One event of one feed in files that have the same columns and types.

    Attributes:
        raw: SELECT of file, position and the feed's raw columns, named by `raw_field`, as
            the files type them; for some feeds LOCAL, ORIGIN_FILE, ORIGIN_ROW and ORIGIN_EVENT.
        events: SELECT of file, position, event_id, instant, value (of the identifier),
            quantity, amount and amount_currency (NULL: none), `reason` (RATED where nothing
            is wrong yet), and the event's attributes as columns named by `attribute`.
        records: how many records its files have.
        parts: relations as `raw`, of some of the records each, in their order.
    """

    feed: Feed
    event: FeedEvent
    files: tuple[int, ...]
    raw: str
    events: str
    records: int
    parts: tuple[Part, ...]
    reader: Reader

    @property
    def is_exceptions(self) -> bool:
        """Tell whether the files are exceptions of an earlier run, fed again."""
        return self.reader.is_exceptions

    def events_where(self, condition: str) -> str:
        """Give the events whose `event_id` meets a condition, asked before all else is read."""
        asked = f"SELECT *, {self.reader.event_id()} AS event_id FROM ({self.raw})"
        return self.reader.events(f"SELECT * EXCLUDE (event_id) FROM ({asked}) WHERE {condition}")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What files must share to be read as one.

    `types`: of the feed's columns; `extras`: those of an exceptions file that say where a
    record came from, by the names they have in it.
    """

    feed: str
    is_csv: bool
    is_exceptions: bool
    types: tuple[str, ...]
    extras: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Member:
    """A file in its shape: the number of its first event, its name and where it is read."""

    number: int
    name: str
    path: Path


def open_sources(
    connection: DuckDBPyConnection,
    program: Program,
    files: Sequence[UsageFile],
    as_of: date,
    staging: Path,
) -> tuple[Source, ...]:
    """Make the files readable and give their sources; stages what is text into the folder.

    Leaves usage.malformed (file, row, raw, detail), where a file has the number of its
    first event, and usage.file_names (file, name, feed, event, first).  Raises
    UsageFileFault for a file that turns out damaged.
    """
    sql.make_table(
        connection,
        "malformed",
        {"file": "INTEGER", "row": "BIGINT", "raw": "VARCHAR", "detail": "VARCHAR"},
        [],
    )
    feeds = {feed.id: feed for feed in program.feeds}
    _name_files(connection, feeds, files)
    shapes: dict[_Shape, list[_Member]] = {}
    number = 0
    for file in files:
        feed = feeds[file.feed]
        extras = _extras(feed, file)
        columns = (*feed.columns, *(column for _, column in extras))
        path = _readable(connection, Staged(file, number, columns, staging / f"{number}.parquet"))
        types = _column_types(connection, file, path, columns)
        shape = _Shape(feed.id, file.format == "csv", file.is_exceptions, types, extras)
        shapes.setdefault(shape, []).append(_Member(number, file.name, path))
        number += len(feed.events)
    number_rows(connection)
    currencies = tuple(currency.code for currency in program.currencies)
    return tuple(
        source
        for shape, members in shapes.items()
        for source in _sources(
            *(connection, feeds[shape.feed], shape, members, currencies),
            local_time(feeds[shape.feed].timezone, as_of),
        )
    )


def _readable(connection: DuckDBPyConnection, staged: Staged) -> Path:
    """Give the Parquet file to read: the file itself, or the texts of it."""
    match staged.file.format:
        case "parquet":
            return staged.file.path
        case "csv":
            stage_csv(connection, staged)
        case "jsonl":
            stage_json(connection, staged)
        case _:
            assert_never(staged.file.format)
    return staged.target


def count_files(program: Program, files: Sequence[UsageFile]) -> int:
    """Count the numbers that files have: one for each event of their feeds."""
    events = {feed.id: len(feed.events) for feed in program.feeds}
    return sum(events[file.feed] for file in files)


def _name_files(
    connection: DuckDBPyConnection, feeds: dict[str, Feed], files: Sequence[UsageFile]
) -> None:
    rows: list[tuple[int, str, str, str | None, int]] = []
    for file in files:
        first = len(rows)
        rows += [
            (first + ordinal, file.name, file.feed, event.name, first)
            for ordinal, event in enumerate(feeds[file.feed].events)
        ]
    sql.make_table(
        connection,
        "file_names",
        {
            "file": "INTEGER",
            "name": "VARCHAR",
            "feed": "VARCHAR",
            "event": "VARCHAR",
            "first": "INTEGER",
        },
        rows,
    )


def _extras(feed: Feed, file: UsageFile) -> tuple[tuple[str, str], ...]:
    """Name the columns of an exceptions file that say what its records are."""
    if not file.is_exceptions:
        return ()
    names = exception_columns(feed)
    wanted = [] if feed.id_fields else [(ORIGIN_FILE, "file"), (ORIGIN_ROW, "row")]
    if feed.events[0].name is not None:
        wanted.append((ORIGIN_EVENT, "event"))
    return tuple((place, names[word]) for place, word in wanted)


def _column_types(
    connection: DuckDBPyConnection, file: UsageFile, path: Path, columns: Sequence[str]
) -> tuple[str, ...]:
    listed = ", ".join(sql.name(column) for column in columns)
    try:
        rows = connection.execute(
            f"DESCRIBE SELECT {listed} FROM read_parquet({sql.paths([path])})"
        ).fetchall()
    except (duckdb.InvalidInputException, duckdb.IOException) as fault:
        raise UsageFileFault(f"{file.name}: {first_line(fault)}") from fault
    return tuple(row[1] for row in rows)


def first_line(fault: Exception) -> str:
    """Give what the engine says of a file, without its advice."""
    return str(fault).splitlines()[0].partition(": ")[2] or str(fault)


def _sources(
    connection: DuckDBPyConnection,
    feed: Feed,
    shape: _Shape,
    members: Sequence[_Member],
    currencies: tuple[str, ...],
    clock: LocalTime,
) -> Iterator[Source]:
    types = dict(zip(feed.columns, shape.types, strict=False))
    cuts = cut_files(connection, [member.path for member in members])
    for ordinal, event in enumerate(feed.events):
        reader = Reader(feed, event, types, shape.is_csv, shape.is_exceptions, currencies, clock)
        raw = reader.records(_raw(connection, feed, shape, members, ordinal))
        parts = tuple(
            Part(
                reader.records(
                    _raw(connection, feed, shape, members[cut.first : cut.end], ordinal, cut.rows)
                ),
                cut.records,
                tuple((member.path, member.number) for member in members[cut.first : cut.end]),
                cut.rows,
            )
            for cut in cuts
        )
        yield Source(
            feed=feed,
            event=event,
            files=tuple(member.number + ordinal for member in members),
            raw=raw,
            events=reader.events(raw),
            records=sum(cut.records for cut in cuts),
            parts=parts,
            reader=reader,
        )


def _raw(
    connection: DuckDBPyConnection,
    feed: Feed,
    shape: _Shape,
    members: Sequence[_Member],
    ordinal: int,
    rows: tuple[int, int] | None = None,
) -> str:
    paths = sql.paths(member.path for member in members)
    read = f"read_parquet({paths}, file_row_number = true)"
    if rows is not None:
        read += f" WHERE file_row_number >= {rows[0]} AND file_row_number < {rows[1]}"
    numbers = [str(member.number + ordinal) for member in members]
    columns = [
        f"{_of_file(numbers, 'INTEGER')} AS file",
        "file_row_number AS position",
        *(
            f"{_read(column, kind, shape)} AS {raw_field(column)}"
            for column, kind in zip(feed.columns, shape.types, strict=False)
        ),
    ]
    kinds = shape.types[len(feed.columns) :]
    for (place, column), kind in zip(shape.extras, kinds, strict=True):
        text = f"nullif(CAST({_read(column, kind, shape)} AS VARCHAR), '')"
        if place == ORIGIN_FILE:
            text = f"regexp_replace({text}, {sql.text(_NAME_PATTERN)}, '', 'g')"
        columns.append(f"{text} AS {place}")
    if feed.id_fields or shape.is_exceptions:
        return f"SELECT {', '.join(columns)} FROM {read}"
    names = [sql.text(known_name(member.name)) for member in members]
    columns.append(f"{_of_file(names, 'VARCHAR')} AS {ORIGIN_FILE}")
    records = with_rows(connection, f"(SELECT {', '.join(columns)} FROM {read})")
    # The join that counts malformed lines gives the records in any order, each reading in
    # another; records are read more than once and are told by their place.
    order = " ORDER BY file, position" if has_malformed(connection) else ""
    return f"SELECT * EXCLUDE (row), CAST(row AS VARCHAR) AS {ORIGIN_ROW} FROM {records}{order}"


def _of_file(values: Sequence[str], kind: str) -> str:
    """Give the SQL of what each file of a read has, a constant where there is one file."""
    if len(values) == 1:
        return f"{values[0]}::{kind}"
    return f"([{', '.join(values)}]::{kind}[])[file_index::BIGINT + 1]"


def _read(column: str, kind: str, shape: _Shape) -> str:
    """Give the SQL of a column as it was before an exceptions file guarded it."""
    quoted = sql.name(column)
    if kind != "VARCHAR" or not shape.is_exceptions:
        return quoted
    guarded = f"regexp_matches({quoted}, {sql.text(_GUARDED)})"
    return f"CASE WHEN {guarded} THEN substr({quoted}, 2) ELSE {quoted} END"
