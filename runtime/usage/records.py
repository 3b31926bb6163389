"""Rated usage as Parquet: one row a piece, with all that its amount came from.

Partitioned by the month in which the usage period starts.  The rows of a partition stand by
origin (each feed's files, then stored usage), file, row and piece, in row groups of one
size; threads and memory change no byte.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.usage import kernel
from runtime.usage.dispositions import Reason
from runtime.usage.draw import Pieces
from runtime.usage.lineage import SCHEMA, WORDS, Block, Lineage, make_lineage
from runtime.usage.passes import Pass
from runtime.usage.store import StoredUsage
from runtime.usage.tied import Tied

FOLDER = "rated_usage"
ROW_GROUP_SIZE = 122_880

Longs = NDArray[np.int64]
Numbers = NDArray[Any]


@dataclass(slots=True)
class Places:
    """Where records stand, by number: their feed and file."""

    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def number(self, feed: str, file: str) -> int:
        """Give the number of a feed's file."""
        return self.numbers.setdefault((feed, file), len(self.numbers))

    def table(self) -> pa.Table:
        """Give `feed` and `file` by number."""
        return pa.table(
            {
                "feed": pa.array([feed for feed, _ in self.numbers], pa.string()),
                "file": pa.array([file for _, file in self.numbers], pa.string()),
            }
        )


@dataclass(frozen=True, slots=True)
class _Records:
    """Records in their order: of which part they are, and which event, place, row and id."""

    part: Numbers
    event: Longs
    place: Numbers
    row: Longs
    event_id: pa.Array

    def only(self, wanted: NDArray[np.bool_]) -> _Records:
        return _Records(
            self.part[wanted],
            self.event[wanted],
            self.place[wanted],
            self.row[wanted],
            self.event_id.filter(pa.array(wanted)),
        )


def write_records(
    connection: DuckDBPyConnection,
    folder: Path,
    tied: Tied,
    pieces: Pieces,
    counter_tier: Longs,
    passes: Sequence[Pass],
    stored: StoredUsage,
) -> None:
    """Write `folder`/period=YYYY-MM/part-N.parquet.

    What is there is replaced: it is of a run that was not posted.  Parts are numbered by the
    sources of the passes, and the last one is that of stored usage.
    """
    if folder.exists():
        shutil.rmtree(folder)
    places = Places()
    every = _Pieces(tied, pieces, counter_tier)
    lineage = make_lineage(connection)
    months = lineage.months()
    with ExitStack() as stack:
        parts: dict[tuple[int, str], _Part] = {}
        month_of = np.unique(np.array([*months, ""]), return_inverse=True)
        for records in _records(connection, tied, passes, stored, places):
            rated = records.only(tied.reason[records.event] == Reason.RATED)
            month = month_of[1][tied.period[rated.event]]
            for part in np.unique(rated.part).tolist():
                for number in np.unique(month[rated.part == part]).tolist():
                    name = str(month_of[0][number])
                    if (part, name) not in parts:
                        path = folder / f"period={name}" / f"part-{part}.parquet"
                        parts[part, name] = stack.enter_context(_Part(path, lineage, places))
                    own = rated.only((rated.part == part) & (month == number))
                    parts[part, name].add(*every.of(own))
    connection.execute("DROP TABLE usage.record_prices")


class _Pieces:
    """The pieces of tied events, by event."""

    def __init__(self, tied: Tied, pieces: Pieces, counter_tier: Longs) -> None:
        self._tied, self._pieces, self._counter_tier = tied, pieces, counter_tier
        self._tier = pieces.tier
        order = np.argsort(pieces.more_event, kind="stable")
        self._more_event, self._more_tier = pieces.more_event[order], pieces.more_tier[order]
        self._more_quantity = pieces.more_quantity[order]
        self._more_counts = pieces.more_counts[order]

    def of(self, records: _Records) -> tuple[Block, pa.Array]:
        """Give the pieces of rated records, and their ids."""
        event = records.event
        first = np.searchsorted(self._more_event, event, "left")
        more = np.searchsorted(self._more_event, event, "right") - first
        which = np.repeat(np.arange(len(event)), more + 1)
        starts = np.cumsum(more + 1) - (more + 1)
        piece = np.arange(len(which)) - starts[which]
        tier = self._tier[event][which]
        tied, pieces = self._tied, self._pieces
        quantity = tied.quantity[event][which]
        counts = (pieces.charge[tier] == kernel.RATED).astype(np.int64)
        if len(which) > len(event):
            later = np.flatnonzero(piece)
            source = first[which[later]] + piece[later] - 1
            tier[later] = self._more_tier[source]
            counts[later] = self._more_counts[source]
            quantity[later] = self._more_quantity[source]
            np.subtract.at(quantity, starts[which[later]], self._more_quantity[source])
        event = event[which]
        return Block(
            file=tied.file[event],
            position=tied.position[event],
            place=records.place[which],
            row=records.row[which],
            piece=piece,
            instant=tied.instant[event],
            segment=tied.segment[event],
            period=tied.period[event],
            price=tied.price[event],
            template=pieces.template[tier],
            counter=np.searchsorted(self._counter_tier, tier, "right") - 1,
            quantity=quantity,
            counts=counts,
        ), records.event_id.take(pa.array(which))


