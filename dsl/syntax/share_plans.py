"""Share plans: buckets whose pool the services of an account tree fill and use together."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Name, Node, Number, Quantity, Text
from dsl.syntax.buckets import BucketTier, Recurring, RollOver


@dataclass(frozen=True, slots=True)
class PoolTerm(Node):
    """`500 GB`, or `1 GB per sim in active`: for each contributing instance.

    `statuses` empty: every billable one.
    """

    size: Quantity
    service: Name | None
    statuses: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class SharedBucket(Node):
    """`bucket pooled of home_data { pool ...  consumed by ... }` of a share plan.

    Attributes:
        pool: the terms of its size, added up.
        consumers: the services whose usage it takes.
        tiers: what is charged beyond the pool; their bounds count from its end.
    """

    doc: str
    name: Name
    base: Name
    recurring: Recurring | None
    pool: tuple[PoolTerm, ...]
    consumers: tuple[Name, ...]
    priority: Number | None
    tiers: tuple[BucketTier, ...]
    rolls_over: RollOver | None


@dataclass(frozen=True, slots=True)
class SharePlanDeclaration(Node):
    """`share plan fleet_pool "Fleet data pool" { sold as fleet_pool_fee  bucket ... }`."""

    doc: str
    name: Name
    title: Text | None
    sold_as: Name | None
    buckets: tuple[SharedBucket, ...]
