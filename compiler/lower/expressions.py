"""Compile criteria: zones become their places, chains of `and` and `or` one list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from compiler.catalog import expressions as typed
from compiler.catalog.zones import Zone
from compiler.zone_facts import shortest_prefixes
from runtime.program import expressions as compiled

Zones = Mapping[str, Zone]
"""The zones by their names."""


def compile_expression(  # noqa: PLR0911 - one a kind of node
    node: typed.Expression, zones: Zones
) -> compiled.Expression:
    """Compile one expression."""
    match node:
        case typed.FieldUse():
            return compiled.FieldValue(name=node.name)
        case typed.Text():
            return compiled.TextValue(value=node.value)
        case typed.Number():
            return compiled.NumberValue(value=node.value)
        case typed.Comparison():
            return compiled.Compare(
                operator=node.operator,
                left=compile_expression(node.left, zones),
                right=compile_expression(node.right, zones),
                numeric=node.numeric,
            )
        case typed.InZone():
            return _in_zone(compile_expression(node.value, zones), zones[node.zone])
        case typed.InTexts():
            return _in_texts(node, zones)
        case typed.StartsWith():
            return compiled.BeginsWith(
                value=compile_expression(node.value, zones), prefixes=(node.prefix,)
            )
        case typed.IsMissing():
            return compiled.IsMissing(value=compile_expression(node.value, zones))
        case typed.Both():
            return compiled.AllOf(
                operands=tuple(compile_expression(operand, zones) for operand in _chain(node))
            )
        case typed.Either():
            return compiled.AnyOf(
                operands=tuple(compile_expression(operand, zones) for operand in _chain(node))
            )
        case typed.Negation():
            return compiled.Not(operand=compile_expression(node.operand, zones))
        case typed.Arithmetic():
            return compiled.Calculate(
                operator=node.operator,
                left=compile_expression(node.left, zones),
                right=compile_expression(node.right, zones),
            )
        case _:
            assert_never(node)


def compile_optional(node: typed.Expression | None, zones: Zones) -> compiled.Expression | None:
    """Compile an expression that may be absent."""
    return None if node is None else compile_expression(node, zones)


def _in_zone(value: compiled.Expression, zone: Zone) -> compiled.Expression:
    """Compile a membership: a country is letters and a number digits, so no value is both."""
    in_countries = compiled.InCountries(value=value, countries=tuple(sorted(zone.countries)))
    if not zone.prefixes:
        return in_countries
    begins = compiled.BeginsWith(value=value, prefixes=shortest_prefixes(zone.prefixes))
    return compiled.AnyOf(operands=(in_countries, begins)) if zone.countries else begins


def _in_texts(node: typed.InTexts, zones: Zones) -> compiled.Expression:
    """Compile a list of texts to one comparison each."""
    same = tuple(
        compiled.Compare(
            operator="==",
            left=compile_expression(node.value, zones),
            right=compiled.TextValue(value=text),
            numeric=False,
        )
        for text in node.texts
    )
    return same[0] if len(same) == 1 else compiled.AnyOf(operands=same)


def _chain(node: typed.Both | typed.Either) -> tuple[typed.Expression, ...]:
    """Give the operands of a chain of the same word, left to right."""
    operands: list[typed.Expression] = []
    for side in (node.left, node.right):
        if isinstance(side, typed.Both | typed.Either) and type(side) is type(node):
            operands += _chain(side)
        else:
            operands.append(side)
    return tuple(operands)


def fields_of(node: compiled.Expression) -> tuple[str, ...]:
    """Give the fields an expression reads, in order of use, once each."""
    found: dict[str, None] = {}
    _read(node, found)
    return tuple(found)


def _read(node: compiled.Expression, found: dict[str, None]) -> None:
    match node:
        case compiled.FieldValue():
            found.setdefault(node.name)
        case compiled.TextValue() | compiled.NumberValue():
            return
        case compiled.Compare() | compiled.Calculate():
            _read(node.left, found)
            _read(node.right, found)
        case compiled.InCountries() | compiled.BeginsWith() | compiled.IsMissing():
            _read(node.value, found)
        case compiled.AllOf() | compiled.AnyOf():
            for operand in node.operands:
                _read(operand, found)
        case compiled.Not():
            _read(node.operand, found)
        case _:
            assert_never(node)
