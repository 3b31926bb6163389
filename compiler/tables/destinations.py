"""Zone tables: rows of a zone's name, and a prefix or a country that belongs to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from compiler.resolve.kinds import Kind
from compiler.tables.cells import COUNTRY, NAME, PREFIX
from compiler.tables.form import Column, Form
from compiler.tables.table import Table
from dsl.source import Span
from dsl.syntax.base import Name, Node

ZONE_COLUMN = Column("zone", NAME, required=True)
PREFIX_COLUMN = Column("prefix", PREFIX)
COUNTRY_COLUMN = Column("country", COUNTRY)

FORM = Form(
    columns=(ZONE_COLUMN, PREFIX_COLUMN, COUNTRY_COLUMN),
    one_of=(PREFIX_COLUMN, COUNTRY_COLUMN),
    bears=(Kind.ZONE,),
)


@dataclass(frozen=True, slots=True)
class TableZone(Node):
    """A zone of a zone table, with all that its rows put into it, in order.

    Attributes:
        name: where it stands first.
        table: the place of the text that names the table.
        prefixes, countries: each once.
    """

    name: Name
    table: Span
    prefixes: tuple[str, ...]
    countries: tuple[str, ...]


def zones_of(table: Table, use: Span) -> tuple[TableZone, ...]:
    """Give the zones of a table, in order of their first rows."""
    prefixes: dict[str, list[str]] = defaultdict(list)
    countries: dict[str, list[str]] = defaultdict(list)
    zones = table[ZONE_COLUMN]
    for held, column in ((prefixes, PREFIX_COLUMN), (countries, COUNTRY_COLUMN)):
        if not table[column].distinct:
            continue
        for zone, place in zip(zones, table[column], strict=True):
            if zone is not None and place is not None:
                held[zone].append(place)
    return tuple(
        TableZone(
            span=name.span,
            name=name,
            table=use,
            prefixes=tuple(dict.fromkeys(prefixes.get(name.text, ()))),
            countries=tuple(dict.fromkeys(countries.get(name.text, ()))),
        )
        for name in table.names(ZONE_COLUMN)
    )


MOST_REPETITIONS = 20
"""How many repetitions are reported of a table."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """A row that puts a place where an earlier row has put it.

    `zone` is the row's, `first_zone` the earlier row's; `place` is the prefix or country.
    """

    zone: str
    first_zone: str
    place: str
    at: Span
    first: Span


def repeated_rows(table: Table) -> Iterator[Repetition]:
    """Give the rows that say the same as an earlier one, the first MOST_REPETITIONS."""
    yield from islice(_repeated_rows(table), MOST_REPETITIONS)


def _repeated_rows(table: Table) -> Iterator[Repetition]:
    if any(len(table[column].readings) == len(table) for column in FORM.columns):
        return
    zones, prefixes, countries = (table[column] for column in FORM.columns)
    rows = list(zip(zones, prefixes, countries, strict=True))
    if len(set(rows)) == len(rows):
        return
    seen: dict[object, int] = {}
    for row, said in enumerate(rows):
        first = seen.setdefault(said, row)
        zone = table[ZONE_COLUMN].at(row)
        if first != row and zone is not None and said[1:] != (None, None):
            yield Repetition(zone, zone, "", table.span(row), table.span(first))


def shared_places(table: Table) -> Iterator[Repetition]:
    """Give the prefixes and countries that stand in a second zone, MOST_REPETITIONS at most."""
    for column in (PREFIX_COLUMN, COUNTRY_COLUMN):
        yield from islice(_shared(table, column), MOST_REPETITIONS)


def _shared(table: Table, column: Column[str]) -> Iterator[Repetition]:
    """Find the first row of each further zone that a place of a column stands in."""
    if len(table[column].readings) in {0, len(table)}:
        return
    pairs = set(zip(table[column], table[ZONE_COLUMN], strict=True))
    places = {place for place, _ in pairs if place is not None}
    if len(places) == sum(place is not None for place, _ in pairs):
        return
    rows: dict[tuple[str | None, str | None], int] = {}
    for row, pair in enumerate(zip(table[column], table[ZONE_COLUMN], strict=True)):
        rows.setdefault(pair, row)
    firsts: dict[str, tuple[str, int]] = {}
    for (place, zone), row in rows.items():
        if place is None or zone is None:
            continue
        first_zone, first = firsts.setdefault(place, (zone, row))
        if first != row:
            at, before = table.cell(row, column), table.cell(first, column)
            yield Repetition(zone, first_zone, place, at, before)
