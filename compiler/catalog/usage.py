"""Usage classes, rates and rate plans."""

from __future__ import annotations

from typing import Literal

from compiler.catalog.base import Entity
from compiler.catalog.expressions import Expression
from compiler.catalog.prices import Price
from dsl.source import Span
from runtime.program.expressions import Closed
from runtime.program.terms import Measure


class UsageClassType(Entity):
    """A heading to report usage classes under."""


class UsageClass(Entity):
    """A kind of usage; the first, in order, whose measure and criterion fit is the event's."""

    measure: Measure
    criterion: Expression | None
    type: str | None


class Rate(Closed):
    """A row of a rate group; `zone` None: everywhere."""

    usage_class: str
    zone: str | None
    prices: tuple[Price, ...]
    span: Span


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
