"""Guards."""

from __future__ import annotations

from typing import Literal, cast

from dsl.build.literals import (
    frequency,
    money,
    name,
    names,
    number,
    optional_name,
    optional_text,
    percent,
    table_file,
)
from dsl.build.reading import Branch, Reading, branch, branches, statements, the, tokens
from dsl.syntax.expressions import CompareOperator
from dsl.syntax.guards import (
    Claim,
    Claimed,
    ClaimedArithmetic,
    ClaimedCost,
    ClaimedPrice,
    GuardDeclaration,
    GuardScope,
)
from dsl.syntax.tables import Holding


def guard(reading: Reading, tree: Branch) -> GuardDeclaration:
    """Build `guard year_saves "..." { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "guard_block"))
    costs = block.one("costs", "costs")
    return GuardDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        title=optional_text(reading, branch(tree, "title")),
        scopes=block.every("guard_scope", _scope),
        claims=block.every("claim", _claim),
        costs=table_file(reading, the(costs, "table_file"), Holding.COSTS) if costs else None,
    )


def _scope(reading: Reading, tree: Branch) -> GuardScope:
    return GuardScope(
        reading.span(tree),
        services=names(reading, tree),
        package=optional_name(reading, branch(tree, "in_package")),
        status=optional_name(reading, branch(tree, "with_status")),
    )


def _claim(reading: Reading, tree: Branch) -> Claim:
    left, right = branches(tree)
    operator = cast("CompareOperator", str(tokens(tree)[0]))
    return Claim(reading.span(tree), operator, _claimed(reading, left), _claimed(reading, right))


def _claimed(reading: Reading, tree: Branch) -> Claimed:
    match tree.data:
        case "claimed_price":
            counted = branch(tree, "frequency")
            return ClaimedPrice(
                reading.span(tree),
                frequency=frequency(reading, counted) if counted else None,
                status=optional_name(reading, tree if tokens(tree) else None),
            )
        case "claimed_cost":
            return ClaimedCost(reading.span(tree))
        case "number":
            return number(reading, tree)
        case "percent":
            return percent(reading, tree)
        case "money":
            return money(reading, tree)
        case _:
            left, right = branches(tree)
            return ClaimedArithmetic(
                reading.span(tree),
                cast('Literal["+", "-", "*"]', str(tokens(tree)[0])),
                _claimed(reading, left),
                _claimed(reading, right),
            )
