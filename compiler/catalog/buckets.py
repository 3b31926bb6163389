"""Base buckets and buckets."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from compiler.catalog.base import Entity, Money, Unit
from compiler.catalog.expressions import Expression
from dsl.source import Span
from runtime.program.expressions import Closed


class BaseBucket(Entity):
    """Which usage a bucket holds, and in which unit it is shown."""

    classes: tuple[str, ...]
    where: Expression | None
    unit: Unit


class BucketTier(Closed):
    """A tier `(lower, upper]` of a bucket; `upper` in the measure's steps, None: open."""

    upper: int | None
    written: Decimal | None
    unit: Unit | None
    charge: Literal["included", "flat", "rated"]
    flats: tuple[Money, ...]
    span: Span


class Bucket(Entity):
    """An allowance drawn before usage is rated; `months` is its period."""

    base: str
    months: int
    prorate: bool
    tiers: tuple[BucketTier, ...]
