"""Usage classes and their types."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.expressions import expression
from dsl.printer.layout import Item
from dsl.source import Source
from dsl.syntax.declarations import Declaration
from dsl.syntax.usage import (
    UsageClassDeclaration,
    UsageClassTypeDeclaration,
)


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    match node:
        case UsageClassTypeDeclaration():
            kind = "usage class type"
            return words.line(node, kind, f"{kind} {node.name.text}")
        case UsageClassDeclaration():
            return _usage_class(source, node)
        case _:
            return None


def _usage_class(source: Source, node: UsageClassDeclaration) -> Item:
    return words.line(
        node,
        "usage class",
        f"usage class {node.name.text}",
        f"measured in {node.measure.text}",
        f"when {expression(source, node.criterion)}" if node.criterion else "",
        f"type {node.type.text}" if node.type else "",
    )
