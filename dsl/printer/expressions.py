"""Expressions, with no more brackets than their meaning asks for."""

from __future__ import annotations

from typing import assert_never

from dsl.printer import words
from dsl.source import Source
from dsl.syntax.base import Number, Text
from dsl.syntax.expressions import (
    Arithmetic,
    Both,
    Comparison,
    Either,
    Expression,
    FieldUse,
    InTexts,
    InZone,
    IsMissing,
    Negation,
    StartsWith,
)

EITHER, BOTH, NEGATION, COMPARISON, SUM, PRODUCT, OPERAND = range(7)


def expression(source: Source, node: Expression) -> str:
    """Print an expression."""
    return _at_least(source, node, EITHER)


def _at_least(source: Source, node: Expression, level: int) -> str:
    """Print an operand, in brackets where it binds more loosely than its place."""
    text = _text(source, node)
    return text if _level(node) >= level else f"({text})"


def _level(node: Expression) -> int:
    match node:
        case Either():
            return EITHER
        case Both():
            return BOTH
        case Negation():
            return NEGATION
        case Comparison() | InZone() | InTexts() | StartsWith() | IsMissing():
            return COMPARISON
        case Arithmetic():
            return PRODUCT if node.operator == "*" else SUM
        case FieldUse() | Text() | Number():
            return OPERAND
        case _:
            assert_never(node)


def _text(source: Source, node: Expression) -> str:  # noqa: PLR0911 - one a kind of node
    match node:
        case Either():
            return _infix(source, node.left, "or", node.right, EITHER)
        case Both():
            return _infix(source, node.left, "and", node.right, BOTH)
        case Negation():
            return f"not {_at_least(source, node.operand, NEGATION)}"
        case Comparison():
            left = _at_least(source, node.left, SUM)
            return f"{left} {node.operator} {_at_least(source, node.right, SUM)}"
        case InZone():
            return f"{_at_least(source, node.value, SUM)} in {node.zone.text}"
        case InTexts():
            listed = ", ".join(source.words(text.span) for text in node.texts)
            return f"{_at_least(source, node.value, SUM)} in {listed}"
        case StartsWith():
            prefix = source.words(node.prefix.span)
            return f"{_at_least(source, node.value, SUM)} starts with {prefix}"
        case IsMissing():
            return f"{_at_least(source, node.value, SUM)} is missing"
        case Arithmetic():
            return _infix(source, node.left, node.operator, node.right, _level(node))
        case FieldUse():
            return words.field(source, node.name)
        case Text() | Number():
            return source.words(node.span)
        case _:
            assert_never(node)


def _infix(source: Source, left: Expression, operator: str, right: Expression, level: int) -> str:
    """Print `left operator right`, which groups from the left."""
    return f"{_at_least(source, left, level)} {operator} {_at_least(source, right, level + 1)}"
