"""Share plans."""

from __future__ import annotations

from compiler.catalog.base import Entity
from compiler.catalog.buckets import BucketTier, RollOver
from dsl.source import Span
from runtime.program.expressions import Closed


class PoolTerm(Closed):
    """A part of a pool, in steps; for each instance of `service`, None: once."""

    steps: int
    service: str | None
    statuses: tuple[str, ...]
    span: Span


class PoolConsumer(Closed):
    """A service whose usage a shared bucket takes."""

    service: str
    span: Span


class SharedBucket(Closed):
    """A pool of a share plan; the bounds of its tiers count from the pool's end."""

    name: str
    base: str
    months: int
    prorate: bool
    priority: int
    pool: tuple[PoolTerm, ...]
    consumers: tuple[PoolConsumer, ...]
    tiers: tuple[BucketTier, ...]
    rolls_over: RollOver | None
    span: Span


class SharePlan(Entity):
    """Pools that the account tree below a selling service fills and uses together."""

    title: str
    selling_service: str
    buckets: tuple[SharedBucket, ...]
