"""Classes, zones, rates and buckets of a resolved catalog."""

from __future__ import annotations

from typing import Literal

from compiler.catalog.expressions_from_syntax import type_optional
from compiler.catalog.feeds_from_resolved import unit_named
from compiler.catalog.known import CompilerFault, known, optional_target, target_name
from compiler.catalog.prices_from_resolved import prices_of
from compiler.catalog.services_from_resolved import money
from compiler.catalog.usage import (
    BaseBucket,
    Bucket,
    BucketTier,
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


def base_buckets(resolved: Resolved) -> tuple[BaseBucket, ...]:
    """Give the base buckets, in order."""
    return tuple(
        BaseBucket(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            classes=tuple(target_name(resolved, name) for name in node.classes),
            where=type_optional(node.where),
            unit=unit_named(resolved, known(node.unit, f"base bucket `{node.name.text}`")),
        )
        for node in resolved.all(written.BaseBucketDeclaration)
    )


def buckets(resolved: Resolved) -> tuple[Bucket, ...]:
    """Give the buckets, their bounds in steps."""
    return tuple(
        Bucket(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            base=target_name(resolved, node.base),
            months=known(node.recurring, f"bucket `{node.name.text}`").months,
            prorate=node.whole is None,
            tiers=tuple(_tier(resolved, tier) for tier in node.tiers),
        )
        for node in resolved.all(written.BucketDeclaration)
    )


def _tier(resolved: Resolved, node: written.BucketTier) -> BucketTier:
    unit = None if node.upper is None else unit_named(resolved, node.upper.unit)
    return BucketTier(
        upper=None if node.upper is None or unit is None else int(node.upper.amount * unit.steps),
        written=None if node.upper is None else node.upper.amount,
        unit=unit,
        charge=_charge(node.charge.text),
        flats=tuple(money(flat) for flat in node.flats),
        span=node.span,
    )


def _charge(word: str) -> Literal["included", "flat", "rated"]:
    match word:
        case "included" | "flat" | "rated":
            return word
        case _:
            raise CompilerFault(f"a tier cannot be `{word}`")
