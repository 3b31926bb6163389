"""Compiled expressions as DuckDB SQL.

A field is a text, whatever the file's type.  A comparison with something missing does not
hold, so every condition is true or false and never NULL.  Numbers are exact: a text is one
if it is digits with at most NUMBER_PLACES decimals, no exponent; anything else is missing.
What leaves the range of the arithmetic is missing too, it never wraps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import assert_never

from runtime.program.expressions import (
    AllOf,
    AnyOf,
    BeginsWith,
    Calculate,
    Compare,
    Expression,
    FieldValue,
    InCountries,
    IsMissing,
    Not,
    NumberValue,
    TextValue,
)
from runtime.usage import sql

NUMBER_PLACES = 9
"""Decimals of a number in a text field."""

NUMBER_TYPE = f"DECIMAL(38, {NUMBER_PLACES})"

NUMBER_PATTERN = r"^[+-]?[0-9]{1,28}(\.[0-9]{1,9}0*)?$"

Fields = Callable[[str], str]
"""From a field's name to the SQL of its text (NULL: missing)."""

Numbers = Callable[[str], str]
"""From a field's name to the SQL of its number (NULL: missing or not a number)."""

_COMPARE = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def text_number(value: str) -> str:
    """Give SQL that reads a text as an exact number."""
    return (
        f"CASE WHEN regexp_matches({value}, {sql.text(NUMBER_PATTERN)}) "
        f"THEN TRY_CAST({value} AS {NUMBER_TYPE}) END"
    )


def condition(tree: Expression, fields: Fields, numbers: Numbers) -> str:
    """Give SQL that is true where the tree holds, else false."""
    match tree:
        case Compare(operator=operator, left=left, right=right, numeric=numeric):
            side = number if numeric else value
            return (
                f"coalesce({side(left, fields, numbers)} {_COMPARE[operator]} "
                f"{side(right, fields, numbers)}, false)"
            )
        case InCountries(value=inner, countries=countries):
            if not countries:
                return "false"
            return f"coalesce({value(inner, fields, numbers)} IN ({sql.texts(countries)}), false)"
        case BeginsWith(value=inner, prefixes=prefixes):
            return _begins(value(inner, fields, numbers), prefixes)
        case IsMissing(value=inner):
            return f"(coalesce({value(inner, fields, numbers)}, '') = '')"
        case AllOf(operands=operands):
            return _joined(operands, "AND", "true", fields, numbers)
        case AnyOf(operands=operands):
            return _joined(operands, "OR", "false", fields, numbers)
        case Not(operand=operand):
            return f"(NOT {condition(operand, fields, numbers)})"
        case FieldValue() | TextValue() | NumberValue() | Calculate():
            raise TypeError(f"{tree.op} is a value, not a condition")
        case _:
            assert_never(tree)


def value(tree: Expression, fields: Fields, numbers: Numbers) -> str:
    """Give SQL for the text of a value; of a number its shortest digits."""
    match tree:
        case FieldValue(name=name):
            return fields(name)
        case TextValue(value=constant):
            return sql.text(constant)
        case NumberValue(value=constant):
            return sql.text(plain_digits(constant))
        case Calculate():
            digits = f"CAST({number(tree, fields, numbers)} AS VARCHAR)"
            trimmed = f"rtrim(rtrim({digits}, '0'), '.')"
            return f"CASE WHEN contains({digits}, '.') THEN {trimmed} ELSE {digits} END"
        case Compare() | InCountries() | BeginsWith() | IsMissing() | AllOf() | AnyOf() | Not():
            raise TypeError(f"{tree.op} is a condition, not a value")
        case _:
            assert_never(tree)


def number(tree: Expression, fields: Fields, numbers: Numbers) -> str:
    """Give SQL for the exact number of a value, NULL where it is missing or out of range."""
    match tree:
        case FieldValue(name=name):
            return numbers(name)
        case TextValue(value=constant):
            return text_number(sql.text(constant))
        case NumberValue(value=constant):
            return constant_number(constant)
        case Calculate(operator=operator, left=left, right=right):
            return (
                f"TRY({number(left, fields, numbers)} {operator} {number(right, fields, numbers)})"
            )
        case Compare() | InCountries() | BeginsWith() | IsMissing() | AllOf() | AnyOf() | Not():
            raise TypeError(f"{tree.op} is a condition, not a number")
        case _:
            assert_never(tree)


def constant_number(constant: Decimal) -> str:
    """Write an exact constant: a whole number as HUGEINT, else a decimal of its own scale."""
    digits = plain_digits(constant)
    _, point, places = digits.partition(".")
    return f"CAST({digits} AS DECIMAL(38, {len(places)}))" if point else f"{digits}::HUGEINT"


def plain_digits(constant: Decimal) -> str:
    """Write a decimal without exponent and without zeros at its end."""
    digits = format(constant, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def fields_of(tree: Expression | None) -> Iterator[str]:
    """Yield the names of the fields a tree reads, in order, with repetitions."""
    match tree:
        case None | TextValue() | NumberValue():
            return
        case FieldValue(name=name):
            yield name
        case Compare(left=left, right=right) | Calculate(left=left, right=right):
            yield from fields_of(left)
            yield from fields_of(right)
        case InCountries(value=inner) | BeginsWith(value=inner) | IsMissing(value=inner):
            yield from fields_of(inner)
        case AllOf(operands=operands) | AnyOf(operands=operands):
            for operand in operands:
                yield from fields_of(operand)
        case Not(operand=operand):
            yield from fields_of(operand)
        case _:
            assert_never(tree)


def has_fraction(tree: Expression) -> bool:
    """Tell whether a constant of the tree is no whole number."""
    match tree:
        case NumberValue(value=value):
            return value % 1 != 0
        case Calculate(left=left, right=right):
            return has_fraction(left) or has_fraction(right)
        case TextValue():
            return True
        case (
            FieldValue()
            | Compare()
            | InCountries()
            | BeginsWith()
            | IsMissing()
            | AllOf()
            | AnyOf()
            | Not()
        ):
            return False
        case _:
            assert_never(tree)


def _joined(
    operands: tuple[Expression, ...], word: str, empty: str, fields: Fields, numbers: Numbers
) -> str:
    if not operands:
        return empty
    return "(" + f" {word} ".join(condition(each, fields, numbers) for each in operands) + ")"


def _begins(given: str, prefixes: tuple[str, ...]) -> str:
    """Give SQL that is true where a text begins with a prefix: one look-up a length."""
    by_length: dict[int, list[str]] = {}
    for prefix in prefixes:
        by_length.setdefault(len(prefix), []).append(prefix)
    tests = [
        f"left({given}, {length}) IN ({sql.texts(tuple(same))})"
        for length, same in sorted(by_length.items())
    ]
    return f"coalesce({' OR '.join(tests)}, false)" if tests else "false"
