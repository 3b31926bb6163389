"""Report attributes that usage is asked for and that a feed does not give.

A feed is asked only for what classes of its own measure need: data sessions have no caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from compiler import codes
from compiler.checks.conditions import bare_fields, place_or_time
from compiler.checks.page import TINY, Page
from compiler.checks.wording import suggestion
from compiler.facts import measure_of
from compiler.rate_rows import class_named, distinct_values
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.resolve.nearest import nearest
from compiler.resolve.places import CARRIER, COUNTRY, DESTINATION
from compiler.resolve.units import unit_of
from compiler.resolve.walk import every
from compiler.session import Session
from compiler.tables.form import Column
from compiler.tables.rates import (
    CARRIER_COLUMN,
    CLASS_COLUMN,
    COUNTRY_COLUMN,
    PREFIX_COLUMN,
    ZONE_COLUMN,
)
from compiler.tables.table import Table
from compiler.zone_facts import places_of, zone_places
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.base import Name
from dsl.syntax.buckets import BaseBucketDeclaration
from dsl.syntax.expressions import Comparison, Expression, FieldUse
from dsl.syntax.feeds import FeedDeclaration, FeedEvent
from dsl.syntax.rates import RateGroupDeclaration
from dsl.syntax.usage import UsageClassDeclaration
from runtime.program.terms import Measure

CODE = codes.UNKNOWN_ATTRIBUTE

FEED = """\
feed calls {
  format     csv
  id         call_id
  at         started
  service    phone
  quantity   seconds in s
  attribute  kind
}

service line {
  type           recurring
  identified by  phone
}

"""

PAGE = Page(
    what="A usage class, a rate group or a base bucket asks for an attribute that a feed of the "
    "same measure does not give, or a rate is for a zone and a feed does not "
    "give what decides it: `country`, or `destination` for a zone of prefixes.",
    why="A missing attribute makes a condition not hold, and the usage of that feed would "
    "fall through to another class or rate.",
    bad=TINY
    + FEED
    + """\
usage class voice measured in time when knd == "voice"
""",
    good=TINY
    + FEED
    + """\
usage class voice measured in time when kind == "voice"
""",
)


@dataclass(frozen=True, slots=True)
class Use:
    """An attribute that is asked for, of usage in one of `measures`.

    `what` says why it is asked for where the text does not show it; `is_value`: something is
    compared with it.
    """

    name: str
    span: Span
    measures: frozenset[Measure]
    what: str = ""
    is_condition: bool = False
    is_value: bool = False


@dataclass(frozen=True, slots=True)
class Giver:
    """What gives attributes: a feed, or an event of one; `measure` None: it is not known."""

    what: str
    span: Span
    measure: Measure | None
    names: tuple[str, ...]


def check(resolved: Resolved, session: Session) -> None:
    """Report each attribute once for each place, with the feeds that lack it."""
    feeds = resolved.all(FeedDeclaration)
    if resolved.is_incomplete(Kind.FEED):
        return
    givers = [giver for feed in feeds for giver in _givers(resolved, feed)]
    known: dict[tuple[str, frozenset[Measure]], list[Giver]] = {}
    for use in _uses(resolved):
        if use.is_condition and place_or_time(resolved, use.name) is not None:
            continue  # reported as no condition
        lacking = known.get((use.name, use.measures))
        if lacking is None:
            asked = [giver for giver in givers if giver.measure in {None, *use.measures}]
            lacking = [giver for giver in asked if use.name not in giver.names]
            known[use.name, use.measures] = lacking
        if not lacking:
            continue
        names = [name for giver in lacking for name in giver.names]
        session.report(
            CODE,
            f"no attribute `{use.name}` is given by the {lacking[0].what}{use.what}",
            Label(use.span, "asked for here"),
            [Label(giver.span, f"the {giver.what} does not give it") for giver in lacking],
            _help(use, names),
        )


def _help(use: Use, names: Sequence[str]) -> str:
    if use.is_value and nearest(use.name, names) is None:
        return f'a text stands in quotes: `"{use.name}"`'
    added = f"add `attribute {use.name}` to the feed"
    found = None if use.what else suggestion(use.name, names)
    if found is None:
        return added
    return found if found.startswith("did") else f"{found}, or {added}"


def _givers(resolved: Resolved, feed: FeedDeclaration) -> Iterator[Giver]:
    """Give each event of a feed's records, or the feed itself where they are one event."""
    own = tuple(attribute.name.text for attribute in feed.attributes)
    what = f"feed `{feed.name.text}`"
    if not feed.events:
        yield Giver(what, feed.name.span, _measure(resolved, feed), own)
    for event in feed.events:
        names = (*own, *(attribute.name.text for attribute in event.attributes))
        measure = _measure(resolved, event)
        yield Giver(f"event `{event.name.text}` of the {what}", event.name.span, measure, names)


