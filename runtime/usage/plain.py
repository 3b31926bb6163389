"""Plain records, read from Parquet by compiled loops over Arrow's columns.

Most records are plain: id, identifier, time and quantity stand in them as an event has them,
and a few texts tell which kind of event it is.  The feed's SQL then judges one record of each
kind, and a loop all others.  What the loop cannot tell at sight, be it wrong or only written
in another way, is asked of the same SQL, record by record: so what is wrong with a record is
said in one place, and the loop knows only what is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.program.expressions import FieldValue
from runtime.usage import expressions, loops, plain_loops, sql
from runtime.usage.dispositions import Reason
from runtime.usage.kinds import kind_columns
from runtime.usage.loops import Array
from runtime.usage.mediate import Part
from runtime.usage.passes import Pass
from runtime.usage.places import DESTINATION
from runtime.usage.reader import ID_SEPARATOR, MAX_QUANTITY, Reader, raw_field
from runtime.usage.words import Ints, plain_numbers, text_buffers, validity
from runtime.usage.zones import LocalTime

if TYPE_CHECKING:
    import pyarrow.parquet as pq

Longs = NDArray[np.int64]

MOST_KINDS = 4096
"""Of records with more kinds, each is worked out by itself."""

USABLE = (
    f"CASE WHEN reason = {Reason.RATED:d} THEN epoch_us(instant) ELSE 0 END AS instant, "
    f"CASE WHEN reason = {Reason.RATED:d} THEN quantity ELSE 0 END AS quantity, reason"
)
"""The SQL of what is kept of an event: 0 where it is not usable."""

_ASKED = "plain_records"
_IN_EACH_BYTE = 0x0101010101010101
_TEXT, _LOCAL, _ZONED = "VARCHAR", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"
_NUMBERS = {"BIGINT": pa.int64(), "INTEGER": pa.int32()}
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - all instants are in UTC
_FIRST, _END = datetime(1901, 1, 1), datetime(9998, 1, 1)  # noqa: DTZ001 - in UTC


class NotPlain(Exception):
    """A part's records cannot be read by the loops."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A pass whose records may be plain, and the fields that say what the events are.

    Attributes:
        kinds: the fields that tell kinds of events apart.
        destination: None: it is not asked for.
        further: what each event's name adds to the id of its record, for the event's id.
    """

    events: Pass
    known_by: str
    value: str
    time: str
    quantity: str
    kinds: tuple[str, ...]
    destination: str | None
    further: tuple[bytes, ...]

    @property
    def reader(self) -> Reader:
        """Reads the first of the events."""
        return self.events.sources[0].reader

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields that are read."""
        asked = (self.known_by, self.value, self.time, self.quantity, self.destination)
        return (*(each for each in asked if each is not None), *self.kinds)

    def raw(self, given: Sequence[str], relation: str) -> str:
        """Give raw records, as of Source, of a relation with `position` and some of the fields."""
        listed = ", ".join(
            f"CAST({sql.name(name) if name in given else 'NULL'} AS {self.reader.types[name]}) "
            f"AS {raw_field(name)}"
            for name in self.reader.feed.columns
        )
        return f"SELECT 0::INTEGER AS file, position, {listed} FROM {relation}"


def plain_of(each: Pass, names: Sequence[str], *, by_record: bool) -> Plain | None:
    """Give how plain records of a pass are read; None: its files have no such.

    Args:
        each: the pass.
        names: the attributes that decide a price.
        by_record: an event is known by the id of its record.
    """
    readers = [source.reader for source in each.sources]
    feed, value = each.feed, each.feed.identifier_value
    quantities = {reader.whole_field() for reader in readers}
    destinations = {_destination(reader) for reader in readers if DESTINATION in each.attributes}
    kinds = _telling(each, names)
    if (
        any(source.is_exceptions for source in each.sources)
        or len(readers) < len(feed.events)
        or len(feed.id_fields) != 1
        or not isinstance(value, FieldValue)
        or feed.amount is not None
        or max(len(quantities), len(destinations)) > 1
        or None in quantities | destinations
        or kinds is None
        or not _has_plain_time(readers[0])
    ):
        return None
    plain = Plain(
        events=each,
        known_by=feed.id_fields[0],
        value=value.name,
        time=feed.time_field,
        quantity=quantities.pop() or "",
        kinds=kinds,
        destination=destinations.pop() if destinations else None,
        further=tuple(
            b"" if by_record or event.name is None else (ID_SEPARATOR + event.name).encode()
            for event in feed.events
        ),
    )
    texts = (plain.known_by, plain.value, *kinds)
    is_told_by_texts = all(readers[0].types[name] == _TEXT for name in texts)
    alone = plain.columns[: len(plain.columns) - len(kinds)]
    return plain if is_told_by_texts and not set(kinds) & set(alone) else None


