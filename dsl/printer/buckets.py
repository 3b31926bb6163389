"""Base buckets and buckets."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.expressions import expression
from dsl.printer.layout import Item
from dsl.source import Source
from dsl.syntax.buckets import BaseBucketDeclaration, BucketDeclaration, BucketTier
from dsl.syntax.declarations import Declaration


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    match node:
        case BaseBucketDeclaration():
            items = _base_bucket(source, node)
            return words.group(source, node, f"base bucket {node.name.text}", items)
        case BucketDeclaration():
            header = f"bucket {node.name.text} of {node.base.text}"
            return words.group(source, node, header, _bucket(source, node))
        case _:
            return None


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
