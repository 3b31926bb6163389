"""Passes over files: the events of a feed's records, all at once where that can be.

A record that may be several events is read once for each, unless the conditions of the
events show that it is never two of them: then one pass tells which one it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from runtime.program.expressions import AnyOf, Compare, Expression, FieldValue, TextValue
from runtime.program.model import Feed
from runtime.usage import sql
from runtime.usage.mediate import Part, Source
from runtime.usage.reader import Reader, raw_field, select_events


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of files of one shape, for one event of a feed or for all of them.

    Attributes:
        records: how many events it gives at most.
        events: SELECT as of Source, with the `measure` of each event beside, and the raw
            columns of its record.
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

    def events_of(self, raw: str) -> str:
        """Give the events, as `events` has them, of other raw records than those of the files."""
        return _select(self.sources, self.sources[0].reader.records(raw))

    def events_where(self, condition: str) -> str:
        """Give the events of the records whose `position` meets a condition."""
        return _select(self.sources, f"SELECT * FROM ({self.sources[0].raw}) WHERE {condition}")


def passes_of(sources: Sequence[Source]) -> list[Pass]:
    """Give the passes over the sources' files, in the order of the sources."""
    return [
        _pass(together)
        for _, same in groupby(sources, key=first_files)
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
    parts = [replace(each, relation=_select(sources, each.relation)) for each in first.parts]
    events = _select(sources, first.raw)
    return Pass(sources, first.records, events, tuple(parts), frozenset(names))


def first_files(source: Source) -> tuple[int, ...]:
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
    asked = [asked_texts(each) for each in criteria]
    found = [each for texts in asked if texts is not None for each in texts]
    return (
        None not in asked
        and len({field for field, _ in found}) == 1
        and len(set(found)) == len(found)
    )


def asked_texts(criterion: Expression | None) -> tuple[tuple[str, str], ...] | None:
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
            parts = [asked_texts(each) for each in operands]
            known = [part for part in parts if part is not None]
            if len(known) < len(parts):
                return None
            return tuple(dict.fromkeys(each for part in known for each in part))
        case _:
            return None


def _select(sources: Sequence[Source], raw: str) -> str:
    """Give the SELECT of the events of raw records, which are those of the sources."""
    first = sources[0]
    fields = [raw_field(name) for name in first.feed.columns]
    if len(sources) == 1:
        columns = {**first.reader.columns(), "measure": sql.text(first.event.measure)}
        records = f"({raw}) {first.reader.where()}"
        return select_events(columns, first.reader.reason(), records, fields)
    readers = [source.reader for source in sources]
    measures = [sql.text(source.event.measure) for source in sources]
    columns = {**_columns(readers), "measure": by_event(measures)}
    # Where not all need to be whole numbers, asking for it does no harm; nor does asking for
    # the record's id, which is shorter to make.
    known, steps = readers[0].record_id(), _steps(readers)
    reason = max((reader.reason(known, steps) for reader in readers), key=len)
    records = f"""
        (SELECT * REPLACE (file + ordinal AS file)
         FROM (SELECT *, CASE WHEN {readers[0].skip()} THEN 0 ELSE coalesce(asked, 0) END::UTINYINT
                           AS ordinal
               FROM (SELECT *, {which_event(readers)} AS asked FROM ({raw}))))
    """
    return select_events(columns, reason, records, fields)


def which_event(readers: Sequence[Reader]) -> str:
    """Give the SQL of which event a record is, by number; NULL where it is none."""
    return f"CASE{''.join(map(_is_event, readers, range(len(readers))))} END::UTINYINT"


def _is_event(reader: Reader, ordinal: int) -> str:
    texts = asked_texts(reader.event.criterion)
    column = reader.plain(FieldValue(name=texts[0][0])) if texts else None
    if texts and column and all(text for _, text in texts) and not reader.is_exceptions:
        condition = f"{column} IN ({sql.texts(text for _, text in texts)})"
    else:
        condition = reader.has(reader.event)
    return f" WHEN {condition} THEN {ordinal}"


def _columns(readers: Sequence[Reader]) -> dict[str, str]:
    columns = [reader.columns() for reader in readers]
    names = dict.fromkeys(name for each in columns for name in each)
    found = {
        name: by_event([each.get(name, "NULL::VARCHAR") for each in columns]) for name in names
    }
    found["record_id"] = readers[0].record_id()
    found["is_other"] = "(asked IS NULL)"
    if len({reader.event.steps_per_unit for reader in readers}) > 1:
        found["quantity"] = f"TRY_CAST({_steps(readers)} AS BIGINT)"
    return found


def _steps(readers: Sequence[Reader]) -> str:
    """Give the SQL of the exact number of steps, by `ordinal` where the events' units differ."""
    factors = [str(reader.event.steps_per_unit) for reader in readers]
    if len(set(factors)) == 1:
        return readers[0].steps()
    return f"TRY({readers[0].measured()} * ({by_event(factors)})::HUGEINT)"


def by_event(texts: Sequence[str]) -> str:
    """Give the SQL of what differs between events, by `ordinal`."""
    if len(set(texts)) == 1:
        return texts[0]
    cases = " ".join(f"WHEN {ordinal} THEN {text}" for ordinal, text in enumerate(texts))
    return f"CASE ordinal {cases} END"
