"""Type the criteria and arithmetic of the text."""

from __future__ import annotations

from typing import assert_never

from compiler.catalog import expressions as typed
from dsl.syntax import expressions as written
from dsl.syntax.base import Number, Text


def is_number(expression: written.Expression) -> bool:
    """Whether an expression can only be a number."""
    return isinstance(expression, Number | written.Arithmetic)


def type_expression(node: written.Expression) -> typed.Expression:  # noqa: PLR0911 - one a kind of node
    """Type an expression that the checks have found sound."""
    match node:
        case written.FieldUse():
            return typed.FieldUse(name=node.name.text)
        case Text():
            return typed.Text(value=node.value)
        case Number():
            return typed.Number(value=node.value)
        case written.Comparison():
            return typed.Comparison(
                operator=node.operator,
                left=type_expression(node.left),
                right=type_expression(node.right),
                numeric=is_number(node.left) or is_number(node.right),
            )
        case written.InZone():
            return typed.InZone(value=type_expression(node.value), zone=node.zone.text)
        case written.InTexts():
            return typed.InTexts(
                value=type_expression(node.value), texts=tuple(text.value for text in node.texts)
            )
        case written.StartsWith():
            return typed.StartsWith(value=type_expression(node.value), prefix=node.prefix.value)
        case written.IsMissing():
            return typed.IsMissing(value=type_expression(node.value))
        case written.Both():
            return typed.Both(left=type_expression(node.left), right=type_expression(node.right))
        case written.Either():
            return typed.Either(left=type_expression(node.left), right=type_expression(node.right))
        case written.Negation():
            return typed.Negation(operand=type_expression(node.operand))
        case written.Arithmetic():
            return typed.Arithmetic(
                operator=node.operator,
                left=type_expression(node.left),
                right=type_expression(node.right),
            )
        case _:
            assert_never(node)


def type_optional(node: written.Expression | None) -> typed.Expression | None:
    """Type an expression that may be absent."""
    return None if node is None else type_expression(node)
