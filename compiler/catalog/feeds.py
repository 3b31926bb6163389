"""Feeds, and the units that the catalog declares."""

from __future__ import annotations

from compiler.catalog.base import Entity, Unit
from compiler.catalog.expressions import Expression
from dsl.source import Span
from runtime.program.expressions import Closed
from runtime.program.terms import Epoch


class CustomUnit(Entity):
    """A unit of the catalog's own."""

    unit: Unit


class FeedDialect(Closed):
    """How CSV files are written; `separator` None: the header line tells."""

    separator: str | None
    quote: str
    decimal: str
    encoding: str
    columns: tuple[str, ...]


class FeedTime(Closed):
    """The field of an event's instant; neither pattern nor epoch: ISO 8601."""

    field: str
    pattern: str | None
    epoch: Epoch | None
    timezone: str


class FeedAttribute(Closed):
    """An attribute of the event, and how the raw record gives it."""

    name: str
    value: Expression
    span: Span


class FeedAmount(Closed):
    """An amount of money; either `currency` or the field that holds its code is known."""

    value: Expression
    currency: str | None
    currency_field: str | None


class FeedEvent(Closed):
    """One event of a record; `name` None: the only one.  Its attributes are the feed's too."""

    name: str | None
    criterion: Expression | None
    quantity: Expression
    unit: Unit
    attributes: tuple[FeedAttribute, ...]


class Feed(Entity):
    """How a raw file becomes events; `service` gives the identifier's name and value.

    `id_fields` empty: a record is known by its file and row.
    """

    formats: tuple[str, ...]
    dialect: FeedDialect
    id_fields: tuple[str, ...]
    time: FeedTime
    service: FeedAttribute
    amount: FeedAmount | None
    events: tuple[FeedEvent, ...]
    skip: tuple[Expression, ...]
