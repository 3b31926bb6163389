"""Rate groups and rate plans."""

from __future__ import annotations

from typing import Literal

from compiler.catalog.base import Entity
from compiler.catalog.expressions import Expression
from compiler.catalog.prices import Price
from dsl.source import Span
from runtime.program.expressions import Closed


class RatePrice(Closed):
    """What a rate costs in one currency; `minimum` and `increment` are in steps."""

    price: Price
    minimum: int
    increment: int
    span: Span


class Rate(Closed):
    """What rates some usage: a row of a group's text, or a table's rows for the same usage.

    At most one of `zone`, `country` and `prefix` says where usage goes; None of them: anywhere.
    `carrier` None: any; `band` None: always.
    """

    usage_class: str
    zone: str | None
    country: str | None
    prefix: str | None
    carrier: str | None
    band: str | None
    prices: tuple[RatePrice, ...]


class RateGroup(Entity):
    """Rates that hold for events for which `criterion` does (None: all)."""

    criterion: Expression | None
    rates: tuple[Rate, ...]


class GroupUse(Closed):
    """A rate group's place in a plan."""

    group: str
    span: Span


class RatePlan(Entity):
    """Rate groups to try in order; an event that none rates is rejected."""

    groups: tuple[GroupUse, ...]
    otherwise: Literal["reject"]
