"""Feeds, and the units a catalog declares."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.printer import words
from dsl.printer.expressions import expression
from dsl.printer.layout import Cell, Item
from dsl.source import Source
from dsl.syntax.base import Name
from dsl.syntax.declarations import Declaration
from dsl.syntax.feeds import (
    FeedAttribute,
    FeedDeclaration,
    FeedEvent,
    FeedQuantity,
    FeedTime,
    UnitDeclaration,
)


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    match node:
        case UnitDeclaration():
            size = Cell(f"= {words.quantity(source, node.size)}", gap=1)
            return words.line(node, "unit", f"unit {node.name.text}", size)
        case FeedDeclaration():
            return words.group(
                source, node, f"feed {node.name.text}", list(_statements(source, node))
            )
        case _:
            return None


def _statements(source: Source, node: FeedDeclaration) -> Iterator[Item]:
    if node.formats:
        formats = ", ".join(each.text for each in node.formats)
        first, last = node.formats[0].span, node.formats[-1].span
        yield words.stretch(first, last, "feed", "format", formats)
    dialect = (
        ("separator", node.separator),
        ("quote", node.quote),
        ("decimal", node.decimal),
        ("encoding", node.encoding),
    )
    for word, text in dialect:
        if text is not None:
            yield words.line(text, "feed", word, source.words(text.span))
    if node.columns:
        yield _fields(source, "columns", node.columns)
    if node.id:
        yield _fields(source, "id", node.id)
    if node.id_place:
        yield words.line(node.id_place, "feed", "id", words.choice(node.id_place))
    if node.time:
        yield words.line(node.time, "feed", "at", _time(source, node.time))
    if node.service:
        yield words.line(node.service, "feed", "service", _attribute(source, node.service))
    if node.quantity:
        yield _quantity(source, node.quantity)
    if node.amount:
        amount = expression(source, node.amount.expression)
        paid = f"{amount} in {words.field(source, node.amount.currency)}"
        yield words.line(node.amount, "feed", "amount", paid)
    for attribute in node.attributes:
        yield words.line(attribute, "feed", "attribute", _attribute(source, attribute))
    for event in node.events:
        yield _event(source, event)
    for skip in node.skip:
        yield words.line(skip, "feed", "skip when", expression(source, skip))


def _fields(source: Source, word: str, names: tuple[Name, ...]) -> Item:
    return words.stretch(names[0].span, names[-1].span, "feed", word, words.fields(source, names))


def _event(source: Source, node: FeedEvent) -> Item:
    when = f" when {expression(source, node.criterion)}" if node.criterion else ""
    items: list[Item] = [
        words.line(each, "feed", "attribute", _attribute(source, each)) for each in node.attributes
    ]
    if node.quantity:
        items.append(_quantity(source, node.quantity))
    return words.group(source, node, f"event {node.name.text}{when}", items)


def _quantity(source: Source, node: FeedQuantity) -> Item:
    measured = f"{expression(source, node.expression)} in {node.unit.text}"
    return words.line(node, "feed", "quantity", measured)


def _time(source: Source, node: FeedTime) -> str:
    field = words.field(source, node.column)
    if node.epoch:
        return f"{field} as {node.epoch.text}"
    pattern = f" as {source.words(node.pattern.span)}" if node.pattern else ""
    timezone = f" in {source.words(node.timezone.span)}" if node.timezone else ""
    return f"{field}{pattern}{timezone}"


def _attribute(source: Source, node: FeedAttribute) -> str:
    is_ = f" = {expression(source, node.expression)}" if node.expression else ""
    return f"{node.name.text}{is_}"
