"""The kinds of records of a pass: those that are alike in what decides a price.

Records come in millions and kinds in tens.  Which kind a record is of is told by the fields
as they stand in the file where that can be, so that nothing is worked out of them but once
for each kind.  The destination is no part of it: it has a prefix of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.program.expressions import FieldValue
from runtime.usage import classify, passes
from runtime.usage.passes import Pass
from runtime.usage.reader import attribute


@dataclass(frozen=True, slots=True)
class Kinds:
    """What tells the kinds of some events apart.

    Attributes:
        columns: of the relation of events; those of one kind are equal.
        relation: SELECT of these columns, `measure` and the attributes that decide a price:
            each kind at least once.
    """

    columns: tuple[str, ...]
    relation: str


def kinds_of(each: Pass, names: Sequence[str]) -> Kinds:
    """Give the kinds of a pass's records by the attributes of these names."""
    fields = kind_columns(each, names)
    if fields is None:
        return evaluated(each.events, each.attributes, names)
    return kinds_among(each, names, fields, each.sources[0].raw)


def kinds_among(each: Pass, names: Sequence[str], fields: tuple[str, ...], raw: str) -> Kinds:
    """Give the kinds of a pass's records, told by raw columns, which `raw` has some of each of."""
    readers = [source.reader for source in each.sources]
    listed = ", ".join(fields) or "0 AS none"
    asked = passes.which_event(readers) if len(readers) > 1 else "0"
    columns = [reader.columns() for reader in readers]
    texts = "".join(
        ", "
        + passes.by_event([own.get(attribute(name), "NULL::VARCHAR") for own in columns])
        + f" AS {attribute(name)}"
        for name in names
        if name in each.attributes
    )
    measure = passes.by_event([f"'{source.event.measure}'" for source in each.sources])
    return Kinds(
        fields,
        f"SELECT *, {measure} AS measure{texts} "
        f"FROM (SELECT *, coalesce({asked}, 0) AS ordinal "
        f"FROM (SELECT DISTINCT {listed} FROM ({raw})))",
    )


def evaluated(events: str, attributes: frozenset[str], names: Sequence[str]) -> Kinds:
    """Give the kinds of any events by their own columns."""
    columns = ("measure", *(classify.column(attributes, name) for name in names))
    return Kinds(columns, events)


def kind_columns(each: Pass, names: Sequence[str]) -> tuple[str, ...] | None:
    """Give the raw columns that tell kinds apart; None: something is worked out of others."""
    found: list[str | None] = []
    for source in each.sources:
        if source.is_exceptions:
            return None
        own = {attribute.name for attribute in source.event.attributes}
        found += [source.reader.plain_attribute(name) for name in names if name in own]
        if len(each.sources) > 1:
            texts = passes.asked_texts(source.event.criterion) or ()
            found += [source.reader.plain(FieldValue(name=name)) for name, _ in texts]
    if None in found:
        return None
    return tuple(dict.fromkeys(field for field in found if field is not None))
