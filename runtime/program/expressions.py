"""Compiled expressions: closed, typed trees that every engine can carry out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Closed(BaseModel):
    """A frozen model without room for unknown fields; base of all program rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldValue(Closed):
    """A field of the raw record (in a feed), or an attribute of the event (elsewhere)."""

    op: Literal["field"] = "field"
    name: str


class TextValue(Closed):
    """A constant text."""

    op: Literal["text"] = "text"
    value: str


class NumberValue(Closed):
    """A constant number, exact."""

    op: Literal["number"] = "number"
    value: Decimal


class Compare(Closed):
    """A comparison; against a number both sides are numbers, else both are texts."""

    op: Literal["compare"] = "compare"
    operator: Literal["==", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression
    numeric: bool


class InCountries(Closed):
    """The value is one of these ISO 3166-1 alpha-2 codes (a zone, resolved)."""

    op: Literal["in"] = "in"
    value: Expression
    countries: tuple[str, ...]


class BeginsWith(Closed):
    """The value begins with one of these: a text, or the digits of a zone of prefixes.

    No prefix begins another, and they are sorted.
    """

    op: Literal["begins"] = "begins"
    value: Expression
    prefixes: tuple[str, ...]


class IsMissing(Closed):
    """There is no value, or an empty one."""

    op: Literal["missing"] = "missing"
    value: Expression


class AllOf(Closed):
    """Every operand holds."""

    op: Literal["and"] = "and"
    operands: tuple[Expression, ...]


class AnyOf(Closed):
    """At least one operand holds."""

    op: Literal["or"] = "or"
    operands: tuple[Expression, ...]


class Not(Closed):
    """The operand does not hold; a missing attribute makes a comparison not hold."""

    op: Literal["not"] = "not"
    operand: Expression


class Calculate(Closed):
    """Exact arithmetic over numbers."""

    op: Literal["calculate"] = "calculate"
    operator: Literal["+", "-", "*"]
    left: Expression
    right: Expression


Expression = Annotated[
    FieldValue
    | TextValue
    | NumberValue
    | Compare
    | InCountries
    | BeginsWith
    | IsMissing
    | AllOf
    | AnyOf
    | Not
    | Calculate,
    Field(discriminator="op"),
]

for _model in (Compare, InCountries, BeginsWith, IsMissing, AllOf, AnyOf, Not, Calculate):
    _model.model_rebuild()
