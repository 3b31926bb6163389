"""Criteria and arithmetic over a record's fields; zones are still names."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from runtime.program.expressions import Closed


class FieldUse(Closed):
    """A field of the raw record (in a feed), or an attribute of the event (elsewhere)."""

    is_a: Literal["field"] = "field"
    name: str


class Text(Closed):
    """A constant text."""

    is_a: Literal["text"] = "text"
    value: str


class Number(Closed):
    """A constant number, exact."""

    is_a: Literal["number"] = "number"
    value: Decimal


class Comparison(Closed):
    """A comparison of two numbers where `numeric`, else of two texts."""

    is_a: Literal["comparison"] = "comparison"
    operator: Literal["==", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression
    numeric: bool


class InZone(Closed):
    """The value is one of the zone's countries."""

    is_a: Literal["in_zone"] = "in_zone"
    value: Expression
    zone: str


class InTexts(Closed):
    """The value is one of these texts."""

    is_a: Literal["in_texts"] = "in_texts"
    value: Expression
    texts: tuple[str, ...]


class StartsWith(Closed):
    """The value begins with a text."""

    is_a: Literal["starts_with"] = "starts_with"
    value: Expression
    prefix: str


class IsMissing(Closed):
    """There is no value."""

    is_a: Literal["missing"] = "missing"
    value: Expression


class Both(Closed):
    """Both operands hold."""

    is_a: Literal["both"] = "both"
    left: Expression
    right: Expression


class Either(Closed):
    """At least one operand holds."""

    is_a: Literal["either"] = "either"
    left: Expression
    right: Expression


class Negation(Closed):
    """The operand does not hold."""

    is_a: Literal["negation"] = "negation"
    operand: Expression


class Arithmetic(Closed):
    """Exact arithmetic over two numbers."""

    is_a: Literal["arithmetic"] = "arithmetic"
    operator: Literal["+", "-", "*"]
    left: Expression
    right: Expression


Expression = Annotated[
    FieldUse
    | Text
    | Number
    | Comparison
    | InZone
    | InTexts
    | StartsWith
    | IsMissing
    | Both
    | Either
    | Negation
    | Arithmetic,
    Field(discriminator="is_a"),
]

_NESTING = (Comparison, InZone, InTexts, StartsWith, IsMissing, Both, Either, Negation, Arithmetic)
for _model in _NESTING:
    _model.model_rebuild()