def _measure(resolved: Resolved, node: FeedDeclaration | FeedEvent) -> Measure | None:
    unit = None if node.quantity is None else unit_of(resolved, node.quantity.unit)
    return None if unit is None else unit.measure


def _uses(resolved: Resolved) -> Iterator[Use]:
    for node in resolved.declarations:
        match node:
            case UsageClassDeclaration():
                yield from _fields(node.criterion, _measures([node]))
            case BaseBucketDeclaration():
                yield from _fields(node.where, _measures(_classes(resolved, node.classes)))
            case RateGroupDeclaration():
                yield from _rate_group(resolved, node)
            case _:
                continue


def _rate_group(resolved: Resolved, node: RateGroupDeclaration) -> Iterator[Use]:
    rated = [row.usage_class for row in node.rows]
    table = None if node.table is None else resolved.tables.of(node.table)
    if table is not None:
        rated += table.names(CLASS_COLUMN)
        yield from _of_table(resolved, table)
    yield from _fields(node.criterion, _measures(_classes(resolved, rated)))
    for row in node.rows:
        own = _measures(_classes(resolved, [row.usage_class]))
        if row.zone is not None:
            places = zone_places(resolved, row.zone)
            for attribute in () if places is None else places.attributes:
                yield Use(attribute, row.zone.span, own, _BY_ZONE)
        if row.country is not None:
            yield Use(COUNTRY, row.country.span, own, _DECIDED)
        if row.prefix is not None:
            yield Use(DESTINATION, row.prefix.span, own, _DECIDED)
        if row.carrier is not None:
            yield Use(CARRIER, row.carrier.span, own, _DECIDED)


_BY_ZONE = ", and the zone is decided by it"
_DECIDED = ", and the rate is decided by it"


def _first_filled(table: Table, column: Column[object]) -> dict[str, int]:
    """Give for each class of a table the first row that fills a column."""
    cells, classes = table[column], table[CLASS_COLUMN]
    if not cells.distinct:
        return {}
    if not cells.has_blanks:
        return {name: classes.first(text) for text, name in classes.distinct.items()}
    firsts: dict[str, int] = {}
    for number, (name, text) in enumerate(zip(classes, cells.texts, strict=True)):
        if text in cells.readings and name is not None:
            firsts.setdefault(name, number)
    return firsts


def _of_table(resolved: Resolved, table: Table) -> Iterator[Use]:
    """Give what the columns of a table of rates ask for, each class and zone once."""
    for column, attribute in (
        (PREFIX_COLUMN, DESTINATION),
        (COUNTRY_COLUMN, COUNTRY),
        (CARRIER_COLUMN, CARRIER),
    ):
        asked: set[frozenset[Measure]] = set()
        firsts = _first_filled(table, column)
        for name, number in firsts.items():
            usage_class = class_named(resolved, name)
            own = _measures([] if usage_class is None else [usage_class])
            if own not in asked:
                asked.add(own)
                yield Use(attribute, table.cell(number, column), own, _DECIDED)
    for texts, (rated, zone) in distinct_values(table, CLASS_COLUMN, ZONE_COLUMN):
        places = places_of(resolved, str(zone))
        usage_class = class_named(resolved, str(rated))
        if places is not None and usage_class is not None:
            for attribute in places.attributes:
                at = table.cell(table[ZONE_COLUMN].first(texts[1]), ZONE_COLUMN)
                yield Use(attribute, at, _measures([usage_class]), _BY_ZONE)


def _classes(resolved: Resolved, names: Iterable[Name]) -> list[UsageClassDeclaration]:
    found = (resolved.find(name, UsageClassDeclaration) for name in names)
    return [usage_class for usage_class in found if usage_class is not None]


def _measures(classes: Iterable[UsageClassDeclaration]) -> frozenset[Measure]:
    found = (measure_of(usage_class) for usage_class in classes)
    return frozenset(measure for measure in found if measure is not None)


def _fields(expression: Expression | None, measures: frozenset[Measure]) -> Iterator[Use]:
    bare = set() if expression is None else {each.span for each in bare_fields(expression)}
    values = {each.right.span for each in every(expression, Comparison)}
    for field in every(expression, FieldUse):
        yield Use(
            field.name.text,
            field.name.span,
            measures,
            is_condition=field.span in bare,
            is_value=field.span in values,
        )
