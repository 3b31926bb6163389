"""Which records were seen before: within the run's files, and in earlier runs.

An event is known by feed and id, and the first one seen wins: those of posted runs, then
by file and row.  Equal ids have equal hashes, so only records whose hash repeats are read
again and compared as they are; a hash that two ids share costs time, never a record.
Of each that was seen before it is kept where, and how the two differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.program.model import FeedEvent
from runtime.usage import sql
from runtime.usage.dispositions import Reason
from runtime.usage.passes import Pass, each_alone
from runtime.usage.reader import attribute
from runtime.usage.repeats import Known, suspects
from runtime.usage.scanned import Scan
from runtime.usage.staging import with_rows
from runtime.usage.store import StoredUsage
from runtime.usage.words import hash_texts

Longs = NDArray[np.int64]

_BATCH = 122_880

# What the scan has read is not read again.
_SCANNED = ("make_timestamp(r.instant)", "r.quantity")
_STORED = ("instant", "quantity")

# Of two events the first one's is less, and those of the store are before those of the files.
_PLACE = f"r.file::BIGINT * {1 << 40} + r.position AS ordinal"
_STORED_PLACE = f"stored_file::BIGINT * {1 << 40} + position - {1 << 62} AS ordinal"


def find_duplicates(
    connection: DuckDBPyConnection,
    passes: Sequence[Pass],
    scan: Scan,
    stored: StoredUsage,
) -> None:
    """Give the usable events of a scan that were seen before their reason, in place.

    Makes usage.duplicates of them: file, position, reason, `first_seen` (file and row of the
    one that was first) and `difference` (of a conflict: what it has and what the first one
    has; else NULL).
    """
    connection.execute("""
        CREATE OR REPLACE TABLE usage.duplicates
          (file INTEGER, position BIGINT, reason UTINYINT, first_seen VARCHAR, difference VARCHAR)
    """)
    threads = sql.threads(connection)
    known = _stored_hashes(connection, scan.id_hash, stored, threads)
    again = _find_repeated(scan.id_hash, known, threads)
    again = again[scan.reason[again] == Reason.RATED]
    if not len(again):
        return
    rows = {
        "file": scan.file[again].astype(np.int32),
        "position": scan.position[again].astype(np.int64),
        "event": again,
        "instant": scan.instant[again],
        "quantity": scan.quantity[again],
    }
    sql.make_arrow(connection, "repeated", pa.table(rows))
    is_whole = {len(each.sources) == len(each.feed.events) for each in passes}
    ours = passes if stored.events is None and is_whole == {True} else each_alone(passes)
    for feed in dict.fromkeys(each.feed.id for each in ours):
        for same in _compared([each for each in ours if each.feed.id == feed]):
            _compare(connection, feed, same, stored, scan)
    connection.execute("DROP TABLE usage.repeated; DROP TABLE IF EXISTS usage.repeated_ids")


def _stored_hashes(
    connection: DuckDBPyConnection, ours: Longs, stored: StoredUsage, threads: int
) -> Longs:
    """Give the hashes of stored ids that new ones may have too; usage.repeated_ids has these."""
    if stored.events is None:
        return np.zeros(0, np.int64)
    known = Known.of(ours, threads)
    found, ids = [np.zeros(0, np.int64)], [pa.array([], pa.string())]
    query = f"SELECT event_id FROM ({stored.events})"
    for batch in connection.sql(query).to_arrow_reader(_BATCH):
        hashes = np.empty(len(batch), np.int64)
        hash_texts(batch.column(0), hashes)
        is_known = known.marks(hashes, 1)
        found.append(hashes[is_known])
        ids.append(batch.column(0).filter(pa.array(is_known)))
    sql.make_arrow(connection, "repeated_ids", pa.table({"event_id": pa.chunked_array(ids)}))
    return np.unique(np.concatenate(found))


def _find_repeated(hashes: Longs, stored: Longs, threads: int) -> Longs:
    """Give the events whose hash is another's, or a stored one's."""
    near = Known.of(np.concatenate([suspects(hashes, threads), stored]), threads)
    candidates = np.flatnonzero(near.marks(hashes, threads))
    _, place, counts = np.unique(hashes[candidates], return_inverse=True, return_counts=True)
    is_repeated = (counts > 1)[place]
    if len(stored):
        is_repeated |= np.isin(hashes[candidates], stored)
    return candidates[is_repeated]


def _compared(passes: Sequence[Pass]) -> Iterator[list[Pass]]:
    """Give the passes whose events may have the same ids together: those of the same events."""
    names = [tuple(source.event.name for source in each.sources) for each in passes]
    for name in dict.fromkeys(names):
        yield [each for each, own in zip(passes, names, strict=True) if own == name]


def _compare(
    connection: DuckDBPyConnection,
    feed: str,
    passes: Sequence[Pass],
    stored: StoredUsage,
    scan: Scan,
) -> None:
    events = [source.event for source in passes[0].sources]
    where = "position IN (SELECT position FROM usage.repeated)"
    seen = [
        f"SELECT e.event_id, {_PLACE}, r.event, n.name || ':' || e.row AS place, "
        f"{_content(events, None, _SCANNED)} "
        f"FROM {with_rows(connection, f'({each.events_where(where)})')} AS e "
        "JOIN usage.repeated AS r ON r.file = e.file AND r.position = e.position "
        "JOIN usage.file_names AS n ON n.file = e.file"
        for each in passes
    ]
    if stored.events is not None:
        seen.append(
            f"SELECT event_id, {_STORED_PLACE}, -1 AS event, "
            "file_name || ':' || row || ' of an earlier run' AS place, "
            f"{_content(events, stored.attributes, _STORED)} "
            f"FROM ({stored.events}) WHERE feed = {sql.text(feed)} "
            "AND event_id IN (SELECT event_id FROM usage.repeated_ids)"
        )
    connection.execute(f"CREATE OR REPLACE TABLE usage.compared AS {' UNION ALL '.join(seen)}")
    names = ["time", "identifier", "quantity", *_attributes(events), "amount", "currency"]
    is_other = " OR ".join(f"c.c{each} IS DISTINCT FROM f.c{each}" for each in range(len(names)))
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.seen_again AS
        WITH firsts AS (
          SELECT event_id, min(ordinal) AS ordinal
          FROM usage.compared GROUP BY event_id HAVING count(*) > 1
        ),
        told AS (
          SELECT c.event, ({is_other}) AS is_other, f.place AS first_seen,
                 CASE WHEN {is_other} THEN {_difference(names)} END AS difference
          FROM usage.compared AS c
          JOIN firsts AS a ON a.event_id = c.event_id AND a.ordinal <> c.ordinal
          JOIN usage.compared AS f ON f.ordinal = a.ordinal
          WHERE c.event >= 0
        )
        SELECT t.event, r.file, r.position,
               CASE WHEN t.is_other THEN {Reason.CONFLICT:d}
                    ELSE {Reason.DUPLICATE:d} END::UTINYINT AS reason,
               t.first_seen, t.difference
        FROM told AS t JOIN usage.repeated AS r ON r.event = t.event
    """)
    found = connection.execute("SELECT event, reason FROM usage.seen_again").fetchnumpy()
    scan.reason[np.asarray(found["event"], np.int64)] = np.asarray(found["reason"], np.uint8)
    connection.execute(
        "INSERT INTO usage.duplicates SELECT * EXCLUDE (event) FROM usage.seen_again"
    )
    connection.execute("DROP TABLE usage.seen_again; DROP TABLE usage.compared")


