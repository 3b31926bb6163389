"""The feeds and declared units of a resolved catalog."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.catalog.base import Unit
from compiler.catalog.expressions import FieldUse
from compiler.catalog.expressions_from_syntax import type_expression, type_optional
from compiler.catalog.feeds import (
    CustomUnit,
    Feed,
    FeedAmount,
    FeedAttribute,
    FeedDialect,
    FeedEvent,
    FeedTime,
)
from compiler.catalog.known import CompilerFault, known
from compiler.facts import amount_currency, the_catalog
from compiler.resolve.model import Resolved
from compiler.resolve.units import declared_unit, unit_of
from dsl.syntax import feeds as written
from dsl.syntax.base import Name, Text, Word
from runtime.program.encodings import encoding_of
from runtime.program.terms import Epoch
from runtime.program.units import Unit as KnownUnit


def typed_unit(unit: KnownUnit) -> Unit:
    """Give a unit as the catalog holds it."""
    return Unit(name=unit.name, measure=unit.measure, steps=unit.steps)


def unit_named(resolved: Resolved, name: Name) -> Unit:
    """Give the unit a name means."""
    return typed_unit(known(unit_of(resolved, name), f"the unit `{name.text}`"))


def custom_units(resolved: Resolved) -> tuple[CustomUnit, ...]:
    """Give the units the catalog declares, in order."""
    return tuple(
        CustomUnit(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            unit=typed_unit(known(declared_unit(node), f"the unit `{node.name.text}`")),
        )
        for node in resolved.all(written.UnitDeclaration)
    )


def feeds(resolved: Resolved) -> tuple[Feed, ...]:
    """Give the feeds, in order."""
    return tuple(_feed(resolved, node) for node in resolved.all(written.FeedDeclaration))


def _feed(resolved: Resolved, node: written.FeedDeclaration) -> Feed:
    what = f"feed `{node.name.text}`"
    return Feed(
        id=node.name.text,
        description=node.doc,
        span=node.name.span,
        formats=tuple(word.text for word in node.formats),
        dialect=_dialect(node),
        id_fields=tuple(name.text for name in node.id),
        time=_time(resolved, known(node.time, what)),
        service=_attribute(known(node.service, what)),
        amount=None if node.amount is None else _amount(node.amount),
        events=tuple(_events(resolved, node)),
        skip=tuple(type_expression(condition) for condition in node.skip),
    )


def _dialect(node: written.FeedDeclaration) -> FeedDialect:
    encoding = encoding_of(_said(node.encoding, "utf-8"))
    return FeedDialect(
        separator=None if node.separator is None else node.separator.value,
        quote=_said(node.quote, '"'),
        decimal=_said(node.decimal, "."),
        encoding=known(encoding, f"feed `{node.name.text}`"),
        columns=tuple(name.text for name in node.columns),
    )


def _said(text: Text | None, default: str) -> str:
    return default if text is None else text.value


def _time(resolved: Resolved, node: written.FeedTime) -> FeedTime:
    zone = node.timezone or known(the_catalog(resolved), "the catalog").timezone
    return FeedTime(
        field=node.column.text,
        pattern=None if node.pattern is None else node.pattern.value,
        epoch=None if node.epoch is None else _epoch(node.epoch),
        timezone="UTC" if node.epoch else known(zone, "the catalog's time zone").value,
    )


def _epoch(word: Word) -> Epoch:
    match word.text:
        case "seconds" | "milliseconds" | "microseconds":
            return word.text
        case _:
            raise CompilerFault(f"a time cannot count `{word.text}`")


def _attribute(node: written.FeedAttribute) -> FeedAttribute:
    """Give an attribute's value: the field of its own name unless the text says otherwise."""
    own = FieldUse(name=node.name.text)
    value = own if node.expression is None else type_expression(node.expression)
    return FeedAttribute(name=node.name.text, value=value, span=node.name.span)


def _amount(node: written.FeedAmount) -> FeedAmount:
    currency = amount_currency(node)
    return FeedAmount(
        value=type_expression(node.expression),
        currency=None if currency is None else currency.text,
        currency_field=node.currency.text if currency is None else None,
    )


def _events(resolved: Resolved, node: written.FeedDeclaration) -> Iterable[FeedEvent]:
    what = f"feed `{node.name.text}`"
    if not node.events:
        yield _event(resolved, known(node.quantity, what), _attributes(node.attributes))
    for event in node.events:
        yield _event(
            resolved,
            known(event.quantity, what),
            _attributes((*node.attributes, *event.attributes)),
            event,
        )


def _event(
    resolved: Resolved,
    quantity: written.FeedQuantity,
    attributes: tuple[FeedAttribute, ...],
    event: written.FeedEvent | None = None,
) -> FeedEvent:
    return FeedEvent(
        name=None if event is None else event.name.text,
        criterion=None if event is None else type_optional(event.criterion),
        quantity=type_expression(quantity.expression),
        unit=unit_named(resolved, quantity.unit),
        attributes=attributes,
    )


def _attributes(nodes: Iterable[written.FeedAttribute]) -> tuple[FeedAttribute, ...]:
    """Give attributes by their names, a later one in the place of an earlier."""
    return tuple({node.name.text: _attribute(node) for node in nodes}.values())
