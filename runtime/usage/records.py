"""Rated usage as Parquet: one row a piece, with all that its amount came from.

Partitioned by the month in which the usage period starts.  The records of a partition stand by
origin (each feed's files, then stored usage), file and row, as many in each row group, and as
many row groups in each file; files are written side by side, and threads and memory change no
byte.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.usage import loops, record_loops, sql
from runtime.usage.dispositions import Reason
from runtime.usage.found import EventPieces
from runtime.usage.kernel import NO_TIER, RATED
from runtime.usage.lineage import (
    ORDERED,
    REPEATED,
    SCHEMA,
    Block,
    Lineage,
    Speller,
    Words,
    make_lineage,
)
from runtime.usage.loops import NONE
from runtime.usage.passes import Pass
from runtime.usage.pools import Counters
from runtime.usage.store import StoredUsage
from runtime.usage.tied import Tied

FOLDER = "rated_usage"
ROW_GROUP_SIZE = 122_880
"""Records, each of at least one row."""

FILE_GROUPS = 8

_PAGE_SIZE = 1 << 24
"""Bytes that no column of a row group reaches: one page is written faster than several."""

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Numbers = NDArray[Any]


@dataclass(slots=True)
class Places:
    """Where records stand, by number: their feed and file."""

    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def number(self, feed: str, file: str) -> int:
        """Give the number of a feed's file."""
        return self.numbers.setdefault((feed, file), len(self.numbers))

    def words(self) -> dict[str, Words]:
        """Give `feed` and `file` by number."""
        known = list(self.numbers)
        return {
            "feed": Words(pa.array([feed for feed, _ in known], pa.string())),
            "file": Words(pa.array([file for _, file in known], pa.string())),
        }


@dataclass(frozen=True, slots=True)
class _Records:
    """Records in their order: of which part they are, and which event, place, row and id."""

    part: Ints
    event: Ints
    place: Ints
    row: Longs
    event_id: pa.Array

    def __len__(self) -> int:
        return len(self.event)

    def only(self, wanted: NDArray[np.bool_]) -> _Records:
        """Give those that are wanted."""
        if wanted.all():
            return self
        return _Records(
            self.part[wanted],
            self.event[wanted],
            self.place[wanted],
            self.row[wanted],
            self.event_id.filter(pa.array(wanted)),
        )

    def part_of(self, first: int, last: int) -> _Records:
        """Give those of a range."""
        columns = (getattr(self, name) for name in self.__slots__)
        return _Records(*(column[first:last] for column in columns))


def _joined(records: list[_Records]) -> _Records:
    if len(records) == 1:
        return records[0]
    columns = {
        name: np.concatenate([getattr(each, name) for each in records])
        for name in ("part", "event", "place", "row")
    }
    return _Records(**columns, event_id=pa.concat_arrays([each.event_id for each in records]))


def write_records(
    connection: DuckDBPyConnection,
    folder: Path,
    tied: Tied,
    pieces: EventPieces,
    counters: Counters,
    passes: Sequence[Pass],
    stored: StoredUsage,
) -> None:
    """Write `folder`/period=YYYY-MM/part-N-K.parquet.

    What is there is replaced: it is of a run that was not posted.  Parts are numbered by the
    sources of the passes, and the last one is that of stored usage; files of a part from 0.
    """
    if folder.exists():
        shutil.rmtree(folder)
    places = Places()
    run = loops.runner(len(tied))
    lineage = make_lineage(connection, counters)
    months, month_of = np.unique(np.array([*lineage.months(), ""]), return_inverse=True)
    makers = _Makers(run, lineage, _Pieces(run, tied, pieces, counters), places)
    parts: dict[tuple[int, int], _Part] = {}
    with _Workers(connection, makers) as workers:
        for records in _records(connection, tied, passes, stored, places):
            rated = records.only(tied.reason[records.event] == Reason.RATED)
            month = month_of[tied.period_of[tied.segment[rated.event]]]
            for part, number in _pairs(rated.part, month):
                if (part, number) not in parts:
                    name = folder / f"period={months[number]}" / f"part-{part}"
                    parts[part, number] = _Part(name, workers)
                own = rated.only((rated.part == part) & (month == number))
                parts[part, number].add(own)
        for each in parts.values():
            each.end()
    connection.execute("DROP TABLE usage.record_prices")


def _pairs(part: Numbers, month: Numbers) -> list[tuple[int, int]]:
    if not len(part):
        return []
    if part.min() == part.max() and month.min() == month.max():
        return [(int(part[0]), int(month[0]))]
    months = int(month.max()) + 1
    found = np.flatnonzero(np.bincount(part.astype(np.int64) * months + month))
    return [divmod(int(each), months) for each in found]


