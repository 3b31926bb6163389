"""Usage classes and their types."""

from __future__ import annotations

from compiler.catalog.base import Entity
from compiler.catalog.expressions import Expression
from runtime.program.terms import Measure


class UsageClassType(Entity):
    """A heading to report usage classes under."""


class UsageClass(Entity):
    """A kind of usage; the first, in order, whose measure and criterion fit is the event's."""

    measure: Measure
    criterion: Expression | None
    type: str | None
