"""Buckets with their base buckets folded in, as rows; a service's own, then the shared ones.

The id of a shared bucket is `share_plan.bucket`; its first tier is the pool.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.buckets import BucketTier as Tier
from compiler.catalog.buckets import RollOver
from compiler.catalog.model import Catalog
from compiler.catalog.share_plans import SharedBucket
from compiler.lower.expressions import compile_optional
from compiler.lower.lines import Lines
from compiler.lower.prices import Prices
from compiler.lower.zones import zones_by_name
from runtime.program.buckets import (
    Bucket,
    BucketFlat,
    BucketPrice,
    BucketTier,
    PoolConsumer,
    PoolStatus,
    PoolTerm,
    SharePlan,
)


def buckets(catalog: Catalog, lines: Lines) -> Iterator[Bucket]:
    """Give the buckets, in the order of declaration."""
    zones = zones_by_name(catalog)
    bases = {base.id: base for base in catalog.base_buckets}
    for ordinal, bucket in enumerate(catalog.buckets):
        base = bases[bucket.base]
        yield Bucket(
            id=bucket.id,
            ordinal=ordinal,
            classes=base.classes,
            where=compile_optional(base.where, zones),
            measure=base.unit.measure,
            unit=base.unit.name,
            steps_per_unit=base.unit.steps,
            months=bucket.months,
            lasts_months=bucket.lasts_months,
            lasts_days=bucket.lasts_days,
            prorate=bucket.prorate,
            priority=bucket.priority,
            rollover_periods=_periods(bucket.rolls_over),
            rollover_cap=_cap(bucket.rolls_over),
            source=lines.id_of(bucket.span),
        )
    shared = enumerate(_shared(catalog), len(catalog.buckets))
    for ordinal, (plan, own, pooled) in shared:
        base = bases[pooled.base]
        yield Bucket(
            id=own,
            ordinal=ordinal,
            classes=base.classes,
            where=compile_optional(base.where, zones),
            measure=base.unit.measure,
            unit=base.unit.name,
            steps_per_unit=base.unit.steps,
            months=pooled.months,
            prorate=pooled.prorate,
            priority=pooled.priority,
            rollover_periods=_periods(pooled.rolls_over),
            rollover_cap=_cap(pooled.rolls_over),
            share_plan=plan,
            source=lines.id_of(pooled.span),
        )


def _periods(node: RollOver | None) -> int:
    return 0 if node is None else node.periods


def _cap(node: RollOver | None) -> int | None:
    return None if node is None else node.cap


def _shared(catalog: Catalog) -> Iterator[tuple[str, str, SharedBucket]]:
    """Give each shared bucket with its share plan and its id."""
    for plan in catalog.share_plans:
        for bucket in plan.buckets:
            yield plan.id, f"{plan.id}.{bucket.name}", bucket


def _tiers(catalog: Catalog) -> Iterator[tuple[str, int, Tier]]:
    """Give each tier with its bucket and ordinal; in a shared bucket the pool comes first."""
    for bucket in catalog.buckets:
        for ordinal, tier in enumerate(bucket.tiers):
            yield bucket.id, ordinal, tier
    for _, own, pooled in _shared(catalog):
        for ordinal, tier in enumerate(pooled.tiers, 1):
            yield own, ordinal, tier


def bucket_tiers(catalog: Catalog, lines: Lines) -> Iterator[BucketTier]:
    """Give the buckets' tiers, lowest first, those of each bucket together."""
    pools = {own: pooled for _, own, pooled in _shared(catalog)}
    for bucket, ordinal, tier in _tiers(catalog):
        pooled = pools.pop(bucket, None)
        if pooled is not None:
            source = lines.id_of(pooled.pool[0].span)
            yield BucketTier(bucket=bucket, ordinal=0, upper=None, charge="pool", source=source)
        yield BucketTier(
            bucket=bucket,
            ordinal=ordinal,
            upper=tier.upper,
            charge=tier.charge,
            source=lines.id_of(tier.span),
        )


def bucket_flats(catalog: Catalog, lines: Lines) -> Iterator[BucketFlat]:
    """Give the flat amounts of the buckets' tiers, one row a currency."""
    for bucket, ordinal, tier in _tiers(catalog):
        for flat in tier.flats:
            yield BucketFlat(
                bucket=bucket,
                tier=ordinal,
                currency=flat.currency,
                amount=flat.amount,
                source=lines.id_of(flat.span),
            )


def bucket_prices(catalog: Catalog, lines: Lines, prices: Prices) -> Iterator[BucketPrice]:
    """Give the prices of the buckets' tiers, one row a currency."""
    for bucket, ordinal, tier in _tiers(catalog):
        for price in tier.prices:
            yield BucketPrice(
                bucket=bucket,
                tier=ordinal,
                currency=price.currency,
                price=prices.id_of(price),
                source=lines.id_of(price.span),
            )


def share_plans(catalog: Catalog, lines: Lines) -> Iterator[SharePlan]:
    """Give the share plans."""
    for plan in catalog.share_plans:
        yield SharePlan(
            id=plan.id,
            title=plan.title,
            selling_service=plan.selling_service,
            source=lines.id_of(plan.span),
        )


def pool_terms(catalog: Catalog, lines: Lines) -> Iterator[PoolTerm]:
    """Give what the pools are made of."""
    for _, own, pooled in _shared(catalog):
        for ordinal, term in enumerate(pooled.pool):
            yield PoolTerm(
                bucket=own,
                ordinal=ordinal,
                steps=term.steps,
                service=term.service,
                source=lines.id_of(term.span),
            )


def pool_statuses(catalog: Catalog) -> Iterator[PoolStatus]:
    """Give the statuses in which a term's service fills its pool."""
    for _, own, pooled in _shared(catalog):
        for ordinal, term in enumerate(pooled.pool):
            for status in term.statuses:
                yield PoolStatus(bucket=own, ordinal=ordinal, status=status)


def pool_consumers(catalog: Catalog, lines: Lines) -> Iterator[PoolConsumer]:
    """Give the services that draw from the pools."""
    for _, own, pooled in _shared(catalog):
        for consumer in pooled.consumers:
            yield PoolConsumer(
                bucket=own, service=consumer.service, source=lines.id_of(consumer.span)
            )
