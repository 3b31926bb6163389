"""From raw records to normalized events, set by set.

Each feed's files of one shape become a Source: SQL relations over the records, in which a
record is known by `file` (its number among the run's files) and `position` (from 0 among
the file's well-formed records).  Nothing is copied but CSV, which is turned into Parquet
of texts once; a pass over a source then reads only the columns that it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

import duckdb
from duckdb import DuckDBPyConnection

from runtime.program.expressions import (
    AllOf,
    AnyOf,
    BeginsWith,
    Calculate,
    Compare,
    Expression,
    FieldValue,
    InCountries,
    Not,
    NumberValue,
    TextValue,
)
from runtime.program.model import Feed, Program
from runtime.usage import expressions, sql
from runtime.usage.csv_files import StagedCsv, stage_csv
from runtime.usage.dispositions import Reason
from runtime.usage.faults import UsageFileFault
from runtime.usage.files import UsageFile

MAX_QUANTITY = 2**63 - 1
ID_SEPARATOR = "\x1f"

ZONED_TYPES = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")
"""The types of a column of instants; all others are local times."""

_INTEGERS = frozenset(
    f"{sign}{size}" for sign in ("", "U") for size in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
) | {"HUGEINT"}
_GUARDED = r"^'+[=+\-@\t\r]"
_IN_RANGE = "instant BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '9998-12-31'"
_WRITTEN_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"
_ZONED = r"T?\d\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?)$"


@dataclass(frozen=True, slots=True)
class Source:
    """Files of one feed that have the same columns and types.

    Attributes:
        raw: SELECT of file, position and the feed's raw columns, as the files type them.
        events: SELECT of file, position, event_id, instant, value (of the identifier),
            quantity, `reason` (RATED where nothing is wrong yet), and the feed's
            attributes as columns named by `attribute`.
        records: of its files, malformed lines left out; None where not known before.
    """

    feed: Feed
    files: tuple[int, ...]
    raw: str
    events: str
    records: int
    types: tuple[str, ...]
    is_exceptions: bool

    def events_where(self, condition: str) -> str:
        """Give the events whose `event_id` meets a condition, asked before all else is read."""
        types = dict(zip(self.feed.columns, self.types, strict=True))
        reader = _Reader(self.feed, types, self.is_exceptions)
        asked = f"SELECT *, {reader.event_id()} AS event_id FROM ({self.raw})"
        return reader.events(f"SELECT * EXCLUDE (event_id) FROM ({asked}) WHERE {condition}")


def attribute(name: str) -> str:
    """Give the quoted column that holds an attribute in every relation of events."""
    return sql.name(f"attribute.{name}")


def open_sources(
    connection: DuckDBPyConnection, program: Program, files: Sequence[UsageFile], staging: Path
) -> tuple[Source, ...]:
    """Make the files readable and give their sources; stages CSV into the folder.

    Leaves usage.malformed (file, row, raw, detail).  Raises UsageFileFault for a file that
    turns out damaged.
    """
    sql.make_table(
        connection,
        "malformed",
        {"file": "INTEGER", "row": "BIGINT", "raw": "VARCHAR", "detail": "VARCHAR"},
        [],
    )
    feeds = {feed.id: feed for feed in program.feeds}
    shapes: dict[tuple[str, bool, tuple[str, ...]], list[tuple[int, Path]]] = {}
    for number, file in enumerate(files):
        feed = feeds[file.feed]
        path = file.path
        if file.format == "csv":
            path = stage_csv(
                connection, StagedCsv(file, number, feed.columns, staging / f"{number}.parquet")
            )
        types = _column_types(connection, file, path, feed.columns)
        shapes.setdefault((feed.id, file.is_exceptions, types), []).append((number, path))
    return tuple(
        _source(connection, feeds[feed], types, members, is_exceptions=is_exceptions)
        for (feed, is_exceptions, types), members in shapes.items()
    )


def _column_types(
    connection: DuckDBPyConnection, file: UsageFile, path: Path, columns: tuple[str, ...]
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


def _source(
    connection: DuckDBPyConnection,
    feed: Feed,
    types: tuple[str, ...],
    members: list[tuple[int, Path]],
    *,
    is_exceptions: bool,
) -> Source:
    numbers = [number for number, _ in members]
    read = f"read_parquet({sql.paths(path for _, path in members)}, file_row_number = true)"
    file = (
        f"{numbers[0]}::INTEGER"
        if len(numbers) == 1
        else f"([{', '.join(map(str, numbers))}]::INTEGER[])[file_index::BIGINT + 1]"
    )
    columns = ", ".join(
        _unguarded(column, kind) if is_exceptions else sql.name(column)
        for column, kind in zip(feed.columns, types, strict=True)
    )
    raw = f"SELECT {file} AS file, file_row_number AS position, {columns} FROM {read}"
    reader = _Reader(feed, dict(zip(feed.columns, types, strict=True)), is_exceptions)
    return Source(
        feed=feed,
        files=tuple(numbers),
        raw=raw,
        events=reader.events(raw),
        records=sql.count(connection, f"SELECT count(*) FROM {read}"),
        types=types,
        is_exceptions=is_exceptions,
    )


def _unguarded(column: str, kind: str) -> str:
    quoted = sql.name(column)
    if kind != "VARCHAR":
        return quoted
    guarded = f"regexp_matches({quoted}, {sql.text(_GUARDED)})"
    return f"CASE WHEN {guarded} THEN substr({quoted}, 2) ELSE {quoted} END AS {quoted}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Writes the SQL that reads one feed's fields, whose types in the file are known."""

    feed: Feed
    types: dict[str, str]
    is_exceptions: bool

    def events(self, raw: str) -> str:
        feed = self.feed
        steps = self.steps()
        attributes = "".join(
            f", {expressions.value(each.expression, self.field, self.number)} "
            f"AS {attribute(each.name)}"
            for each in feed.attributes
        )
        skip = (
            " OR ".join(expressions.condition(each, self.field, self.number) for each in feed.skip)
            or "false"
        )
        value = expressions.value(feed.identifier_value, self.field, self.number)
        return f"""
        SELECT file, position, event_id, instant, value,
               quantity,
               CASE WHEN NOT is_skipped AND event_id IS NOT NULL AND {_IN_RANGE}
                         AND value IS NOT NULL AND quantity >= 0 AND {self.is_whole()}
                         THEN {Reason.RATED}
                    WHEN is_skipped THEN {Reason.SKIPPED}
                    WHEN event_id IS NULL THEN {Reason.NO_ID}
                    WHEN ({_IN_RANGE}) IS NOT TRUE THEN {Reason.BAD_TIME}
                    WHEN value IS NULL THEN {Reason.NO_IDENTIFIER}
                    WHEN amount IS NULL THEN {Reason.BAD_QUANTITY}
                    WHEN amount < 0 THEN {Reason.NEGATIVE_QUANTITY}
                    WHEN steps IS NULL OR steps > {MAX_QUANTITY}::HUGEINT
                         THEN {Reason.QUANTITY_TOO_LARGE}
                    ELSE {Reason.FRACTION_OF_STEP} END::UTINYINT AS reason
               {"".join(f", {attribute(each.name)}" for each in feed.attributes)}
        FROM (SELECT file, position, {self.event_id()} AS event_id, {self.instant()} AS instant,
                     {value} AS value, {self.amount()} AS amount, {steps} AS steps,
                     TRY_CAST({steps} AS BIGINT) AS quantity,
                     {skip} AS is_skipped{attributes}
              FROM ({raw}))
        """

    def event_id(self) -> str:
        return f" || chr({ord(ID_SEPARATOR)}) || ".join(
            self.field(field) for field in self.feed.id_fields
        )

    def field(self, name: str) -> str:
        column = sql.name(name)
        if self.types[name] == "VARCHAR":
            return f"nullif({column}, '')"
        return f"nullif(CAST({column} AS VARCHAR), '')"

    def number(self, name: str) -> str:
        column, kind = sql.name(name), self.types[name]
        if kind in _INTEGERS:
            return f"{column}::HUGEINT"
        if kind.startswith("DECIMAL"):
            return column
        return expressions.text_number(self.field(name))

    def amount(self) -> str:
        return expressions.number(self.feed.quantity, self.field, self.number)

    def is_whole(self) -> str:
        """Give SQL that is true of a whole number of steps; integers need not be asked."""
        fields = expressions.fields_of(self.feed.quantity)
        if all(self.types[name] in _INTEGERS for name in fields):
            return "true" if not _has_fraction(self.feed.quantity) else "steps % 1 = 0"
        return "steps % 1 = 0"

    def steps(self) -> str:
        amount = self.amount()
        if self.feed.steps_per_unit == 1:
            return amount
        return f"TRY({amount} * {self.feed.steps_per_unit}::HUGEINT)"

    def instant(self) -> str:
        name = self.feed.time_field
        column, kind, pattern = sql.name(name), self.types[name], self.feed.time_pattern
        if kind in ZONED_TYPES:
            return f"timezone('UTC', {column}::TIMESTAMPTZ)"
        if kind.startswith("TIMESTAMP") or kind == "DATE":
            return self._in_utc(f"{column}::TIMESTAMP")
        field = self.field(name)
        if self.is_exceptions:
            written = f"regexp_matches({field}, {sql.text(_WRITTEN_TIME)})"
            return (
                f"CASE WHEN {written} THEN TRY_CAST({field} AS TIMESTAMP) "
                f"ELSE {self._text_instant(field, pattern)} END"
            )
        return self._text_instant(field, pattern)

    def _text_instant(self, field: str, pattern: str | None) -> str:
        if pattern is None:
            local = self._in_utc(f"TRY_CAST({field} AS TIMESTAMP)")
            return (
                f"CASE WHEN regexp_matches({field}, {sql.text(_ZONED)}) "
                f"THEN timezone('UTC', TRY_CAST({field} AS TIMESTAMPTZ)) ELSE {local} END"
            )
        instant = f"try_strptime({field}, {sql.text(pattern)})"
        if "%z" in pattern or "%Z" in pattern:
            return f"timezone('UTC', {instant})"
        return self._in_utc(instant)

    def _in_utc(self, local: str) -> str:
        zone = self.feed.timezone
        if zone == "UTC":
            return local
        return f"timezone('UTC', timezone({sql.text(zone)}, {local}))"


def _has_fraction(tree: Expression) -> bool:
    """Tell whether a constant of the tree is no whole number."""
    match tree:
        case NumberValue(value=value):
            return value % 1 != 0
        case Calculate(left=left, right=right):
            return _has_fraction(left) or _has_fraction(right)
        case TextValue():
            return True
        case FieldValue() | Compare() | InCountries() | BeginsWith() | AllOf() | AnyOf() | Not():
            return False
        case _:
            assert_never(tree)
