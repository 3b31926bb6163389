"""Share plans."""

from __future__ import annotations

from dsl.build.buckets import priority, recurring, rolls_over, tiers
from dsl.build.literals import name, names, optional_name, optional_text, quantity
from dsl.build.reading import Branch, Reading, all_of, branch, branches, statements, the, tokens
from dsl.syntax.share_plans import PoolTerm, SharedBucket, SharePlanDeclaration


def share_plan(reading: Reading, tree: Branch) -> SharePlanDeclaration:
    """Build `share plan fleet_pool { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "share_plan_block"))
    return SharePlanDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        title=optional_text(reading, branch(tree, "title")),
        sold_as=optional_name(reading, block.one("sold_as", "sold as")),
        buckets=block.every("shared_bucket", _shared_bucket),
    )


def _shared_bucket(reading: Reading, tree: Branch) -> SharedBucket:
    span = reading.span(tree)
    declared, base = names(reading, tree)
    block = statements(reading, the(tree, "shared_bucket_block"))
    pool = block.one("pool", "pool")
    consumers = block.one("consumed_by", "consumed by")
    return SharedBucket(
        span,
        doc=reading.doc(span),
        name=declared,
        base=base,
        recurring=recurring(reading, block),
        pool=all_of(reading, branches(pool), "pool_term", _pool_term) if pool else (),
        consumers=names(reading, consumers) if consumers else (),
        priority=priority(reading, block),
        tiers=tiers(reading, block),
        rolls_over=rolls_over(reading, block),
    )


def _pool_term(reading: Reading, tree: Branch) -> PoolTerm:
    contributor = branch(tree, "contributor")
    statuses = branch(contributor, "contributor_statuses") if contributor else None
    return PoolTerm(
        reading.span(tree),
        size=quantity(reading, the(tree, "quantity")),
        service=optional_name(reading, contributor),
        statuses=names(reading, statuses) if statuses else (),
    )
