"""Buckets with their base buckets folded in, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.model import Catalog
from compiler.lower.expressions import compile_optional
from compiler.lower.lines import Lines
from compiler.lower.zones import zones_by_name
from runtime.program.buckets import Bucket, BucketFlat, BucketTier


def buckets(catalog: Catalog, lines: Lines) -> Iterator[Bucket]:
    """Give the buckets with their base buckets folded in."""
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
            lasts_months=None,
            lasts_days=None,
            prorate=bucket.prorate,
            priority=0,
            rollover_periods=0,
            rollover_cap=None,
            share_plan=None,
            source=lines.id_of(bucket.span),
        )


def bucket_tiers(catalog: Catalog, lines: Lines) -> Iterator[BucketTier]:
    """Give the buckets' tiers, lowest first."""
    for bucket in catalog.buckets:
        for ordinal, tier in enumerate(bucket.tiers):
            yield BucketTier(
                bucket=bucket.id,
                ordinal=ordinal,
                upper=tier.upper,
                charge=tier.charge,
                source=lines.id_of(tier.span),
            )


def bucket_flats(catalog: Catalog, lines: Lines) -> Iterator[BucketFlat]:
    """Give the flat amounts of the buckets' tiers, one row a currency."""
    for bucket in catalog.buckets:
        for ordinal, tier in enumerate(bucket.tiers):
            for flat in tier.flats:
                yield BucketFlat(
                    bucket=bucket.id,
                    tier=ordinal,
                    currency=flat.currency,
                    amount=flat.amount,
                    source=lines.id_of(flat.span),
                )
