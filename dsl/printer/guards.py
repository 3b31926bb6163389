"""Guards."""

from __future__ import annotations

from typing import assert_never

from dsl.printer import words
from dsl.printer.layout import Item
from dsl.source import Source
from dsl.syntax.base import Money, Number, Percent
from dsl.syntax.declarations import Declaration
from dsl.syntax.guards import (
    Claim,
    Claimed,
    ClaimedArithmetic,
    ClaimedCost,
    ClaimedPrice,
    GuardDeclaration,
    GuardScope,
)


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    if not isinstance(node, GuardDeclaration):
        return None
    header = f"guard {node.name.text}{words.title(source, node.title)}"
    items: list[Item] = [words.line(each, "guard", _scope(each)) for each in node.scopes]
    items += [words.line(each, "guard", claim(source, each)) for each in node.claims]
    if node.costs:
        items.append(
            words.line(node.costs, "guard", f"costs {words.table_file(source, node.costs)}")
        )
    return words.group(source, node, header, items)


def claim(source: Source, node: Claim) -> str:
    """Print what is claimed: `price suspended <= price active`."""
    return f"{_claimed(source, node.left)} {node.operator} {_claimed(source, node.right)}"


def _scope(node: GuardScope) -> str:
    listed = f" {words.names(node.services)}" if node.services else ""
    package = f" in package {node.package.text}" if node.package else ""
    status = f" with {node.status.text}" if node.status else ""
    return f"for every service{listed}{package}{status}"


def _claimed(source: Source, node: Claimed, *, is_factor: bool = False) -> str:
    match node:
        case ClaimedPrice():
            counted = f" {words.frequency(node.frequency)}" if node.frequency else ""
            return f"price{counted}" + (f" {node.status.text}" if node.status else "")
        case ClaimedCost():
            return "cost"
        case Number():
            return source.words(node.span)
        case Percent():
            return words.percent(source, node)
        case Money():
            return words.money(source, node)
        case ClaimedArithmetic():
            return _arithmetic(source, node, is_factor=is_factor)
        case _:
            assert_never(node)


def _arithmetic(source: Source, node: ClaimedArithmetic, *, is_factor: bool) -> str:
    """Print a sum or a product; what binds less than its place is put into parentheses."""
    is_product = node.operator == "*"
    left = _claimed(source, node.left, is_factor=is_product)
    right = _claimed(source, node.right, is_factor=True)
    if not is_product and not _is_sum(node.right):
        right = _claimed(source, node.right, is_factor=False)
    if is_product and isinstance(node.right, ClaimedArithmetic) and node.right.operator == "*":
        right = f"({right})"
    text = f"{left} {node.operator} {right}"
    return f"({text})" if is_factor and not is_product else text


def _is_sum(node: Claimed) -> bool:
    return isinstance(node, ClaimedArithmetic) and node.operator != "*"
