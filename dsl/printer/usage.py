"""Usage classes, rate groups and rate plans."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.expressions import expression
from dsl.printer.layout import Item
from dsl.printer.prices import priced
from dsl.source import Source
from dsl.syntax.declarations import Declaration
from dsl.syntax.usage import (
    RateGroupDeclaration,
    RatePlanDeclaration,
    RateRow,
    UsageClassDeclaration,
    UsageClassTypeDeclaration,
)


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    match node:
        case UsageClassTypeDeclaration():
            kind = "usage class type"
            return words.line(node, kind, f"{kind} {node.name.text}")
        case UsageClassDeclaration():
            return _usage_class(source, node)
        case RateGroupDeclaration():
            when = f" when {expression(source, node.criterion)}" if node.criterion else ""
            rows = [_rate_row(source, row) for row in node.rows]
            return words.group(source, node, f"rate group {node.name.text}{when}", rows)
        case RatePlanDeclaration():
            return words.group(source, node, f"rate plan {node.name.text}", _rate_plan(node))
        case _:
            return None


def _usage_class(source: Source, node: UsageClassDeclaration) -> Item:
    return words.line(
        node,
        "usage class",
        f"usage class {node.name.text}",
        f"measured in {node.measure.text}",
        f"when {expression(source, node.criterion)}" if node.criterion else "",
        f"type {node.type.text}" if node.type else "",
    )


def _rate_row(source: Source, node: RateRow) -> Item:
    zone = f"to {node.zone.text}" if node.zone else ""
    return priced(source, node, "rate", [node.usage_class.text, zone], node.price)


def _rate_plan(node: RatePlanDeclaration) -> list[Item]:
    items: list[Item] = [words.line(group, "plan", group.text) for group in node.groups]
    if node.otherwise:
        items.append(words.line(node.otherwise, "plan", f"otherwise {node.otherwise.text}"))
    return items
