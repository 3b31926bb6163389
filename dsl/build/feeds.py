"""Feeds, and the units a catalog declares."""

from __future__ import annotations

from dsl.build.expressions import expression, last_expression, optional_expression
from dsl.build.literals import (
    field_name,
    field_names,
    name,
    optional_text,
    optional_word,
    quantity,
    word,
)
from dsl.build.reading import Branch, Reading, branch, branches, statements, the, tokens
from dsl.syntax.base import Word
from dsl.syntax.feeds import (
    FeedAmount,
    FeedAttribute,
    FeedDeclaration,
    FeedEvent,
    FeedQuantity,
    FeedTime,
    UnitDeclaration,
)


def unit(reading: Reading, tree: Branch) -> UnitDeclaration:
    """Build `unit token = 1 count`."""
    span = reading.span(tree)
    return UnitDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        size=quantity(reading, the(tree, "quantity")),
    )


def feed(reading: Reading, tree: Branch) -> FeedDeclaration:
    """Build `feed sessions { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "feed_block"))
    formats = block.one("format", "format")
    columns = block.one("columns", "columns")
    identity = block.one("feed_id", "id")
    time = block.one("at", "at")
    service = block.one("feed_service", "service")
    measured = block.one("quantity_of", "quantity")
    amount = block.one("amount_of", "amount")
    place = None if identity is None else branch(identity, "id_place")
    return FeedDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        formats=_words(reading, formats) if formats else (),
        separator=optional_text(reading, block.one("separator", "separator")),
        quote=optional_text(reading, block.one("quote", "quote")),
        decimal=optional_text(reading, block.one("decimal_sign", "decimal")),
        encoding=optional_text(reading, block.one("encoding", "encoding")),
        columns=field_names(reading, columns) if columns else (),
        id=field_names(reading, identity) if identity and place is None else (),
        id_place=None if place is None else word(reading, place),
        time=_time(reading, time) if time else None,
        service=_attribute(reading, service) if service else None,
        quantity=_quantity(reading, measured) if measured else None,
        amount=_amount(reading, amount) if amount else None,
        attributes=block.every("attribute", _attribute),
        events=block.every("feed_event", _event),
        skip=block.every("skip", last_expression),
    )


def _words(reading: Reading, tree: Branch) -> tuple[Word, ...]:
    return tuple(Word(reading.span(token), str(token)) for token in tokens(tree))


def _time(reading: Reading, tree: Branch) -> FeedTime:
    return FeedTime(
        reading.span(tree),
        column=field_name(reading, branches(tree)[0]),
        pattern=optional_text(reading, branch(tree, "time_pattern")),
        timezone=optional_text(reading, branch(tree, "time_zone")),
        epoch=optional_word(reading, branch(tree, "time_epoch"), "epoch"),
    )


def _attribute(reading: Reading, tree: Branch) -> FeedAttribute:
    return FeedAttribute(
        reading.span(tree),
        name=name(reading, tokens(tree)[0]),
        expression=optional_expression(reading, tree),
    )


def _quantity(reading: Reading, tree: Branch) -> FeedQuantity:
    return FeedQuantity(
        reading.span(tree),
        expression=last_expression(reading, tree),
        unit=name(reading, tokens(tree)[0]),
    )


def _amount(reading: Reading, tree: Branch) -> FeedAmount:
    amount, currency = branches(tree)
    return FeedAmount(
        reading.span(tree),
        expression=expression(reading, amount),
        currency=field_name(reading, currency),
    )


def _event(reading: Reading, tree: Branch) -> FeedEvent:
    block = statements(reading, the(tree, "feed_event_block"))
    measured = block.one("quantity_of", "quantity")
    return FeedEvent(
        reading.span(tree),
        name=name(reading, tokens(tree)[0]),
        criterion=optional_expression(reading, branch(tree, "criterion")),
        quantity=_quantity(reading, measured) if measured else None,
        attributes=block.every("attribute", _attribute),
    )
