"""Passes over files: the events of a feed's records, all at once where that can be.

A record that may be several events is read once for each, unless the conditions of the
events show that it is never two of them: then one pass tells which one it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from runtime.program.expressions import AnyOf, Compare, Expression, FieldValue, TextValue
from runtime.program.model import Feed
from runtime.usage import sql
from runtime.usage.mediate import Part, Source
from runtime.usage.reader import Reader, select_events


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of files of one shape, for one event of a feed or for all of them.

    Attributes:
        records: how many events it gives at most.
        events: SELECT as of Source, with the `measure` of each event beside.
        parts: relations as `events`, of some of the events each, in their order.
        attributes: those that the events have.
    """

    sources: tuple[Source, ...]
    records: int
    events: str
    parts: tuple[Part, ...]
    attributes: frozenset[str]

    @property
    def feed(self) -> Feed:
        """Whose records they are."""
        return self.sources[0].feed

    @property
    def is_whole(self) -> bool:
        """Tell whether it gives all events of the feed; `record_id` then is beside `event_id`."""
        return len(self.sources) > 1

    def events_where(self, condition: str) -> str:
        """Give the events of the records whose `position` meets a condition."""
        return _select(self.sources, f"SELECT * FROM ({self.sources[0].raw}) WHERE {condition}")


def passes_of(sources: Sequence[Source]) -> list[Pass]:
    """Give the passes over the sources' files, in the order of the sources."""
    return [
        _pass(together)
        for _, same in groupby(sources, key=_files)
        for together in _together(tuple(same))
    ]


def each_alone(passes: Sequence[Pass]) -> list[Pass]:
    """Give a pass for each source of some passes."""
    return [_pass((source,)) for each in passes for source in each.sources]


def _together(sources: tuple[Source, ...]) -> list[tuple[Source, ...]]:
    return [sources] if _is_one_pass(sources) else [(source,) for source in sources]


def _pass(sources: tuple[Source, ...]) -> Pass:
    names = {each.name for source in sources for each in source.event.attributes}
    first = sources[0]
    parts = [Part(_select(sources, each.relation), each.records) for each in first.parts]
    events = _select(sources, first.raw)
    return Pass(sources, first.records, events, tuple(parts), frozenset(names))


def _files(source: Source) -> tuple[int, ...]:
    """Give the numbers that a source's files have for the first event of its feed."""
    ordinal = source.feed.events.index(source.event)
    return tuple(file - ordinal for file in source.files)


def _is_one_pass(sources: Sequence[Source]) -> bool:
    measured = {source.reader.measured() for source in sources}
    return len(measured) == 1 and _is_never_two([each.event.criterion for each in sources])


def _is_never_two(criteria: Sequence[Expression | None]) -> bool:
    """Tell whether no record can meet two conditions: each asks one field for other texts."""
    if len(criteria) == 1:
        return True
    asked = [_asked(each) for each in criteria]
    found = [each for texts in asked if texts is not None for each in texts]
    return (
        None not in asked
        and len({field for field, _ in found}) == 1
        and len(set(found)) == len(found)
    )


def _asked(criterion: Expression | None) -> tuple[tuple[str, str], ...] | None:
    """Give the field and the texts that it must be one of; None: the condition is another."""
    match criterion:
        case Compare(
            operator="==",
            left=FieldValue(name=name),
            right=TextValue(value=text),
            numeric=False,
        ):
            return ((name, text),)
        case AnyOf(operands=operands):
            parts = [_asked(each) for each in operands]
            known = [part for part in parts if part is not None]
            if len(known) < len(parts):
                return None
            return tuple(dict.fromkeys(each for part in known for each in part))
        case _:
            return None


def _select(sources: Sequence[Source], raw: str) -> str:
    """Give the SELECT of the events of raw records, which are those of the sources."""
    first = sources[0]
    if len(sources) == 1:
        measure = sql.text(first.event.measure)
        return f"SELECT *, {measure} AS measure FROM ({first.reader.events(raw)})"
    readers = [source.reader for source in sources]
    measures = [sql.text(source.event.measure) for source in sources]
    columns = {**_columns(readers), "measure": _by_event(measures)}
    # Where not all need to be whole numbers, asking for it does no harm; nor does asking for
    # the record's id, which is shorter to make.
    reason = max((reader.reason() for reader in readers), key=len)
    reason = reason.replace("event_id", "record_id")
    records = (
        f"(SELECT * REPLACE (file + ordinal AS file) "
        f"FROM (SELECT *, {_ordinal(readers)} AS ordinal FROM ({raw})))"
    )
    return select_events(columns, reason, records)


def _ordinal(readers: Sequence[Reader]) -> str:
    """Give the SQL of which event a record is; one that is none stands with the first."""
    first = readers[0]
    cases = "".join(
        f" WHEN {first.has(reader.event)} THEN {ordinal}"
        for ordinal, reader in enumerate(readers)
        if ordinal
    )
    return f"CASE WHEN {first.skip()} THEN 0{cases} ELSE 0 END::UTINYINT"


def _columns(readers: Sequence[Reader]) -> dict[str, str]:
    columns = [reader.columns() for reader in readers]
    names = dict.fromkeys(name for each in columns for name in each)
    found = {
        name: _by_event([each.get(name, "NULL::VARCHAR") for each in columns]) for name in names
    }
    found["record_id"] = readers[0].record_id()
    found["is_other"] = f"(ordinal = 0 AND {columns[0]['is_other']})"
    factors = [str(reader.event.steps_per_unit) for reader in readers]
    if len(set(factors)) > 1:
        steps = f"TRY({readers[0].measured()} * ({_by_event(factors)})::HUGEINT)"
        found.update(steps=steps, quantity=f"TRY_CAST({steps} AS BIGINT)")
    return found


def _by_event(texts: Sequence[str]) -> str:
    """Give the SQL of what differs between events, by `ordinal`."""
    if len(set(texts)) == 1:
        return texts[0]
    cases = " ".join(f"WHEN {ordinal} THEN {text}" for ordinal, text in enumerate(texts))
    return f"CASE ordinal {cases} END"
