"""Which records were seen before: within the run's files, and in earlier runs.

An event is known by feed and id, and the first one seen wins: those of posted runs, then
by file and row.  Equal ids have equal hashes, so only records whose hash repeats are read
again and compared as they are; a hash that two ids share costs time, never a record.
Of each that was seen before it is kept where, and how the two differ.
"""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from runtime.program.model import FeedEvent
from runtime.usage import sql
from runtime.usage.dispositions import Reason
from runtime.usage.mediate import Source
from runtime.usage.reader import attribute
from runtime.usage.staging import with_rows
from runtime.usage.store import StoredUsage


def find_duplicates(
    connection: DuckDBPyConnection, sources: Sequence[Source], stored: StoredUsage
) -> None:
    """Make usage.duplicates of the sources' usable records that were seen before.

    Columns: file, position, reason, `first_seen` (file and row of the one that was first) and
    `difference` (of a conflict: what it has and what the first one has; else NULL).
    """
    connection.execute("""
        CREATE OR REPLACE TABLE usage.duplicates
          (file INTEGER, position BIGINT, reason UTINYINT, first_seen VARCHAR, difference VARCHAR)
    """)
    if not sources:
        return
    _find_repeated_hashes(connection, sources, stored)
    events = {(source.feed.id, source.event.name): source.event for source in sources}
    for (feed, name), event in events.items():
        ours = [each for each in sources if (each.feed.id, each.event.name) == (feed, name)]
        _compare(connection, feed, event, ours, stored)
    connection.execute("DROP TABLE usage.repeated")


def _find_repeated_hashes(
    connection: DuckDBPyConnection, sources: Sequence[Source], stored: StoredUsage
) -> None:
    hashes = " UNION ALL ".join(
        f"SELECT hash(event_id) AS hash FROM ({source.events})" for source in sources
    )
    again = ""
    if stored.events is not None:
        again = f"""
            UNION
            SELECT n.hash FROM ({hashes}) AS n
            SEMI JOIN (SELECT hash(event_id) AS hash FROM ({stored.events})) AS s USING (hash)
        """
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.repeated AS
        SELECT hash FROM ({hashes}) GROUP BY hash HAVING count(*) > 1 {again}
    """)


def _compare(
    connection: DuckDBPyConnection,
    feed: str,
    event: FeedEvent,
    sources: Sequence[Source],
    stored: StoredUsage,
) -> None:
    repeated = "hash(event_id) IN (SELECT hash FROM usage.repeated)"
    seen = [
        f"SELECT event_id, e.file, position, {_content(event, None)} AS content, "
        f"n.name || ':' || row AS place "
        f"FROM {with_rows(connection, f'({source.events_where(repeated)})')} AS e "
        f"JOIN usage.file_names AS n ON n.file = e.file WHERE reason = {Reason.RATED:d}"
        for source in sources
    ]
    if stored.events is not None:
        seen.append(
            f"SELECT event_id, -1 AS file, 0 AS position, "
            f"{_content(event, stored.attributes)} AS content, "
            "file_name || ':' || row || ' of an earlier run' AS place "
            f"FROM ({stored.events}) WHERE feed = {sql.text(feed)} AND {repeated}"
        )
    connection.execute(f"""
        INSERT INTO usage.duplicates
        SELECT file, position,
               CASE WHEN content IS DISTINCT FROM first_content THEN {Reason.CONFLICT:d}
                    ELSE {Reason.DUPLICATE:d} END,
               first_seen,
               CASE WHEN content IS DISTINCT FROM first_content THEN {_difference(event)} END
        FROM (SELECT file, position, content,
                     row_number() OVER first_seen AS number,
                     first_value(content) OVER first_seen AS first_content,
                     first_value(place) OVER first_seen AS first_seen
              FROM ({" UNION ALL ".join(seen)})
              WINDOW first_seen AS (PARTITION BY event_id ORDER BY file, position))
        WHERE number > 1
    """)


def _content(event: FeedEvent, known: frozenset[str] | None) -> str:
    """Give SQL of all that must be equal; of an attribute the store has not, nothing is known."""
    attributes = [
        attribute(each.name) if known is None or each.name in known else "NULL::VARCHAR"
        for each in event.attributes
    ]
    columns = ["instant::VARCHAR", "value", "quantity::VARCHAR", *attributes]
    columns += ["amount::VARCHAR", "amount_currency"]
    return f"[{', '.join(columns)}]"


def _difference(event: FeedEvent) -> str:
    """Give SQL that tells, by name, each part of the content that is not the first one's."""
    attributes = [each.name for each in event.attributes]
    named = sql.texts(["time", "identifier", "quantity", *attributes, "amount", "currency"])
    here, there = (f"coalesce({each}[i], 'none')" for each in ("content", "first_content"))
    return (
        f"array_to_string([([{named}])[i] || ' ' || {here} || ' here, ' || {there} || ' there' "
        "FOR i IN range(1, len(content) + 1) "
        "IF content[i] IS DISTINCT FROM first_content[i]], '; ')"
    )
