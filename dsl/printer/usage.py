"""Usage classes, rate groups, rate plans and buckets."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.expressions import expression
from dsl.printer.layout import Item
from dsl.printer.prices import priced
from dsl.source import Source
from dsl.syntax.declarations import Declaration
from dsl.syntax.usage import (
    BaseBucketDeclaration,
    BucketDeclaration,
    BucketTier,
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
        case BaseBucketDeclaration():
            items = _base_bucket(source, node)
            return words.group(source, node, f"base bucket {node.name.text}", items)
        case BucketDeclaration():
            header = f"bucket {node.name.text} of {node.base.text}"
            return words.group(source, node, header, _bucket(source, node))
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


def _base_bucket(source: Source, node: BaseBucketDeclaration) -> list[Item]:
    items: list[Item] = []
    if node.classes:
        first, last = node.classes[0].span, node.classes[-1].span
        items.append(words.stretch(first, last, "base", "classes", words.names(node.classes)))
    if node.where:
        items.append(words.line(node.where, "base", "where", expression(source, node.where)))
    if node.unit:
        items.append(words.line(node.unit, "base", "unit", node.unit.text))
    return items


def _bucket(source: Source, node: BucketDeclaration) -> list[Item]:
    items: list[Item] = [_tier(source, tier) for tier in node.tiers]
    if node.recurring:
        end = (node.whole or node.recurring).span
        whole = " whole" if node.whole else ""
        recurring = f"{words.frequency(node.recurring)}{whole}"
        items.append(words.stretch(node.recurring.span, end, "tier", "recurring", recurring))
    return items


def _tier(source: Source, node: BucketTier) -> Item:
    upper = f"up to {words.quantity(source, node.upper)}" if node.upper else "beyond"
    if not node.flats:
        return words.line(node, "tier", upper, node.charge.text)
    flats = words.listed([f"{words.money(source, flat)} flat" for flat in node.flats])
    return words.line(node, "tier", upper, *flats)
