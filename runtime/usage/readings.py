"""What a run reads of its files and of the usage store: relations of events, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from runtime.usage import sql
from runtime.usage.dispositions import Reason
from runtime.usage.mediate import Part
from runtime.usage.passes import Pass
from runtime.usage.store import StoredUsage


@dataclass(frozen=True, slots=True)
class Reading:
    """A relation of events and what it has.

    Attributes:
        parts: relations of some of the events each, in their order.
        identifier: what their values are values of.
        known_by: the column whose hash is theirs; equal ids have an equal one.
    """

    events: str
    parts: tuple[Part, ...]
    attributes: frozenset[str]
    identifier: str
    known_by: str = "event_id"


def readings_of(passes: Sequence[Pass], stored: StoredUsage) -> list[Reading]:
    """Give the readings of the run's files.

    Where nothing is stored, the id of the record does for that of the one event that it is.
    """
    is_one = {each.feed.id for each in passes if each.is_whole} - {
        each.feed.id for each in passes if not each.is_whole
    }
    return [
        Reading(
            each.events,
            each.parts,
            each.attributes,
            each.feed.identifier,
            "record_id" if stored.events is None and each.feed.id in is_one else "event_id",
        )
        for each in passes
    ]


def stored_readings(
    connection: DuckDBPyConnection, stored: StoredUsage, numbers: int
) -> list[Reading]:
    """Give the readings of the stored usage that may be of usage.periods.

    The files of the store have numbers from `numbers` on.
    """
    if stored.events is None:
        return []
    ((first, last),) = connection.execute(
        "SELECT min(start_instant), max(end_instant) FROM usage.periods"
    ).fetchall()
    if first is None:
        return []
    condition = f"instant >= TIMESTAMP '{first}' AND instant < TIMESTAMP '{last}'"
    counts = connection.execute(
        f"SELECT identifier, count(*) FROM ({stored.events}) WHERE {condition} "
        "GROUP BY identifier ORDER BY identifier"
    ).fetchall()
    readings = []
    for name, records in counts:
        events = (
            f"SELECT *, stored_file + {numbers} AS file, {Reason.RATED:d}::UTINYINT AS reason "
            f"FROM ({stored.events}) WHERE identifier = {sql.text(name)} AND {condition}"
        )
        readings.append(Reading(events, (Part(events, records),), stored.attributes, name))
    return readings
