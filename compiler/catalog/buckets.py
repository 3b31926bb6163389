"""Base buckets and buckets."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from compiler.catalog.base import Entity, Money, Unit
from compiler.catalog.expressions import Expression
from compiler.catalog.prices import Price
from dsl.source import Span
from runtime.program.expressions import Closed


class BaseBucket(Entity):
    """Which usage a bucket holds, and in which unit it is shown."""

    classes: tuple[str, ...]
    where: Expression | None
    unit: Unit


class BucketTier(Closed):
    """A tier `(lower, upper]` of a bucket; `upper` in the measure's steps, None: open.

    `flats`: of a `flat` tier, or of a `rated` one besides the rates.  `prices`: of a `priced`
    tier, one a currency.
    """

    upper: int | None
    written: Decimal | None
    unit: Unit | None
    charge: Literal["included", "flat", "rated", "priced"]
    flats: tuple[Money, ...]
    prices: tuple[Price, ...]
    span: Span


class RollOver(Closed):
    """What is left stays for so many periods; `cap` in steps, None: all of it."""

    cap: int | None
    periods: int


class Bucket(Entity):
    """An allowance drawn before usage is rated.

    `months` is its period; None: one time, for `lasts_months` or `lasts_days` from its
    service's start, or as long as that.
    """

    base: str
    months: int | None
    lasts_months: int | None
    lasts_days: int | None
    prorate: bool
    priority: int
    tiers: tuple[BucketTier, ...]
    rolls_over: RollOver | None
