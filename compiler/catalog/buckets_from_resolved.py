"""Base buckets and buckets of a resolved catalog."""

from __future__ import annotations

from typing import Literal

from compiler.catalog.buckets import BaseBucket, Bucket, BucketTier
from compiler.catalog.expressions_from_syntax import type_optional
from compiler.catalog.feeds_from_resolved import unit_named
from compiler.catalog.known import CompilerFault, known, target_name
from compiler.catalog.services_from_resolved import money
from compiler.resolve.model import Resolved
from dsl.syntax import buckets as written


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