class _Part:
    """One file, written in row groups of one size."""

    def __init__(self, path: Path, lineage: Lineage, places: Places) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lineage, self._places = lineage, places
        self._writer = pq.ParquetWriter(
            path, SCHEMA, compression="snappy", use_dictionary=WORDS, store_schema=False
        )
        self._blocks: list[Block] = []
        self._ids: list[pa.Array] = []
        self._rows = 0

    def __enter__(self) -> _Part:
        return self

    def __exit__(self, *fault: object) -> None:
        if self._rows and fault[0] is None:
            self._write(self._rows)
        self._writer.close()

    def add(self, block: Block, event_id: pa.Array) -> None:
        """Take pieces; what fills row groups is written."""
        self._blocks.append(block)
        self._ids.append(event_id)
        self._rows += len(event_id)
        while self._rows >= ROW_GROUP_SIZE:
            self._write(ROW_GROUP_SIZE)

    def _write(self, rows: int) -> None:
        names = Block.__slots__
        columns = {
            name: np.concatenate([getattr(each, name) for each in self._blocks]) for name in names
        }
        event_id = pa.concat_arrays(self._ids)
        block = Block(**{name: columns[name][:rows] for name in names})
        table = self._lineage.table(block, event_id[:rows], self._places.table())
        self._writer.write_table(table, row_group_size=rows)
        self._blocks = [Block(**{name: columns[name][rows:] for name in names})]
        self._ids = [event_id[rows:]]
        self._rows -= rows


def _records(
    connection: DuckDBPyConnection,
    tied: Tied,
    passes: Sequence[Pass],
    stored: StoredUsage,
    places: Places,
) -> Iterator[_Records]:
    """Read the ids of all events again, in the order of their files."""
    names = dict(connection.execute("SELECT file, name FROM usage.file_names").fetchall())
    count_rows = _RowCounter(connection)
    part, begin = 0, 0
    for each in passes:
        part_of = {
            file: part + number for number, own in enumerate(each.sources) for file in own.files
        }
        files = np.array(sorted(part_of))
        parts = np.array([part_of[file] for file in files.tolist()])
        numbers = np.array([places.number(each.feed.id, names[file]) for file in files.tolist()])
        query = f"SELECT file, position, event_id FROM ({each.events})"
        for batch in connection.sql(query).to_arrow_reader(ROW_GROUP_SIZE):
            event = np.arange(begin, begin + len(batch))
            begin += len(batch)
            file, position = np.asarray(batch.column("file")), np.asarray(batch.column("position"))
            assert np.array_equal(position, tied.position[event]), "events come in another order"
            which = np.searchsorted(files, file)
            yield _Records(
                parts[which],
                event,
                numbers[which],
                count_rows(file, position),
                batch.column("event_id"),
            )
        part += len(each.sources)
    if len(tied) > tied.fresh:
        yield from _stored_records(connection, tied, stored, places, part, len(names))


def _stored_records(
    connection: DuckDBPyConnection,
    tied: Tied,
    stored: StoredUsage,
    places: Places,
    part: int,
    files: int,
) -> Iterator[_Records]:
    span = tied.position[tied.fresh :].max() + 1
    known = tied.file[tied.fresh :].astype(np.int64) * span + tied.position[tied.fresh :]
    order = np.argsort(known)
    known = known[order]
    query = f"""
        SELECT stored_file + {files} AS file, position, feed, event_id, file_name, row
        FROM ({stored.events})
    """
    for batch in connection.sql(query).to_arrow_reader(ROW_GROUP_SIZE):
        position = np.asarray(batch.column("position"))
        wanted = np.asarray(batch.column("file")).astype(np.int64) * span + position
        found = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        kept = np.flatnonzero((known[found] == wanted) & (position < span))
        feeds, names = (
            batch.column(name).take(pa.array(kept)).to_pylist() for name in ("feed", "file_name")
        )
        yield _Records(
            np.full(len(kept), part),
            tied.fresh + order[found[kept]],
            np.array([places.number(*each) for each in zip(feeds, names, strict=True)], np.int64),
            np.asarray(batch.column("row"))[kept],
            batch.column("event_id").take(pa.array(kept)),
        )


class _RowCounter:
    """Gives the row of records in their files, with the malformed lines before them counted."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._before: dict[int, tuple[Longs, Longs]] = {}
        rows = connection.execute(
            "SELECT file, from_position, malformed FROM usage.malformed_before "
            "ORDER BY file, from_position"
        ).fetchnumpy()
        for file in np.unique(rows["file"]).tolist():
            own = rows["file"] == file
            counts = np.concatenate([[0], rows["malformed"][own]])
            self._before[file] = (np.asarray(rows["from_position"][own]), counts)

    def __call__(self, file: Numbers, position: Numbers) -> Longs:
        row = position.astype(np.int64) + 1
        for number, (starts, counts) in self._before.items():
            own = np.flatnonzero(file == number)
            row[own] += counts[np.searchsorted(starts, position[own], "right")].astype(np.int64)
        return row