def _destination(reader: Reader) -> str | None:
    """Give the field of an event's destination, which is the text in it; None: it is worked out."""
    column = reader.plain_attribute(DESTINATION)
    return next((name for name in reader.feed.columns if raw_field(name) == column), None)


def _telling(each: Pass, names: Sequence[str]) -> tuple[str, ...] | None:
    """Give the fields that tell kinds apart, and what is skipped; None: they are worked out."""
    columns = kind_columns(each, names)
    if columns is None:
        return None
    trees = [*each.feed.skip, *(event.criterion for event in each.feed.events)]
    asked = {name for tree in trees for name in expressions.fields_of(tree)}
    return tuple(name for name in each.feed.columns if raw_field(name) in columns or name in asked)


def _has_plain_time(reader: Reader) -> bool:
    feed, kind = reader.feed, reader.types[reader.feed.time_field]
    is_iso = feed.time_pattern is None and feed.time_epoch is None
    return kind in (_LOCAL, _ZONED) or (kind == _TEXT and is_iso)


def batches_of(plain: Plain, part: Part, size: int) -> Iterator[tuple[pa.RecordBatch, int, int]]:
    """Give the records of a part, some at once, with the first one's position and its file.

    Raises NotPlain for a file that is not as the loops take it, or is damaged.
    """
    import pyarrow.parquet as pq

    names = list(dict.fromkeys(plain.columns))
    try:
        for path, number in part.files:
            with pq.ParquetFile(path, read_dictionary=list(plain.kinds)) as file:
                _refuse_others(plain, names, file.schema_arrow)
                groups = _row_groups(file, part.rows)
                position = part.rows[0] if part.rows is not None else 0
                read = file.iter_batches(size, row_groups=groups, columns=names, use_threads=False)
                for batch in read:
                    _refuse_bytes(batch)
                    yield batch, position, number
                    position += len(batch)
    except (OSError, pa.ArrowException) as fault:
        raise NotPlain(str(fault)) from fault


def _row_groups(file: pq.ParquetFile, rows: tuple[int, int] | None) -> list[int]:
    """Give the row groups that hold some of a file's rows."""
    sizes = [file.metadata.row_group(each).num_rows for each in range(file.num_row_groups)]
    ends = list(accumulate(sizes))
    first, end = rows if rows is not None else (0, file.metadata.num_rows)
    return [
        group
        for group, (size, last) in enumerate(zip(sizes, ends, strict=True))
        if first <= last - size and last <= end
    ]


def _refuse_others(plain: Plain, names: Sequence[str], schema: pa.Schema) -> None:
    types = plain.reader.types
    coded = pa.dictionary(pa.int32(), pa.string())
    for name in names:
        found = schema.get_all_field_indices(name)
        if len(found) != 1 or "." in name:
            raise NotPlain(name)
        kind = schema.field(found[0]).type
        if types[name] in (_LOCAL, _ZONED):
            is_zoned = types[name] == _ZONED
            is_same = pa.types.is_timestamp(kind) and kind.unit == "us"
            is_same = is_same and (kind.tz is not None) == is_zoned
        elif name in plain.kinds:
            is_same = kind == coded
        else:
            is_same = kind == _NUMBERS.get(types[name], pa.string())
        if not is_same:
            raise NotPlain(name)


