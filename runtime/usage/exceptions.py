"""What was not rated, as one CSV a feed, to be mended and fed again.

A file has the feed's own columns, as they were read, then EXCEPTION_COLUMNS.  So that a
spreadsheet takes no cell for a formula, a text cell that begins with = + - @, a tab or a
return gets a quote before it, and one that already begins with such quotes gets one more;
a file with EXCEPTION_COLUMNS that is fed again has one quote taken off such cells.  A
number keeps its sign and is never quoted.  A typed time is written in UTC, as ISO 8601.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.program.model import Feed
from runtime.usage import expressions, sql
from runtime.usage.csv_files import with_rows
from runtime.usage.dispositions import MEANINGS, Reason
from runtime.usage.files import EXCEPTION_COLUMNS
from runtime.usage.mediate import ZONED_TYPES, Source

FOLDER = "exceptions"

_DANGEROUS = r"^'*[=+\-@\t\r]"
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$"
_TIME_TYPES = ("TIMESTAMP", "DATE")


def write_exceptions(
    connection: DuckDBPyConnection,
    out: Path,
    run: int,
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
    members = [_records(connection, source) for source in sources]
    empty = ", ".join(f"NULL::VARCHAR AS {sql.name(column)}" for column in feed.columns)
    members.append(f"""
        SELECT {empty}, {Reason.MALFORMED:d} AS reason, m.detail, m.file, m.row, m.raw
        FROM usage.malformed AS m JOIN usage.file_names AS n ON n.file = m.file
        WHERE n.feed = {sql.text(feed.id)}
    """)
    every = " UNION ALL ".join(f"({member})" for member in members)
    if not sql.count(connection, f"SELECT count(*) FROM ({every})"):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(
        f"{_guarded('e.' + sql.name(each))} AS {sql.name(each)}" for each in feed.columns
    )
    reasons = " ".join(f"WHEN {each:d} THEN '{each.name}'" for each in Reason)
    dispositions = " ".join(
        f"WHEN {each:d} THEN '{meaning.disposition}'" for each, meaning in MEANINGS.items()
    )
    written = {
        "disposition": f"CASE e.reason {dispositions} END",
        "reason": f"CASE e.reason {reasons} END",
        "detail": _guarded("e.detail"),
        "file": _guarded("n.name"),
        "row": "e.row",
        "raw": _guarded("e.raw"),
    }
    ours = ", ".join(f"{written[each]} AS {each}" for each in EXCEPTION_COLUMNS)
    connection.execute(f"""
        COPY (
          SELECT {columns}, {ours}
          FROM ({every}) AS e JOIN usage.file_names AS n ON n.file = e.file
          ORDER BY e.file, e.row
        ) TO {sql.text(str(path))} (FORMAT csv, HEADER true)
    """)


def _records(connection: DuckDBPyConnection, source: Source) -> str:
    feed = source.feed
    types = dict(
        connection.execute(
            f"SELECT column_name, column_type FROM (DESCRIBE {source.raw})"
        ).fetchall()
    )
    columns = ", ".join(
        f"{_text(column, types[column], feed)} AS {sql.name(column)}" for column in feed.columns
    )
    with_row = with_rows(connection, f"({source.raw})")
    return f"""
        SELECT {columns}, u.reason, {_detail(feed, types)} AS detail, r.file, r.row, NULL AS raw
        FROM {with_row} AS r
        JOIN usage.unrated AS u ON u.file = r.file AND u.position = r.position
    """


def _text(column: str, kind: str, feed: Feed) -> str:
    quoted = f"r.{sql.name(column)}"
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


def _detail(feed: Feed, types: dict[str, str]) -> str:
    """Give SQL of the reason in words and the fields it is about, with their values."""
    quantity = tuple(dict.fromkeys(expressions.fields_of(feed.quantity)))
    identifier = tuple(dict.fromkeys(expressions.fields_of(feed.identifier_value)))
    skip = tuple(dict.fromkeys(name for each in feed.skip for name in expressions.fields_of(each)))
    attributes = tuple(
        dict.fromkeys(
            name for each in feed.attributes for name in expressions.fields_of(each.expression)
        )
    )
    about: dict[Reason, tuple[str, ...]] = {
        Reason.SKIPPED: skip,
        Reason.DUPLICATE: feed.id_fields,
        Reason.CONFLICT: feed.id_fields,
        Reason.NO_ID: feed.id_fields,
        Reason.BAD_TIME: (feed.time_field,),
        Reason.NO_IDENTIFIER: identifier,
        Reason.BAD_QUANTITY: quantity,
        Reason.NEGATIVE_QUANTITY: quantity,
        Reason.FRACTION_OF_STEP: quantity,
        Reason.QUANTITY_TOO_LARGE: quantity,
        Reason.UNKNOWN_SERVICE: identifier,
        Reason.NOT_BILLABLE: (*identifier, feed.time_field),
        Reason.NO_USAGE: identifier,
        Reason.NOT_YET: (feed.time_field,),
        Reason.NO_CLASS: attributes,
        Reason.NO_RATE: attributes,
    }
    cases = " ".join(
        f"WHEN {reason:d} THEN {sql.text(MEANINGS[reason].words)}"
        + "".join(
            f" || {sql.text(('; ' if place == 0 else ', ') + name + ' = ')} || "
            f"coalesce({_text(name, types[name], feed)}, '')"
            for place, name in enumerate(fields)
        )
        for reason, fields in about.items()
    )
    return f"CASE u.reason {cases} END"


def _guarded(value: str) -> str:
    return (
        f"CASE WHEN regexp_matches({value}, {sql.text(_DANGEROUS)}) "
        f"AND NOT regexp_matches({value}, {sql.text(_NUMBER)}) "
        f"THEN '''' || {value} ELSE {value} END"
    )
