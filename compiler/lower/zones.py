"""Zones and time bands, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.model import Catalog
from compiler.lower.expressions import Zones
from compiler.lower.lines import Lines
from runtime.program.model import ZoneCountry
from runtime.program.zones import TimeBand, TimeBandHours, ZonePrefix


def zones_by_name(catalog: Catalog) -> Zones:
    """Give each zone by its name."""
    return {zone.id: zone for zone in catalog.zones}


def zone_countries(catalog: Catalog) -> Iterator[ZoneCountry]:
    """Give each zone's countries."""
    for zone in catalog.zones:
        for country in sorted(zone.countries):
            yield ZoneCountry(zone=zone.id, country=country)


def zone_prefixes(catalog: Catalog) -> Iterator[ZonePrefix]:
    """Give each zone's prefixes."""
    for zone in catalog.zones:
        for prefix in sorted(zone.prefixes):
            yield ZonePrefix(zone=zone.id, prefix=prefix)


def time_bands(catalog: Catalog, lines: Lines) -> Iterator[TimeBand]:
    """Give the time bands."""
    for band in catalog.time_bands:
        yield TimeBand(id=band.id, source=lines.id_of(band.span))


def time_band_hours(catalog: Catalog, lines: Lines) -> Iterator[TimeBandHours]:
    """Give each band's hours, day by day."""
    for band in catalog.time_bands:
        for hours in band.hours:
            yield TimeBandHours(
                band=band.id,
                weekday=hours.weekday,
                day=hours.day,
                start=hours.start,
                end=hours.end,
                source=lines.id_of(hours.span),
            )
