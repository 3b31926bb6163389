"""Usage classes, rates and rate plans of a resolved catalog."""

from __future__ import annotations

from compiler.catalog.expressions_from_syntax import type_optional
from compiler.catalog.known import known, optional_target, target_name
from compiler.catalog.prices_from_resolved import prices_of
from compiler.catalog.usage import (
    GroupUse,
    Rate,
    RateGroup,
    RatePlan,
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


def rate_groups(resolved: Resolved) -> tuple[RateGroup, ...]:
    """Give the rate groups, each with its rows as written."""
    return tuple(
        RateGroup(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            criterion=type_optional(node.criterion),
            rates=tuple(
                Rate(
                    usage_class=target_name(resolved, row.usage_class),
                    zone=optional_target(resolved, row.zone),
                    prices=prices_of(resolved, row.price),
                    span=row.span,
                )
                for row in node.rows
            ),
        )
        for node in resolved.all(written.RateGroupDeclaration)
    )


def rate_plans(resolved: Resolved) -> tuple[RatePlan, ...]:
    """Give the rate plans, each with its groups in the order they are tried."""
    return tuple(
        RatePlan(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            groups=tuple(
                GroupUse(group=target_name(resolved, name), span=name.span) for name in node.groups
            ),
            otherwise="reject",
        )
        for node in resolved.all(written.RatePlanDeclaration)
    )
