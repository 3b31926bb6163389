"""Where and when: zones, tables of zones, and time bands."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Day, Name, Node, Word
from dsl.syntax.tables import TableFile


@dataclass(frozen=True, slots=True)
class Prefix(Node):
    """The digits that a number begins with, as written."""

    digits: str


@dataclass(frozen=True, slots=True)
class ZoneDeclaration(Node):
    """`zone north_america = countries CA, US` or `zone premium = prefixes 1900, 1976`.

    One of the two is empty: countries are ISO 3166-1 alpha-2.
    """

    doc: str
    name: Name
    countries: tuple[Name, ...]
    prefixes: tuple[Prefix, ...]


@dataclass(frozen=True, slots=True)
class ZoneTableDeclaration(Node):
    """`zone table destinations from "destinations.csv"`: zones that stand in rows."""

    doc: str
    name: Name
    table: TableFile


@dataclass(frozen=True, slots=True)
class Weekdays(Node):
    """`daily`, `weekdays`, `weekends`, `monday`, or `monday..thursday`, both ends included."""

    first: Word
    last: Word | None


@dataclass(frozen=True, slots=True)
class Clock(Node):
    """A time of day as written, `20:00`; not yet known to be one."""

    hour: int
    minute: int


@dataclass(frozen=True, slots=True)
class ClockRange(Node):
    """`20:00..07:00`: the end is not part of it; over midnight where it is not the later one."""

    start: Clock
    end: Clock


@dataclass(frozen=True, slots=True)
class BandHours(Node):
    """`weekdays 20:00..07:00`, or whole days: `2026-12-25`."""

    days: Weekdays | Day
    hours: ClockRange | None


@dataclass(frozen=True, slots=True)
class TimeBandDeclaration(Node):
    """`time band off_peak = weekdays 20:00..07:00, weekends`."""

    doc: str
    name: Name
    hours: tuple[BandHours, ...]
