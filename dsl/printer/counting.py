"""Counting rules."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.layout import Cell, Item
from dsl.source import Source
from dsl.syntax.counting import CountingRuleDeclaration
from dsl.syntax.declarations import Declaration


def item(_source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    if not isinstance(node, CountingRuleDeclaration):
        return None
    rule = f"= {node.counted.text} {words.names(node.things)}"
    if node.statuses:
        rule += f" in {words.names(node.statuses)}"
    if node.package_statuses:
        rule += f" where package in {words.names(node.package_statuses)}"
    if node.scope:
        rule += f" across {words.choice(node.scope)}"
    return words.line(node, "count", f"count {node.name.text}", Cell(rule, gap=1))
