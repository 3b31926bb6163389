"""Usage classes and their types of a resolved catalog."""

from __future__ import annotations

from compiler.catalog.expressions_from_syntax import type_optional
from compiler.catalog.known import known, optional_target
from compiler.catalog.usage import (
    UsageClass,
    UsageClassType,
)
from compiler.facts import measure_of
from compiler.resolve.model import Resolved
from dsl.syntax import usage as written


def usage_class_types(resolved: Resolved) -> tuple[UsageClassType, ...]:
    """Give the usage class types, in order."""
    return tuple(
        UsageClassType(id=node.name.text, description=node.doc, span=node.name.span)
        for node in resolved.all(written.UsageClassTypeDeclaration)
    )


def usage_classes(resolved: Resolved) -> tuple[UsageClass, ...]:
    """Give the usage classes; their order decides."""
    return tuple(
        UsageClass(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            measure=known(measure_of(node), f"usage class `{node.name.text}`"),
            criterion=type_optional(node.criterion),
            type=optional_target(resolved, node.type),
        )
        for node in resolved.all(written.UsageClassDeclaration)
    )
