"""Usage classes and their types."""

from __future__ import annotations

from dsl.build.expressions import optional_expression
from dsl.build.literals import (
    name,
    names,
    optional_name,
    optional_word,
)
from dsl.build.reading import (
    Branch,
    Reading,
    branch,
    statements,
    the,
    tokens,
)
from dsl.syntax.base import Name
from dsl.syntax.usage import (
    UsageClassDeclaration,
    UsageClassTypeDeclaration,
)


def usage_class_type(reading: Reading, tree: Branch) -> UsageClassTypeDeclaration:
    """Build `usage class type voice`."""
    span = reading.span(tree)
    return UsageClassTypeDeclaration(span, reading.doc(span), name(reading, tokens(tree)[0]))


def usage_class(reading: Reading, tree: Branch) -> UsageClassDeclaration:
    """Build `usage class web_data measured in data when ...`."""
    span = reading.span(tree)
    declared, measure = names(reading, tree)
    return UsageClassDeclaration(
        span,
        doc=reading.doc(span),
        name=declared,
        measure=measure,
        criterion=optional_expression(reading, branch(tree, "criterion")),
        type=optional_name(reading, branch(tree, "class_type")),
    )
