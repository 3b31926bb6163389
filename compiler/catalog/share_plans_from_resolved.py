"""Share plans of a resolved catalog."""

from __future__ import annotations

from compiler.catalog.buckets_from_resolved import (
    priority_of,
    quantity_steps,
    roll_over_of,
    tier_of,
)
from compiler.catalog.known import known, optional_target, target_name
from compiler.catalog.share_plans import PoolConsumer, PoolTerm, SharedBucket, SharePlan
from compiler.resolve.model import Resolved
from dsl.syntax import share_plans as written


def share_plans(resolved: Resolved) -> tuple[SharePlan, ...]:
    """Give the share plans, their pools in steps."""
    return tuple(
        SharePlan(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            title=node.name.text if node.title is None else node.title.value,
            selling_service=target_name(
                resolved, known(node.sold_as, f"share plan `{node.name.text}`")
            ),
            buckets=tuple(_bucket(resolved, bucket) for bucket in node.buckets),
        )
        for node in resolved.all(written.SharePlanDeclaration)
    )


def _bucket(resolved: Resolved, node: written.SharedBucket) -> SharedBucket:
    recurring = known(node.recurring, f"the shared bucket `{node.name.text}`")
    return SharedBucket(
        name=node.name.text,
        base=target_name(resolved, node.base),
        months=recurring.frequency.months,
        prorate=recurring.whole is None,
        priority=priority_of(node.priority),
        pool=tuple(
            PoolTerm(
                steps=quantity_steps(resolved, term.size),
                service=optional_target(resolved, term.service),
                statuses=tuple(target_name(resolved, status) for status in term.statuses),
                span=term.span,
            )
            for term in node.pool
        ),
        consumers=tuple(
            PoolConsumer(service=target_name(resolved, name), span=name.span)
            for name in node.consumers
        ),
        tiers=tuple(tier_of(resolved, tier) for tier in node.tiers),
        rolls_over=roll_over_of(resolved, node.rolls_over),
        span=node.name.span,
    )