def _refuse_bytes(batch: pa.RecordBatch) -> None:
    """Refuse texts that are not UTF-8, of which the engine says what it says."""
    for each in batch.columns:
        if not pa.types.is_string(each.type):
            continue
        offsets, data, _ = text_buffers(each)
        own = data[offsets[0] : offsets[-1]]
        whole = own[: len(own) // 8 * 8].view(np.int64)
        every = int(np.bitwise_or.reduce(whole)) | int(own[-8:].max(initial=0)) * _IN_EACH_BYTE
        if every & 128 * _IN_EACH_BYTE:
            each.validate(full=True)


@dataclass(slots=True)
class Told:
    """What the feed's SQL says of each kind of a pass's records, as they are met.

    Attributes:
        key_of: the SQL of a kind's hash, of columns as of the pass's events.
        numbers: of each kind, which has the texts of the fields that tell it (None: missing).
        keys, reason, ordinal: of each kind: hash, what is said of all its records, and which
            of the feed's events they are.
    """

    connection: DuckDBPyConnection
    plain: Plain
    key_of: str
    numbers: dict[tuple[str | None, ...], int] = field(default_factory=dict)
    keys: Longs = field(default_factory=lambda: np.zeros(0, np.int64))
    reason: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    ordinal: Ints = field(default_factory=lambda: np.zeros(0, np.int32))

    @property
    def further(self) -> list[bytes]:
        """What each kind adds to the id of its records."""
        return [self.plain.further[each] for each in self.ordinal]

    def kinds(self, batch: pa.RecordBatch) -> tuple[Ints, Ints]:
        """Give a code of each record, and of each code its kind."""
        code, room = np.zeros(len(batch), np.int32), 1
        texts: list[list[str | None]] = []
        for each in (batch.column(name) for name in self.plain.kinds):
            known = each.dictionary.to_pylist()
            texts.append([*known, None])
            room *= len(known) + 1
            if room > len(batch) + MOST_KINDS:
                raise NotPlain("there are too many kinds")
            given = [plain_numbers(each.indices), validity(each), np.array([len(known)])]
            loops.run(plain_loops.fold_codes, len(batch), given, [code], threads=1)
        is_met = np.zeros(room, np.uint8)
        loops.run(plain_loops.mark_met, len(batch), [code], [is_met], threads=1)
        met = np.flatnonzero(is_met)
        sizes = tuple(map(len, texts))
        places = np.unravel_index(met, sizes) if sizes else ()
        found = [
            tuple(own[place] for own, place in zip(texts, each, strict=True))
            for each in zip(*places, strict=True)
        ] or [()] * len(met)
        self._judge_kinds([each for each in dict.fromkeys(found) if each not in self.numbers])
        kind_of = np.zeros(room, np.int32)
        kind_of[met] = [self.numbers[each] for each in found]
        return code, kind_of

    def _judge_kinds(self, kinds: Sequence[tuple[str | None, ...]]) -> None:
        """Have the feed's SQL judge a record of each kind, of which all else is as usual."""
        if not kinds:
            return
        if len(self.numbers) + len(kinds) > MOST_KINDS:
            raise NotPlain("there are too many kinds")
        plain, size = self.plain, len(kinds)
        types = plain.reader.types
        usual = {
            plain.known_by: "x",
            plain.value: "x",
            plain.time: "2000-01-01T00:00:00",
            plain.quantity: "1",
        }
        rows = {name: pa.array([text] * size, pa.string()) for name, text in usual.items()}
        for place, name in enumerate(plain.kinds):
            rows[name] = pa.array([each[place] for each in kinds], pa.string())
        asked = f"file, reason, {self.key_of} AS key"
        found = self._ask(asked, pa.table({"position": np.arange(size), **rows}))
        reason = np.asarray(found["reason"], np.int32)
        if not np.isin(reason, (Reason.RATED, Reason.SKIPPED, Reason.NO_EVENT)).all():
            raise NotPlain(f"{types[plain.time]} {types[plain.quantity]}")
        self.keys = np.append(self.keys, np.asarray(found["key"]).view(np.int64))
        self.reason = np.append(self.reason, reason)
        self.ordinal = np.append(self.ordinal, np.asarray(found["file"], np.int32))
        for each in kinds:
            self.numbers[each] = len(self.numbers)

    def _ask(self, columns: str, rows: pa.Table) -> dict[str, Array]:
        """Ask the feed's SQL of records with `position` and some of the fields, in their order."""
        raw = self.plain.raw(rows.column_names, _ASKED)
        query = f"SELECT {columns} FROM ({self.plain.events.events_of(raw)}) ORDER BY position"
        self.connection.register(_ASKED, rows)
        try:
            found: dict[str, Array] = self.connection.execute(query).fetchnumpy()
        finally:
            self.connection.unregister(_ASKED)
        if len(found[next(iter(found))]) != len(rows):
            raise NotPlain("a record is not one event")
        return found

    def judge(self, batch: pa.RecordBatch, kind: Ints, number: int, made: Sequence[Array]) -> None:
        """Fill in file, instant, quantity and reason of events, by their kind.

        `number`: of the file of the first event of the feed.
        """
        plain = self.plain
        known, _, known_valid = text_buffers(batch.column(plain.known_by))
        value, _, value_valid = text_buffers(batch.column(plain.value))
        numbers, number_valid = self._numbers(batch.column(plain.quantity))
        steps = np.array([each.event.steps_per_unit for each in plain.events.sources], np.int64)
        steps = steps[self.ordinal]
        odd = np.zeros(len(batch), np.uint8)
        given: list[Array] = [
            kind,
            self.reason,
            self.ordinal + np.int32(number),
            MAX_QUANTITY // steps,
            steps,
        ]
        given += [known, known_valid, value, value_valid]
        given += [self._instants(batch.column(plain.time)), numbers, number_valid]
        loops.run(plain_loops.judge, len(batch), given, [*made, odd], threads=1)
        rows = np.flatnonzero(odd)
        if len(rows):
            self._judge_odd(batch.take(pa.array(rows)), rows, made)

    def _judge_odd(self, records: pa.RecordBatch, rows: Longs, made: Sequence[Array]) -> None:
        table = pa.table(
            {"position": rows, **dict(zip(records.schema.names, records, strict=True))}
        )
        found = self._ask(USABLE, table)
        _, instant, quantity, reason = made
        instant[rows] = found["instant"]
        quantity[rows] = found["quantity"]
        reason[rows] = found["reason"]

    def _numbers(self, column: pa.Array) -> tuple[Array, Array]:
        """Give whole numbers; they are NONE where a text is not plainly one."""
        if not pa.types.is_string(column.type):
            return plain_numbers(column), validity(column)
        numbers = np.empty(len(column), np.int64)
        loops.run(plain_loops.read_wholes, len(column), text_buffers(column), [numbers], threads=1)
        return numbers, np.zeros(0, np.uint8)

    def _instants(self, column: pa.Array) -> Longs:
        """Give instants, NO_TIME where a value is not plainly one."""
        instants = np.empty(len(column), np.int64)
        zone = "UTC" if pa.types.is_timestamp(column.type) and column.type.tz else None
        starts, shifts = _stretches(LocalTime(zone) if zone else self.plain.reader.clock)
        if pa.types.is_string(column.type):
            given = [*text_buffers(column), starts, shifts]
            loops.run(plain_loops.read_times, len(column), given, [instants], threads=1)
            return instants
        given = [plain_numbers(column.view(pa.int64())), validity(column), starts, shifts]
        loops.run(plain_loops.shift_times, len(column), given, [instants], threads=1)
        return instants


def _stretches(clock: LocalTime) -> tuple[Longs, Longs]:
    """Give where stretches of a zone's clocks begin and the last one ends, and their shifts."""
    if clock.zone == "UTC":
        return _micros([_FIRST, _END]), np.zeros(1, np.int64)
    if not clock.stretches or clock.stretches[0].start < _FIRST or clock.end > _END:
        return np.zeros(1, np.int64), np.zeros(0, np.int64)
    starts = _micros([*(each.start for each in clock.stretches), clock.end])
    return starts, np.array([each.shift // _MICROSECOND for each in clock.stretches], np.int64)


def _micros(times: Sequence[datetime]) -> Longs:
    return np.array([(each - _EPOCH) // _MICROSECOND for each in times], np.int64)
