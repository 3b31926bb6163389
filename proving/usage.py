"""The usage of tests: records of feeds that only tests have, read like those of any feed.

A test says what an event is, not how some system writes it down.  So there is a feed for each
identifier and measure, whose fields are the attributes of all the catalog's feeds.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from dsl.syntax.base import Name, Number, Text
from dsl.syntax.scenarios import UsageAttribute
from proving.book import BookRows, service_of
from proving.scenario import Use
from runtime.program.expressions import FieldValue
from runtime.program.model import Feed, FeedAmount, FeedAttribute, FeedEvent, Program
from runtime.program.terms import Measure
from runtime.program.time_zones import time_zone
from runtime.program.units import UNITS

PREFIX = "test__"
"""Before the names of the feeds; no catalog's own begins so unless it means to."""

ID, TIME, VALUE, QUANTITY = "test__record", "test__time", "test__value", "test__quantity"
AMOUNT, CURRENCY = "test__amount", "test__currency"
OWN_ID = "id"
NOON = time(12)


def with_test_feeds(program: Program) -> Program:
    """Give the program with the feeds of tests beside its own."""
    names = _attribute_names(program)
    identifiers = dict.fromkeys(name for each in program.services for name in each.identifiers)
    measures = dict.fromkeys(each.measure for each in program.usage_classes)
    feeds = tuple(
        _feed(program, identifier, measure, names)
        for identifier in identifiers
        for measure in measures
    )
    return program.model_copy(update={"feeds": (*program.feeds, *feeds)})


def _attribute_names(program: Program) -> tuple[str, ...]:
    events = (event for feed in program.feeds for event in feed.events)
    given = (each.name for event in events for each in event.attributes)
    return tuple(dict.fromkeys((*given, "country", "carrier", "destination")))


def _feed(program: Program, identifier: str, measure: Measure, names: tuple[str, ...]) -> Feed:
    asked = FeedAmount(expression=FieldValue(name=AMOUNT), currency=None, currency_field=CURRENCY)
    return Feed(
        id=feed_name(identifier, measure),
        formats=("csv",),
        columns=(ID, TIME, VALUE, QUANTITY, AMOUNT, CURRENCY, *names),
        id_fields=(ID,),
        time_field=TIME,
        time_pattern=None,
        timezone="UTC",
        identifier=identifier,
        identifier_value=FieldValue(name=VALUE),
        amount=asked if any(feed.amount for feed in program.feeds) else None,
        events=(
            FeedEvent(
                name=None,
                criterion=None,
                quantity=FieldValue(name=QUANTITY),
                measure=measure,
                steps_per_unit=1,
                attributes=tuple(
                    FeedAttribute(name=name, expression=FieldValue(name=name)) for name in names
                ),
            ),
        ),
        skip=(),
        source=program.sources[0].id,
    )


def feed_name(identifier: str, measure: str) -> str:
    """Name the feed of an identifier and a measure."""
    return f"{PREFIX}{identifier}__{measure}"


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a test's usage, and the feed that reads it."""

    feed: str
    cells: dict[str, str]


def records_of(program: Program, book: BookRows, test: str, uses: Iterable[Use]) -> list[Record]:
    """Give the records of what a test uses, whose keys begin with its name."""
    services = {str(row["account_service"]): row for row in book.rows.get("account_services", [])}
    zones = _zones(book, program)
    values = {
        (str(row["account_service"]), str(row["identifier"])): str(row["value"])
        for row in book.rows.get("identifiers", [])
    }
    found: list[Record] = []
    for use in uses:
        own = f"{test}.{use.uses.subject.text}"
        row = services[own]
        identifier = service_of(program, str(row["service"])).identifiers[0]
        steps, measure = steps_of(program, use)
        cells = {
            TIME: _instant(use, zones[str(row["account_package"])]),
            VALUE: values[own, identifier],
            QUANTITY: str(steps),
            **_attributes(use.uses.attributes),
        }
        if use.uses.amount:
            cells[AMOUNT] = format(use.uses.amount.amount, "f")
            cells[CURRENCY] = use.uses.amount.currency.text
        given = cells.pop(OWN_ID, str(use.number))
        times = int(use.uses.times.value) if use.uses.times else 1
        found += [
            Record(
                feed_name(identifier, measure),
                {ID: f"{test}/{given}" + (f"-{number}" if times > 1 else ""), **cells},
            )
            for number in range(1, times + 1)
        ]
    return found


def steps_of(program: Program, use: Use) -> tuple[Decimal, Measure]:
    """Give a use's quantity in the smallest steps of what it is measured in."""
    quantity = use.uses.quantity
    own = {each.id: (each.steps, each.measure) for each in program.units}
    builtin = {name: (unit.steps, unit.measure) for name, unit in UNITS.items()}
    steps, measure = (own | builtin)[quantity.unit.text]
    return quantity.amount * steps, measure


def write_records(program: Program, records: Iterable[Record], folder: Path) -> tuple[str, ...]:
    """Write a CSV file a feed; give them as the arguments of a run."""
    columns = {feed.id: feed.columns for feed in program.feeds}
    by_feed: dict[str, list[dict[str, str]]] = {}
    for record in records:
        by_feed.setdefault(record.feed, []).append(record.cells)
    given = []
    for feed, rows in by_feed.items():
        path = folder / f"{feed}.csv"
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns[feed], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        given.append(f"{feed}={path}")
    return tuple(given)


def _zones(book: BookRows, program: Program) -> dict[str, ZoneInfo]:
    """Give the time zone of each account package."""
    accounts = {
        str(row["account"]): time_zone(str(row.get("timezone", program.timezone)))
        for row in book.rows.get("accounts", [])
    }
    return {
        str(row["account_package"]): accounts[str(row["account"])]
        for row in book.rows.get("account_packages", [])
    }


def _instant(use: Use, zone: ZoneInfo) -> str:
    clock = NOON
    if use.clock:
        hour, minute = use.clock.text.split(":")
        clock = time(int(hour), int(minute))
    local = datetime.combine(use.day.value, clock, zone)
    return f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def _attributes(attributes: Iterable[UsageAttribute]) -> dict[str, str]:
    return {each.name.text: _written(each.value) for each in attributes}


def _written(value: Text | Number | Name) -> str:
    match value:
        case Text():
            return value.value
        case Number():
            return format(value.value, "f")
        case Name():
            return value.text
