"""Feeds: how raw usage files become events; and the units a catalog counts usage in."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Name, Node, Quantity, Text, Word
from dsl.syntax.expressions import Expression


@dataclass(frozen=True, slots=True)
class UnitDeclaration(Node):
    """`unit million_token = 1_000_000 count`: a unit in terms of one of the language's."""

    doc: str
    name: Name
    size: Quantity


@dataclass(frozen=True, slots=True)
class FeedTime(Node):
    """`at started as "%Y-%m-%dT%H:%M:%S" in "UTC"`, or `at ts as milliseconds`.

    Neither a pattern nor an epoch means ISO 8601; an epoch's unit is since 1970, UTC.
    """

    column: Name
    pattern: Text | None
    timezone: Text | None
    epoch: Word | None


@dataclass(frozen=True, slots=True)
class FeedQuantity(Node):
    """`quantity bytes_up + bytes_down in byte`."""

    expression: Expression
    unit: Name


@dataclass(frozen=True, slots=True)
class FeedAmount(Node):
    """`amount gross in USD`, or `amount gross in currency`, a field.

    A word of three capitals is a currency, any other the field that holds its code.
    """

    expression: Expression
    currency: Name


@dataclass(frozen=True, slots=True)
class FeedAttribute(Node):
    """`attribute kind`, or `attribute country = visited_country`."""

    name: Name
    expression: Expression | None


@dataclass(frozen=True, slots=True)
class FeedEvent(Node):
    """`event input when model == "a" { quantity tokens in token }`: one event of a record.

    `attributes` come on top of the feed's; one of the same name is in place of it.
    """

    name: Name
    criterion: Expression | None
    quantity: FeedQuantity | None
    attributes: tuple[FeedAttribute, ...]


@dataclass(frozen=True, slots=True)
class FeedDeclaration(Node):
    """`feed sessions { ... }`: how a raw file becomes normalized events.

    Attributes:
        formats: `csv`, `parquet`, ... in the order written.
        separator: between two fields of a CSV file, `";"`.
        quote: around a field, `"'"`; empty where no field is ever quoted.
        decimal: the sign before a number's decimals, `","`.
        encoding: of a CSV file's text, `"latin-1"`.
        columns: the fields' names, in their order, of CSV files without a header line.
        id: the fields whose values, joined, name the event.
        id_place: `file_and_row` where these name it.
        service: the field that holds the service identifier's value; the field's name
            is the identifier's name unless `service msisdn = caller` says otherwise.
        events: what a record holds, where it is not one quantity.
        skip: records for which one of these holds are not usage.
    """

    doc: str
    name: Name
    formats: tuple[Word, ...]
    separator: Text | None
    quote: Text | None
    decimal: Text | None
    encoding: Text | None
    columns: tuple[Name, ...]
    id: tuple[Name, ...]
    id_place: Word | None
    time: FeedTime | None
    service: FeedAttribute | None
    quantity: FeedQuantity | None
    amount: FeedAmount | None
    attributes: tuple[FeedAttribute, ...]
    events: tuple[FeedEvent, ...]
    skip: tuple[Expression, ...]
