"""Feeds and declared units, as rows with compiled expressions."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog import feeds as typed
from compiler.catalog.model import Catalog
from compiler.lower.expressions import (
    Zones,
    compile_expression,
    compile_optional,
    fields_of,
)
from compiler.lower.lines import Lines
from compiler.lower.zones import zones_by_name
from runtime.program.expressions import Expression
from runtime.program.model import (
    CustomUnit,
    Feed,
    FeedAmount,
    FeedAttribute,
    FeedDialect,
    FeedEvent,
)


def units(catalog: Catalog, lines: Lines) -> Iterator[CustomUnit]:
    """Give the units the catalog declares."""
    for own in catalog.units:
        yield CustomUnit(
            id=own.id,
            measure=own.unit.measure,
            steps=own.unit.steps,
            source=lines.id_of(own.span),
        )


def feeds(catalog: Catalog, lines: Lines) -> Iterator[Feed]:
    """Give the feeds, with every raw field they use in order of first use."""
    zones = zones_by_name(catalog)
    for feed in catalog.feeds:
        identifier_value = compile_expression(feed.service.value, zones)
        events = tuple(_event(event, zones) for event in feed.events)
        amount = None if feed.amount is None else _amount(feed.amount, zones)
        skip = tuple(compile_expression(condition, zones) for condition in feed.skip)
        read = (identifier_value, *_expressions(amount, events), *skip)
        fields = (name for one in read for name in fields_of(one))
        currency = amount.currency_field if amount is not None else None
        columns = dict.fromkeys((*feed.id_fields, feed.time.field, *fields))
        yield Feed(
            id=feed.id,
            formats=feed.formats,
            dialect=FeedDialect.model_validate(feed.dialect.model_dump()),
            columns=tuple(columns if currency is None else {**columns, currency: None}),
            id_fields=feed.id_fields,
            time_field=feed.time.field,
            time_pattern=feed.time.pattern,
            time_epoch=feed.time.epoch,
            timezone=feed.time.timezone,
            identifier=feed.service.name,
            identifier_value=identifier_value,
            amount=amount,
            events=events,
            skip=skip,
            source=lines.id_of(feed.span),
        )


def _event(event: typed.FeedEvent, zones: Zones) -> FeedEvent:
    return FeedEvent(
        name=event.name,
        criterion=compile_optional(event.criterion, zones),
        quantity=compile_expression(event.quantity, zones),
        measure=event.unit.measure,
        steps_per_unit=event.unit.steps,
        attributes=tuple(
            FeedAttribute(
                name=attribute.name, expression=compile_expression(attribute.value, zones)
            )
            for attribute in event.attributes
        ),
    )


def _amount(amount: typed.FeedAmount, zones: Zones) -> FeedAmount:
    return FeedAmount(
        expression=compile_expression(amount.value, zones),
        currency=amount.currency,
        currency_field=amount.currency_field,
    )


def _expressions(amount: FeedAmount | None, events: tuple[FeedEvent, ...]) -> Iterator[Expression]:
    """Give what is read for each event, quantities first."""
    yield from (event.quantity for event in events)
    if amount is not None:
        yield amount.expression
    for event in events:
        if event.criterion is not None:
            yield event.criterion
        yield from (attribute.expression for attribute in event.attributes)
