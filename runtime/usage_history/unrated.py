"""The exceptions files, read back: every record of a run that was not rated."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.usage import sql
from runtime.usage.dispositions import MEANINGS, Reason
from runtime.usage_history.model import Unrated, UsageRecord

_OURS = ("disposition", "reason", "detail", "file", "row", "raw", "event", "event_id")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class ExceptionsFile:
    """A run's exceptions of one feed.

    Attributes:
        columns: the header.
        ours: what we added to the feed's fields, by our words for it.
    """

    run: str
    feed: str
    path: Path
    columns: tuple[str, ...]
    ours: dict[str, str]

    @property
    def fields(self) -> tuple[str, ...]:
        """Name the feed's own fields."""
        return tuple(each for each in self.columns if each not in self.ours.values())

    def column(self, word: str) -> str:
        """Give SQL of one of our columns; NULL where an earlier version wrote none."""
        return sql.name(self.ours[word]) if word in self.ours else "NULL::VARCHAR"

    @property
    def read(self) -> str:
        """Give SQL of all of it as texts; nothing is guessed."""
        columns = ", ".join(f"{sql.text(name)}: 'VARCHAR'" for name in self.columns)
        return (
            f"read_csv({sql.paths([self.path])}, header = true, auto_detect = false, delim = ',', "
            f"quote = '\"', escape = '\"', hive_partitioning = false, columns = {{{columns}}})"
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What records are looked for; None: any.

    Attributes:
        event_id: with `/` between its parts.
        file: the record's, or the end of its path.
        row: in the file.
        value: what any field of the record has.
        reason: the name of one.
    """

    event_id: str | None = None
    file: str | None = None
    row: int | None = None
    value: str | None = None
    reason: str | None = None


def open_exceptions(run: str, path: Path) -> ExceptionsFile:
    """Read the header of an exceptions file, whose name is its feed's."""
    with path.open(newline="", encoding="utf-8") as file:
        columns = tuple(next(csv.reader(file)))
    ours = {}
    for word in _OURS:
        # Where the feed has a field of our name, ours has another.
        name = next((each for each in (f"exception_{word}", word) if each in columns), None)
        if name is not None:
            ours[word] = name
    return ExceptionsFile(run, path.stem, path, columns, ours)


def count_unrated(connection: DuckDBPyConnection, file: ExceptionsFile) -> list[Unrated]:
    """Count the records of an exceptions file by reason."""
    rows = connection.execute(
        f"SELECT {file.column('disposition')}, {file.column('reason')}, count(*) "
        f"FROM {file.read} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return [Unrated(file.run, file.feed, *row) for row in rows]


def find_unrated(
    connection: DuckDBPyConnection, file: ExceptionsFile, wanted: Wanted, first: int | None = None
) -> tuple[int, list[UsageRecord]]:
    """Give how many records of the file are wanted, and the first ones (None: all) of them."""
    where, values = _condition(file, wanted)
    ((count,),) = connection.execute(
        f"SELECT count(*) FROM {file.read} WHERE {where}", values
    ).fetchall()
    limit = "" if first is None else f" LIMIT {first}"
    rows = connection.execute(f"SELECT * FROM {file.read} WHERE {where}{limit}", values).fetchall()
    return count, [_record(file, row) for row in rows]


def _condition(file: ExceptionsFile, wanted: Wanted) -> tuple[str, list[str]]:
    where, values = ["true"], []
    for word, value in (
        ("event_id", wanted.event_id),
        ("reason", wanted.reason),
        ("row", None if wanted.row is None else str(wanted.row)),
    ):
        if value is not None:
            where.append(f"{file.column(word)} = ?")
            values.append(value)
    if wanted.file is not None:
        name = file.column("file")
        where.append(f"({name} = ? OR ends_with({name}, ?))")
        values += [wanted.file, f"/{wanted.file}"]
    if wanted.value is not None:
        where.append(f"list_contains([{', '.join(map(sql.name, file.fields))}], ?)")
        values.append(wanted.value)
    return " AND ".join(where), values


def _record(file: ExceptionsFile, cells: Sequence[str | None]) -> UsageRecord:
    texts = {
        column: cell[1:] if cell and _GUARDED.match(cell) else cell or ""
        for column, cell in zip(file.columns, cells, strict=True)
    }

    def ours(word: str) -> str:
        return texts.get(file.ours.get(word, ""), "")

    reason = Reason[ours("reason")]
    content = [(name, texts[name]) for name in file.fields if texts[name]]
    if ours("raw"):
        content.append(("raw", ours("raw")))
    if ours("event"):
        content.append(("event", ours("event")))
    return UsageRecord(
        run=file.run,
        feed=file.feed,
        event_id=ours("event_id") or None,
        file=ours("file"),
        row=int(ours("row")),
        disposition=MEANINGS[reason].disposition,
        reason=reason.name,
        detail=ours("detail") or MEANINGS[reason].words,
        remedy=MEANINGS[reason].remedy,
        content=tuple(content),
    )
