"""Zones, tables of zones and time bands of a resolved catalog."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.known import known
from compiler.catalog.zones import BandHours, TimeBand, Zone, ZoneTable
from compiler.resolve.model import Resolved
from compiler.tables.destinations import TableZone
from compiler.time_bands import stretches_of
from dsl.syntax import zones as written


def zones(resolved: Resolved) -> tuple[Zone, ...]:
    """Give the zones, those of tables too, in order."""
    return tuple(_zones(resolved))


def _zones(resolved: Resolved) -> Iterator[Zone]:
    tables = {node.table.file.span: node for node in resolved.all(written.ZoneTableDeclaration)}
    for own, entity in resolved.entities.items():
        match entity.node:
            case written.ZoneDeclaration() as node:
                yield Zone(
                    id=own.name,
                    description=node.doc,
                    span=node.name.span,
                    countries=tuple(name.text for name in node.countries),
                    prefixes=tuple(prefix.digits for prefix in node.prefixes),
                    table=None,
                )
            case TableZone() as row:
                table = tables[row.table]
                yield Zone(
                    id=own.name,
                    description=table.doc,
                    span=row.name.span,
                    countries=row.countries,
                    prefixes=row.prefixes,
                    table=table.name.text,
                )
            case _:
                continue


def zone_tables(resolved: Resolved) -> tuple[ZoneTable, ...]:
    """Give the tables of zones, in order."""
    return tuple(
        ZoneTable(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            path=known(resolved.tables.of(node.table), f"`{node.name.text}`").source.path,
        )
        for node in resolved.all(written.ZoneTableDeclaration)
    )


def time_bands(resolved: Resolved) -> tuple[TimeBand, ...]:
    """Give the time bands, in order."""
    return tuple(
        TimeBand(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            hours=tuple(
                BandHours(
                    weekday=stretch.weekday,
                    day=stretch.day,
                    start=stretch.start,
                    end=stretch.end,
                    span=hours.span,
                )
                for hours in node.hours
                for stretch in stretches_of(hours)
            ),
        )
        for node in resolved.all(written.TimeBandDeclaration)
    )