def _content(
    events: Sequence[FeedEvent], known: frozenset[str] | None, scanned: tuple[str, str]
) -> str:
    """Give SQL of all that must be equal, from that of instant and quantity, in columns.

    Of an attribute that is not among `known` nothing is: the store does not have it.
    """
    attributes = [
        attribute(name) if known is None or name in known else "NULL::VARCHAR"
        for name in _attributes(events)
    ]
    instant, quantity = scanned
    columns = [instant, "value", quantity, *attributes, "amount", "amount_currency"]
    return ", ".join(f"{each} AS c{number}" for number, each in enumerate(columns))


def _attributes(events: Sequence[FeedEvent]) -> list[str]:
    return list(dict.fromkeys(each.name for event in events for each in event.attributes))


def _difference(names: Sequence[str]) -> str:
    """Give SQL that tells, by name, each part of the content of c that is not that of f."""
    parts = [
        f"CASE WHEN c.{column} IS DISTINCT FROM f.{column} THEN {sql.text(name)} || ' ' || "
        f"coalesce(c.{column}::VARCHAR, 'none') || ' here, ' || "
        f"coalesce(f.{column}::VARCHAR, 'none') || ' there' END"
        for column, name in ((f"c{number}", name) for number, name in enumerate(names))
    ]
    return f"concat_ws('; ', {', '.join(parts)})"
