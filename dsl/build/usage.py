"""Usage classes, rate groups and rate plans."""

from __future__ import annotations

from dsl.build.expressions import optional_expression
from dsl.build.literals import (
    name,
    names,
    optional_name,
    optional_word,
)
from dsl.build.prices import the_price
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
    RateGroupDeclaration,
    RatePlanDeclaration,
    RateRow,
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


def rate_group(reading: Reading, tree: Branch) -> RateGroupDeclaration:
    """Build `rate group home when ... { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "rate_group_block"))
    return RateGroupDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        criterion=optional_expression(reading, branch(tree, "criterion")),
        rows=block.every("rate_row", _rate_row),
    )


def _rate_row(reading: Reading, tree: Branch) -> RateRow:
    return RateRow(
        reading.span(tree),
        usage_class=name(reading, tokens(tree)[0]),
        zone=optional_name(reading, branch(tree, "rate_zone")),
        price=the_price(reading, tree),
    )


def rate_plan(reading: Reading, tree: Branch) -> RatePlanDeclaration:
    """Build `rate plan metered { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "rate_plan_block"))
    return RatePlanDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        groups=block.every("group_use", _group_use),
        otherwise=optional_word(reading, block.one("plan_otherwise", "otherwise"), "rejection"),
    )


def _group_use(reading: Reading, tree: Branch) -> Name:
    return name(reading, tokens(tree)[0])
