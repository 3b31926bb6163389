"""What a run reads of its files and of the usage store: relations of events, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from runtime.program.expressions import FieldValue
from runtime.program.model import Program
from runtime.usage import classify, sql
from runtime.usage.dispositions import Reason
from runtime.usage.kinds import Kinds, evaluated, kinds_among, kinds_of
from runtime.usage.loops import NONE
from runtime.usage.mediate import Part
from runtime.usage.passes import Pass
from runtime.usage.places import DESTINATION
from runtime.usage.plain import Plain, plain_of
from runtime.usage.reader import attribute, raw_field
from runtime.usage.store import StoredUsage


@dataclass(frozen=True, slots=True)
class Reading:
    """A relation of events and what it has.

    Attributes:
        parts: relations of some of the events each, in their order.
        attributes: those that the events have.
        identifier: what their values are values of.
        number: of the pass, as records of another may look alike and be other events; NONE
            where the kinds themselves are all that decides a price.
        kinds: what tells them apart by what decides a price.
        value, destination: SQL of their texts; missing ones may be ''.
        known_by: SQL of the text whose hash is theirs; equal ids have an equal one.
        plain: how plain records are read; None: they have none such.  The kinds are then those
            of the table `met`, of the usage schema, which has those that were met.
    """

    parts: tuple[Part, ...]
    attributes: frozenset[str]
    identifier: str
    kinds: Kinds
    number: int = NONE
    value: str = "value"
    destination: str = attribute(DESTINATION)
    known_by: str = "event_id"
    plain: Plain | None = None
    met: str = ""


def readings_of(program: Program, passes: Sequence[Pass], stored: StoredUsage) -> list[Reading]:
    """Give the readings of the run's files.

    Where nothing is stored, the id of the record does for that of the one event that it is.
    """
    names = classify.deciding_attributes(program)
    is_one = {each.feed.id for each in passes if each.is_whole} - {
        each.feed.id for each in passes if not each.is_whole
    }
    return [
        _reading(number, each, names, by_record=stored.events is None and each.feed.id in is_one)
        for number, each in enumerate(passes)
    ]


def _reading(number: int, each: Pass, names: Sequence[str], *, by_record: bool) -> Reading:
    readers = [source.reader for source in each.sources]
    first, feed = readers[0], each.feed
    known_by = "record_id" if by_record else "event_id"
    if len(feed.id_fields) == 1 and (by_record or first.event.name is None):
        known_by = first.plain(FieldValue(name=feed.id_fields[0])) or known_by
    destinations = {reader.plain_attribute(DESTINATION) for reader in readers}
    destination = destinations.pop()
    plain, met = plain_of(each, names, by_record=by_record), f"met_kinds_{number}"
    if plain is None:
        kinds = kinds_of(each, names)
    else:
        columns = tuple(map(raw_field, plain.kinds))
        kinds = kinds_among(each, names, columns, f"FROM {sql.SCHEMA}.{met}")
    return Reading(
        parts=each.parts,
        attributes=each.attributes,
        identifier=feed.identifier,
        kinds=kinds,
        number=number,
        value=first.plain(feed.identifier_value) or "value",
        destination=attribute(DESTINATION) if destinations or not destination else destination,
        known_by=known_by,
        plain=plain,
        met=met,
    )


def stored_readings(
    connection: DuckDBPyConnection, program: Program, stored: StoredUsage, numbers: int
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
    names = classify.deciding_attributes(program)
    for name, records in counts:
        events = (
            f"SELECT *, stored_file + {numbers} AS file, {Reason.RATED:d}::UTINYINT AS reason "
            f"FROM ({stored.events}) WHERE identifier = {sql.text(name)} AND {condition}"
        )
        kinds = evaluated(events, stored.attributes, names)
        readings.append(Reading((Part(events, records),), stored.attributes, name, kinds))
    return readings