class _Pieces:
    """The pieces of tied events, by event."""

    def __init__(
        self, run: loops.Runner, tied: Tied, pieces: EventPieces, counters: Counters
    ) -> None:
        self._run, self._tied, self._pieces = run, tied, pieces
        counter_tier = counters.counter_tier
        of_tier = np.repeat(np.arange(len(counter_tier) - 1), np.diff(counter_tier))
        self._counter_of = np.append(of_tier, NONE).astype(np.int32)
        self._charge = np.append(counters.charge, np.int8(RATED))
        self._template = np.append(counters.template, np.int32(NO_TIER))
        more = pieces.more
        self._more = [more.tier, more.quantity, more.counts]

    def of(self, records: _Records) -> tuple[Block, pa.Array]:
        """Give the pieces of rated records, and their ids."""
        tied, pieces, event = self._tied, self._pieces, records.event
        more = np.zeros(2 * len(event), np.int64)
        self._run(record_loops.count_pieces, len(event), [event, pieces.more.event], [more])
        rows = len(event) + int((more[1::2] - more[::2]).sum())
        which, piece, tier = (np.empty(rows, np.int32) for _ in range(3))
        quantity, counts = np.empty(rows, np.int64), np.empty(rows, np.int64)
        self._run(
            record_loops.spread_pieces,
            len(event),
            [event, more, pieces.tier, tied.quantity, self._charge, *self._more],
            [which, piece, tier, quantity, counts],
        )
        event = event[which]
        segment = tied.segment[event]
        ids = records.event_id
        return Block(
            file=tied.file[event],
            position=tied.position[event],
            place=records.place[which],
            row=records.row[which],
            piece=piece,
            instant=tied.instant[event],
            segment=segment,
            period=tied.period_of[segment],
            price=tied.price_of[tied.row[event]],
            template=self._template[tier],
            counter=self._counter_of[tier],
            quantity=quantity,
            counts=counts,
        ), ids if rows == len(ids) else ids.take(pa.array(which))


@dataclass(frozen=True, slots=True)
class _Makers:
    """What makes rows of records."""

    run: loops.Runner
    lineage: Lineage
    pieces: _Pieces
    places: Places

    def write(self, connection: DuckDBPyConnection, path: Path, groups: list[_Records]) -> None:
        """Write a file of these row groups."""
        speller = Speller(self.run)
        path.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(
            path,
            SCHEMA,
            compression="snappy",
            use_dictionary=REPEATED,
            write_statistics=ORDERED,
            store_schema=False,
            data_page_size=_PAGE_SIZE,
        ) as writer:
            for records in groups:
                block, event_id = self.pieces.of(records)
                table = self.lineage.table(
                    connection, speller, self.run, block, event_id, self.places.words()
                )
                writer.write_table(table, row_group_size=len(event_id))


class _Workers:
    """Writes files side by side, as many as the run has threads; few wait meanwhile."""

    def __init__(self, connection: DuckDBPyConnection, makers: _Makers) -> None:
        self._connection, self._makers = connection, makers
        self._threads = sql.threads(connection)
        self._pool = ThreadPoolExecutor(self._threads)
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> _Workers:
        return self

    def __exit__(self, *fault: object) -> None:
        try:
            while self._waiting and fault[0] is None:
                self._waiting.popleft().result()
        finally:
            self._pool.shutdown(cancel_futures=True)

    def write(self, path: Path, groups: list[_Records]) -> None:
        """Write a file of row groups."""
        # What is asked meanwhile goes its own way, or it would end the reading of records.
        cursor = self._connection.cursor()
        self._waiting.append(self._pool.submit(self._makers.write, cursor, path, groups))
        while len(self._waiting) > self._threads:
            self._waiting.popleft().result()


class _Part:
    """The files of an origin and a month: so many records a row group, so many of these a file."""

    def __init__(self, name: Path, workers: _Workers) -> None:
        self._name, self._workers = name, workers
        self._records: list[_Records] = []
        self._size = self._files = 0
        self._groups: list[_Records] = []

    def add(self, records: _Records) -> None:
        """Take records; what fills a file is written."""
        self._records.append(records)
        self._size += len(records)
        while self._size >= ROW_GROUP_SIZE:
            every = _joined(self._records)
            self._groups.append(every.part_of(0, ROW_GROUP_SIZE))
            self._records = [every.part_of(ROW_GROUP_SIZE, len(every))]
            self._size -= ROW_GROUP_SIZE
            if len(self._groups) == FILE_GROUPS:
                self._write()

    def end(self) -> None:
        """Write what is left."""
        if self._size:
            self._groups.append(_joined(self._records))
        if self._groups:
            self._write()

    def _write(self) -> None:
        path = self._name.with_name(f"{self._name.name}-{self._files:04}.parquet")
        self._workers.write(path, self._groups)
        self._files, self._groups = self._files + 1, []


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
        parts = np.array([part_of[file] for file in files.tolist()], np.int32)
        numbers = np.array(
            [places.number(each.feed.id, names[file]) for file in files.tolist()], np.int32
        )
        query = f"SELECT file, position, event_id FROM ({each.events})"
        for batch in connection.sql(query).to_arrow_reader(ROW_GROUP_SIZE):
            event = np.arange(begin, begin + len(batch), dtype=np.int32)
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
            np.full(len(kept), part, np.int32),
            (tied.fresh + order[found[kept]]).astype(np.int32),
            np.array([places.number(*each) for each in zip(feeds, names, strict=True)], np.int32),
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
