"""Zones, tables of zones, and time bands."""

from __future__ import annotations

from dsl.build.literals import day, name, names, table_file, word
from dsl.build.reading import Branch, Reading, all_of, branch, branches, the, tokens
from dsl.grammar.trees import Token
from dsl.syntax.base import Day
from dsl.syntax.tables import Holding
from dsl.syntax.zones import (
    BandHours,
    Clock,
    ClockRange,
    Prefix,
    TimeBandDeclaration,
    Weekdays,
    ZoneDeclaration,
    ZoneTableDeclaration,
)


def zone(reading: Reading, tree: Branch) -> ZoneDeclaration:
    """Build `zone north_america = countries CA, US`, or one of prefixes."""
    span = reading.span(tree)
    countries, digits = branch(tree, "zone_countries"), branch(tree, "zone_prefixes")
    return ZoneDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        countries=names(reading, countries) if countries else (),
        prefixes=prefixes(reading, digits) if digits else (),
    )


def prefixes(reading: Reading, tree: Branch) -> tuple[Prefix, ...]:
    """Build the prefixes right below a tree."""
    return tuple(Prefix(reading.span(token), str(token)) for token in tokens(tree))


def zone_table(reading: Reading, tree: Branch) -> ZoneTableDeclaration:
    """Build `zone table destinations from "destinations.csv"`."""
    span = reading.span(tree)
    return ZoneTableDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[-1]),
        table=table_file(reading, the(tree, "table_file"), Holding.ZONES),
    )


def time_band(reading: Reading, tree: Branch) -> TimeBandDeclaration:
    """Build `time band off_peak = weekdays 20:00..07:00, weekends`."""
    span = reading.span(tree)
    return TimeBandDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        hours=all_of(reading, branches(tree), "band_hours", _hours),
    )


def _hours(reading: Reading, tree: Branch) -> BandHours:
    hours = branch(tree, "clock_range")
    return BandHours(
        reading.span(tree),
        days=_days(reading, branches(tree)[0]),
        hours=_range(reading, hours) if hours else None,
    )


def _days(reading: Reading, tree: Branch) -> Weekdays | Day:
    if tree.data == "day":
        return day(reading, tree)
    first, *last = branches(tree)
    return Weekdays(
        reading.span(tree),
        first=word(reading, first),
        last=word(reading, last[0]) if last else None,
    )


def _range(reading: Reading, tree: Branch) -> ClockRange:
    start, end = tokens(tree)
    return ClockRange(reading.span(tree), _clock(reading, start), _clock(reading, end))


def _clock(reading: Reading, token: Token) -> Clock:
    hour, minute = token.split(":")
    return Clock(reading.span(token), int(hour), int(minute))
