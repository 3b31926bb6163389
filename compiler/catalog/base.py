"""What the catalog's entities share."""

from __future__ import annotations

from decimal import Decimal

from dsl.source import Span
from runtime.program.expressions import Closed
from runtime.program.terms import Measure


class Entity(Closed):
    """A named thing; `span` is where it is named."""

    id: str
    description: str
    span: Span


class Money(Closed):
    """An amount in major units of an ISO 4217 currency, as written."""

    amount: Decimal
    currency: str
    span: Span


class Currency(Closed):
    """A currency the catalog prices in, with its minor units by ISO 4217."""

    code: str
    minor_units: int
    span: Span


class Unit(Closed):
    """A unit as written, and the smallest steps (byte, second, one) it holds."""

    name: str
    measure: Measure
    steps: int
