"""Names that stand by themselves where a condition is due."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.resolve.kinds import EntityId, Kind
from compiler.resolve.model import Resolved
from dsl.syntax.expressions import Both, Either, Expression, FieldUse, Negation


def bare_fields(expression: Expression) -> Iterator[FieldUse]:
    """Give the fields that stand where a condition is due, by themselves."""
    match expression:
        case FieldUse():
            yield expression
        case Both() | Either():
            yield from bare_fields(expression.left)
            yield from bare_fields(expression.right)
        case Negation():
            yield from bare_fields(expression.operand)
        case _:
            return


def place_or_time(resolved: Resolved, name: str) -> Kind | None:
    """Tell whether a name is a zone's or a time band's."""
    kinds = (Kind.TIME_BAND, Kind.ZONE)
    return next((kind for kind in kinds if EntityId(kind, name) in resolved.entities), None)
