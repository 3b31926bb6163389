"""Expressions over the fields of a usage record: criteria and arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.syntax.base import Name, Node, Number, Text

CompareOperator = Literal["==", "!=", "<", "<=", ">", ">="]
ArithmeticOperator = Literal["+", "-", "*"]


@dataclass(frozen=True, slots=True)
class FieldUse(Node):
    """A field of the raw record (in a feed) or an attribute of the event (elsewhere)."""

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


Expression = FieldUse | Text | Number | Comparison | InZone | Both | Either | Negation | Arithmetic
