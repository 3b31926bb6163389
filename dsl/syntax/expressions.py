"""Expressions over the fields of a usage record: criteria and arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.syntax.base import Name, Node, Number, Text

CompareOperator = Literal["==", "!=", "<", "<=", ">", ">="]
ArithmeticOperator = Literal["+", "-", "*"]


@dataclass(frozen=True, slots=True)
class FieldUse(Node):
    """A field of the raw record (in a feed) or an attribute of the event (elsewhere).

    Of a JSON record `usage.input_tokens` is the field inside a field.
    """

    name: Name


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`left == right`, yes or no."""

    operator: CompareOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class InZone(Node):
    """`country in north_america`: the value is one of the zone's countries."""

    value: Expression
    zone: Name


@dataclass(frozen=True, slots=True)
class InTexts(Node):
    """`carrier in "HOME", "PARTNER"`: the value is one of these texts."""

    value: Expression
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class StartsWith(Node):
    """`called starts with "190"`; no value starts with anything where there is none."""

    value: Expression
    prefix: Text


@dataclass(frozen=True, slots=True)
class IsMissing(Node):
    """`called is missing`: there is no value, or an empty one."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Both(Node):
    """`left and right`."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Either(Node):
    """`left or right`."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """`not operand`."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left + right` over numbers, exact."""

    operator: ArithmeticOperator
    left: Expression
    right: Expression


Expression = (
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
    | Arithmetic
)
