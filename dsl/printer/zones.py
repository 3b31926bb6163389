"""Zones, tables of zones, and time bands."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.layout import Cell, Item
from dsl.source import Source
from dsl.syntax.base import Day
from dsl.syntax.declarations import Declaration
from dsl.syntax.zones import (
    BandHours,
    TimeBandDeclaration,
    ZoneDeclaration,
    ZoneTableDeclaration,
)


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    match node:
        case ZoneDeclaration():
            made_of = Cell(f"= {_places(node)}", gap=1)
            return words.line(node, "zone", f"zone {node.name.text}", made_of)
        case ZoneTableDeclaration():
            file = Cell(words.table_file(source, node.table), gap=1)
            return words.line(node, "zone table", f"zone table {node.name.text}", file)
        case TimeBandDeclaration():
            hours = ", ".join(_hours(source, each) for each in node.hours)
            header = f"time band {node.name.text}"
            return words.line(node, "time band", header, Cell(f"= {hours}", gap=1))
        case _:
            return None


def _places(node: ZoneDeclaration) -> str:
    if node.prefixes:
        return f"prefixes {', '.join(prefix.digits for prefix in node.prefixes)}"
    return f"countries {words.names(node.countries)}"


def _hours(source: Source, node: BandHours) -> str:
    if isinstance(node.days, Day):
        days = source.words(node.days.span)
    else:
        last = node.days.last
        days = f"{node.days.first.text}..{last.text}" if last else node.days.first.text
    if node.hours is None:
        return days
    start, end = (source.words(each.span) for each in (node.hours.start, node.hours.end))
    return f"{days} {start}..{end}"
