"""What was not rated, as one CSV a feed, to be mended and fed again.

A file has the feed's own columns, as they were read, then those of `exception_columns`.  So that a
spreadsheet takes no cell for a formula, a text cell that begins with = + - @, a tab or a
return gets a quote before it, and one that already begins with such quotes gets one more;
a file with those columns that is fed again has one quote taken off such cells.  A
number keeps its sign and is never quoted.  A typed time is written in UTC, as ISO 8601.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.program.expressions import Expression
from runtime.program.model import Feed, FeedEvent
from runtime.usage import expressions, sql
from runtime.usage.dispositions import MEANINGS, Reason
from runtime.usage.files import exception_columns
from runtime.usage.mediate import Source
from runtime.usage.passes import first_files
from runtime.usage.reader import ID_SEPARATOR, ORIGIN_FILE, ORIGIN_ROW, ZONED_TYPES, raw_field
from runtime.usage.staging import with_rows

FOLDER = "exceptions"
ID_SIGN = "/"
"""What stands between the parts of an id where people read it."""

_DANGEROUS = r"^'*[=+\-@\t\r]"
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$"
_TIME_TYPES = ("TIMESTAMP", "DATE")


def write_exceptions(
    connection: DuckDBPyConnection,
    out: Path,
    run: str,
    sources: Sequence[Source],
) -> None:
    """Write `out`/exceptions/run=R/FEED.csv for each feed with records that were not rated.

    What is there of the run's number is replaced: it is of a run that was not posted.

    Reads usage.unrated, usage.malformed and usage.file_names.
    """
    folder = out / FOLDER / f"run={run}"
    if folder.exists():
        shutil.rmtree(folder)
    feeds = {source.feed.id: source.feed for source in sources}
    for feed in feeds.values():
        ours = [source for source in sources if source.feed.id == feed.id]
        _write_feed(connection, folder / f"{feed.id}.csv", feed, ours)


def _write_feed(
    connection: DuckDBPyConnection, path: Path, feed: Feed, sources: Sequence[Source]
) -> None:
    if not _has_exceptions(connection, feed, sources):
        return
    unrated = _make_unrated(connection, sources)
    members = [_records(connection, *each) for each in unrated]
    empty = ", ".join(f"NULL::VARCHAR AS {raw_field(column)}" for column in feed.columns)
    members.append(f"""
        SELECT {empty}, {Reason.MALFORMED:d} AS reason, m.detail, m.file, m.row, m.raw,
               NULL AS event, n.name, m.row AS first_row, NULL AS event_id
        FROM usage.malformed AS m JOIN usage.file_names AS n ON n.file = m.file
        WHERE n.feed = {sql.text(feed.id)}
    """)
    every = " UNION ALL ".join(f"({member})" for member in members)
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(
        f"{_guarded('e.' + raw_field(each))} AS {sql.name(each)}" for each in feed.columns
    )
    reasons = " ".join(f"WHEN {each:d} THEN '{each.name}'" for each in Reason)
    dispositions = " ".join(
        f"WHEN {each:d} THEN '{meaning.disposition}'" for each, meaning in MEANINGS.items()
    )
    written = {
        "disposition": f"CASE e.reason {dispositions} END",
        "reason": f"CASE e.reason {reasons} END",
        "detail": _guarded("e.detail"),
        "file": _guarded("e.name"),
        "row": "e.first_row",
        "raw": _guarded("e.raw"),
        "event": "e.event",
        "event_id": _guarded("e.event_id"),
    }
    ours = ", ".join(
        f"{written[word]} AS {sql.name(column)}" for word, column in exception_columns(feed).items()
    )
    connection.execute(f"""
        COPY (
          SELECT {columns}, {ours}
          FROM ({every}) AS e JOIN usage.file_names AS n ON n.file = e.file
          ORDER BY n.first, e.row, e.file
        ) TO {sql.text(str(path))} (FORMAT csv, HEADER true)
    """)
    for source in sources:
        connection.execute(f"DROP TABLE IF EXISTS usage.unrated_of_{source.files[0]}")


def _make_unrated(
    connection: DuckDBPyConnection, sources: Sequence[Source]
) -> list[tuple[Source, str]]:
    """Make tables of the raw records that were not rated; give what has them for each source.

    Files are read once for all events of their records: most often few were not rated.
    """
    found = []
    for _, same in groupby(sources, key=first_files):
        together = tuple(same)
        first = together[0]
        table = f"usage.unrated_of_{first.files[0]}"
        files = ", ".join(str(file) for source in together for file in source.files)
        connection.execute(f"""
            CREATE OR REPLACE TABLE {table} AS
            SELECT * FROM ({first.raw})
            WHERE position IN (SELECT position FROM usage.unrated WHERE file IN ({files}))
        """)
        for source in together:
            ordinal = source.files[0] - first.files[0]
            raw = f"SELECT * REPLACE (file + {ordinal} AS file) FROM {table}"
            found.append((source, raw))
    return found


def _has_exceptions(connection: DuckDBPyConnection, feed: Feed, sources: Sequence[Source]) -> bool:
    """Tell whether a record of a feed was not rated, without reading its files."""
    files = ", ".join(str(file) for source in sources for file in source.files)
    unrated = f"SELECT 1 FROM usage.unrated WHERE file IN ({files})"
    malformed = (
        "SELECT 1 FROM usage.malformed AS m JOIN usage.file_names AS n ON n.file = m.file "
        f"WHERE n.feed = {sql.text(feed.id)}"
    )
    return bool(sql.count(connection, f"SELECT count(*) FROM ({unrated} UNION ALL {malformed})"))


def _records(connection: DuckDBPyConnection, source: Source, raw: str) -> str:
    """Give SQL of what was not rated of the raw records of a source."""
    feed = source.feed
    columns = ", ".join(
        f"{_text(source, column)} AS {raw_field(column)}" for column in feed.columns
    )
    with_row = with_rows(connection, f"({raw})")
    # What is known by its file and row keeps them, however often it is fed again.
    name, row = "n.name", "r.row"
    if source.is_exceptions and not feed.id_fields:
        name, row = f"r.{ORIGIN_FILE}", f"r.{ORIGIN_ROW}"
    event = "NULL" if source.event.name is None else sql.text(source.event.name)
    whole = f"{Reason.SKIPPED:d}, {Reason.NO_EVENT:d}"
    known = source.reader.event_id()
    if source.event.name is not None:
        of_record = f"regexp_replace({known}, '{ID_SEPARATOR}[^{ID_SEPARATOR}]*$', '')"
        known = f"CASE WHEN u.reason IN ({whole}) THEN {of_record} ELSE {known} END"
    return f"""
        SELECT {columns}, u.reason, {_detail(source)} AS detail, r.file, r.row, NULL AS raw,
               CASE WHEN u.reason NOT IN ({whole}) THEN {event} END AS event,
               {name} AS name, {row}::BIGINT AS first_row,
               replace({known}, chr({ord(ID_SEPARATOR)}), {sql.text(ID_SIGN)}) AS event_id
        FROM {with_row} AS r
        JOIN usage.unrated AS u ON u.file = r.file AND u.position = r.position
        LEFT JOIN usage.duplicates AS d ON d.file = r.file AND d.position = r.position
        JOIN usage.file_names AS n ON n.file = r.file
    """


def _text(source: Source, column: str) -> str:
    feed, kind = source.feed, source.reader.types[column]
    quoted = f"r.{raw_field(column)}"
    if column == feed.time_field and kind.startswith(_TIME_TYPES):
        local = f"{quoted}::TIMESTAMP"
        zone = feed.timezone
        utc = (
            f"timezone('UTC', {quoted}::TIMESTAMPTZ)"
            if kind in ZONED_TYPES
            else f"timezone('UTC', timezone({sql.text(zone)}, {local}))"
        )
        return f"strftime({utc}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f"CAST({quoted} AS VARCHAR)"


def _detail(source: Source) -> str:
    """Give SQL of the reason in words and the fields it is about, with their values."""
    cases = " ".join(
        f"WHEN {reason:d} THEN {sql.text(MEANINGS[reason].words)}"
        + "".join(
            f" || {sql.text(('; ' if place == 0 else ', ') + name + ' = ')} || "
            f"coalesce({_text(source, name)}, '')"
            for place, name in enumerate(dict.fromkeys(fields))
        )
        for reason, fields in _about(source.feed, source.event).items()
    )
    first = "coalesce('; first seen in ' || d.first_seen || coalesce(': ' || d.difference, ''), '')"
    return f"CASE u.reason {cases} END || {first}"


def _about(feed: Feed, event: FeedEvent) -> dict[Reason, tuple[str, ...]]:
    """Give the fields that each reason is about."""
    quantity = _fields(event.quantity)
    identifier = _fields(feed.identifier_value)
    attributes = _fields(*(each.expression for each in event.attributes))
    amount = () if feed.amount is None else _fields(feed.amount.expression)
    currency = feed.amount.currency_field if feed.amount is not None else None
    return {
        Reason.SKIPPED: _fields(*feed.skip),
        Reason.NO_EVENT: _fields(*(each.criterion for each in feed.events)),
        Reason.DUPLICATE: feed.id_fields,
        Reason.CONFLICT: feed.id_fields,
        Reason.NO_ID: feed.id_fields,
        Reason.BAD_TIME: (feed.time_field,),
        Reason.NO_IDENTIFIER: identifier,
        Reason.BAD_QUANTITY: quantity,
        Reason.NEGATIVE_QUANTITY: quantity,
        Reason.FRACTION_OF_STEP: quantity,
        Reason.QUANTITY_TOO_LARGE: quantity,
        Reason.BAD_AMOUNT: amount,
        Reason.NEGATIVE_AMOUNT: amount,
        Reason.BAD_CURRENCY: () if currency is None else (currency,),
        Reason.UNKNOWN_SERVICE: identifier,
        Reason.NOT_BILLABLE: (*identifier, feed.time_field),
        Reason.NO_USAGE: identifier,
        Reason.NOT_YET: (feed.time_field,),
        Reason.NO_CLASS: attributes,
        Reason.NO_RATE: attributes,
        Reason.NO_AMOUNT: amount,
        Reason.OTHER_CURRENCY: (*amount, *([currency] if currency else [])),
    }


def _fields(*trees: Expression | None) -> tuple[str, ...]:
    return tuple(name for tree in trees for name in expressions.fields_of(tree))


def _guarded(value: str) -> str:
    return (
        f"CASE WHEN regexp_matches({value}, {sql.text(_DANGEROUS)}) "
        f"AND NOT regexp_matches({value}, {sql.text(_NUMBER)}) "
        f"THEN '''' || {value} ELSE {value} END"
    )
