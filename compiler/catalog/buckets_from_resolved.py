"""Base buckets and buckets of a resolved catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from compiler.bucket_facts import flats_of
from compiler.catalog.buckets import BaseBucket, Bucket, BucketTier, RollOver
from compiler.catalog.expressions_from_syntax import type_optional
from compiler.catalog.feeds_from_resolved import unit_named
from compiler.catalog.known import CompilerFault, known, target_name
from compiler.catalog.prices_from_resolved import prices_of
from compiler.catalog.services_from_resolved import money
from compiler.resolve.model import Resolved
from dsl.syntax import buckets as written
from dsl.syntax.base import Number, Quantity


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
    return tuple(_bucket(resolved, node) for node in resolved.all(written.BucketDeclaration))


def _bucket(resolved: Resolved, node: written.BucketDeclaration) -> Bucket:
    recurring, length = node.recurring, _life(node.one_time)
    return Bucket(
        id=node.name.text,
        description=node.doc,
        span=node.name.span,
        base=target_name(resolved, node.base),
        months=None if recurring is None else recurring.frequency.months,
        lasts_months=length.get("months"),
        lasts_days=length.get("days"),
        prorate=recurring is not None and recurring.whole is None,
        priority=priority_of(node.priority),
        tiers=tuple(tier_of(resolved, tier) for tier in node.tiers),
        rolls_over=roll_over_of(resolved, node.rolls_over),
    )


def _life(node: written.OneTime | None) -> Mapping[str, int]:
    """Give the length of a one-time bucket's life by its unit."""
    if node is None or node.length is None or node.unit is None:
        return {}
    return {node.unit.text: int(node.length.value)}


def priority_of(node: Number | None) -> int:
    """Give a bucket's priority; without one it is 0, before all that have one."""
    return 0 if node is None else int(node.value)


def roll_over_of(resolved: Resolved, node: written.RollOver | None) -> RollOver | None:
    """Give what rolls over of a bucket, its cap in steps."""
    if node is None:
        return None
    cap = None if node.cap is None else quantity_steps(resolved, node.cap)
    return RollOver(cap=cap, periods=int(node.periods.value))


def quantity_steps(resolved: Resolved, node: Quantity) -> int:
    """Give a quantity in steps; the checks have found it whole."""
    return int(node.amount * unit_named(resolved, node.unit).steps)


def tier_of(resolved: Resolved, node: written.BucketTier) -> BucketTier:
    """Give a tier of a bucket, its bound in steps."""
    flats = flats_of(node)
    is_priced = node.price is not None and not flats
    return BucketTier(
        upper=None if node.upper is None else quantity_steps(resolved, node.upper),
        written=None if node.upper is None else node.upper.amount,
        unit=None if node.upper is None else unit_named(resolved, node.upper.unit),
        charge=_charge("flat" if node.price is not None and flats else node.charge.text),
        flats=tuple(money(flat) for flat in flats),
        prices=prices_of(resolved, node.price) if node.price is not None and is_priced else (),
        span=node.span,
    )


def _charge(word: str) -> Literal["included", "flat", "rated", "priced"]:
    match word:
        case "included" | "flat" | "rated" | "priced":
            return word
        case _:
            raise CompilerFault(f"a tier cannot be `{word}`")
