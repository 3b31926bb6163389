"""Base buckets and buckets."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.expressions import expression
from dsl.printer.layout import Item
from dsl.printer.prices import priced
from dsl.source import Source
from dsl.syntax.base import Number
from dsl.syntax.buckets import (
    BaseBucketDeclaration,
    BucketDeclaration,
    BucketTier,
    OneTime,
    RollOver,
)
from dsl.syntax.declarations import Declaration
from dsl.syntax.share_plans import SharedBucket

TABLE = "tier"
"""The statements of a bucket stand under each other."""


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
    once = () if node.one_time is None else (_one_time(source, node.one_time),)
    return [*statements(source, node), *once]


def statements(source: Source, node: BucketDeclaration | SharedBucket) -> list[Item]:
    """Lay out what buckets and shared buckets have in common."""
    items: list[Item] = [_tier(source, tier) for tier in node.tiers]
    if node.recurring:
        whole = " whole" if node.recurring.whole else ""
        recurring = f"{words.frequency(node.recurring.frequency)}{whole}"
        items.append(words.line(node.recurring, TABLE, "recurring", recurring))
    if node.priority:
        items.append(words.line(node.priority, TABLE, "priority", source.words(node.priority.span)))
    if node.rolls_over:
        items.append(_rolls_over(source, node.rolls_over))
    return items


def _one_time(source: Source, node: OneTime) -> Item:
    if node.length is None or node.unit is None:
        return words.line(node, TABLE, "one time")
    length = _count(source, node.length, node.unit.text)
    return words.line(node, TABLE, "one time", f"for {length}")


def _rolls_over(source: Source, node: RollOver) -> Item:
    cap = words.quantity(source, node.cap) if node.cap else "all"
    periods = _count(source, node.periods, "periods")
    return words.line(node, TABLE, "rolls over", f"{cap} for {periods}")


def _count(source: Source, number: Number, unit: str) -> str:
    """Print a number of something, one of it in the singular."""
    return f"{source.words(number.span)} {unit[:-1] if number.value == 1 else unit}"


def _tier(source: Source, node: BucketTier) -> Item:
    upper = f"up to {words.quantity(source, node.upper)}" if node.upper else "beyond"
    if node.price:
        return priced(source, node, TABLE, [upper], node.price)
    if not node.flats:
        return words.line(node, TABLE, upper, node.charge.text)
    flats = ", ".join(f"{words.money(source, flat)} flat" for flat in node.flats)
    return words.line(node, TABLE, upper, f"{node.charge.text} + {flats}")
