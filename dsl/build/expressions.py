"""Expressions: criteria and arithmetic over the fields of a usage record.

An expression nests as deep as its text does, so its depth is bounded before it is built
(`dsl.parser`), and what follows may recurse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from dsl.build.literals import field_name, name, number, text
from dsl.build.reading import Branch, Reading, all_of, branches, tokens
from dsl.syntax.expressions import (
    Arithmetic,
    ArithmeticOperator,
    Both,
    CompareOperator,
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


def expression(reading: Reading, tree: Branch) -> Expression:
    """Build an expression."""
    return _BUILDERS[tree.data](reading, tree)


def last_expression(reading: Reading, tree: Branch) -> Expression:
    """Build the expression that ends a statement or a part of one."""
    return expression(reading, branches(tree)[-1])


def optional_expression(reading: Reading, tree: Branch | None) -> Expression | None:
    """Build the expression that a tree holds, if it holds one."""
    if tree is None or not branches(tree):
        return None
    return last_expression(reading, tree)


def _field_use(reading: Reading, tree: Branch) -> FieldUse:
    return FieldUse(reading.span(tree), field_name(reading, branches(tree)[0]))


def _comparison(reading: Reading, tree: Branch) -> Comparison:
    left, right = branches(tree)
    operator = cast("CompareOperator", str(tokens(tree)[0]))
    return Comparison(
        reading.span(tree), operator, expression(reading, left), expression(reading, right)
    )


def _in_zone(reading: Reading, tree: Branch) -> InZone:
    (value,) = branches(tree)
    return InZone(reading.span(tree), expression(reading, value), name(reading, tokens(tree)[0]))


def _in_texts(reading: Reading, tree: Branch) -> InTexts:
    value, *listed = branches(tree)
    return InTexts(
        reading.span(tree), expression(reading, value), all_of(reading, listed, "text", text)
    )


def _starts_with(reading: Reading, tree: Branch) -> StartsWith:
    value, prefix = branches(tree)
    return StartsWith(reading.span(tree), expression(reading, value), text(reading, prefix))


def _is_missing(reading: Reading, tree: Branch) -> IsMissing:
    (value,) = branches(tree)
    return IsMissing(reading.span(tree), expression(reading, value))


def _both(reading: Reading, tree: Branch) -> Both:
    left, right = branches(tree)
    return Both(reading.span(tree), expression(reading, left), expression(reading, right))


def _either(reading: Reading, tree: Branch) -> Either:
    left, right = branches(tree)
    return Either(reading.span(tree), expression(reading, left), expression(reading, right))


def _negation(reading: Reading, tree: Branch) -> Negation:
    return Negation(reading.span(tree), expression(reading, branches(tree)[0]))


def _arithmetic(reading: Reading, tree: Branch) -> Arithmetic:
    left, right = branches(tree)
    operator = cast("ArithmeticOperator", str(tokens(tree)[0]))
    return Arithmetic(
        reading.span(tree), operator, expression(reading, left), expression(reading, right)
    )


_BUILDERS: dict[str, Callable[[Reading, Branch], Expression]] = {
    "field_use": _field_use,
    "text": text,
    "number": number,
    "comparison": _comparison,
    "in_zone": _in_zone,
    "in_texts": _in_texts,
    "starts_with": _starts_with,
    "is_missing": _is_missing,
    "both": _both,
    "either": _either,
    "negation": _negation,
    "arithmetic": _arithmetic,
}
