"""Zones, tables of zones, and time bands."""

from __future__ import annotations

from datetime import date

from compiler.catalog.base import Entity
from dsl.source import Span
from runtime.program.expressions import Closed


class Zone(Entity):
    """A set of places: countries, ISO 3166-1 alpha-2, and beginnings of numbers.

    `table`: the zone table whose rows it stands in; None: it is declared by itself.
    """

    countries: tuple[str, ...]
    prefixes: tuple[str, ...]
    table: str | None


class ZoneTable(Entity):
    """A table of zones; `path` is the file's."""

    path: str


class BandHours(Closed):
    """Minutes `[start, end)` of a weekday (0: Monday), or of a date."""

    weekday: int | None
    day: date | None
    start: int
    end: int
    span: Span


class TimeBand(Entity):
    """Hours that usage is priced by, day by day, split at midnight."""

    hours: tuple[BandHours, ...]
