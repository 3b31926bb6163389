"""The program's buckets, and the share plans that pool them over an account tree."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from runtime.program.expressions import Closed, Expression
from runtime.program.terms import Measure


class Bucket(Closed):
    """A usage bucket with its base bucket's classes, location and unit folded in.

    Attributes:
        where: over event attributes.
        months: its period, aligned with the usage periods of the service; None: one time.
        lasts_months, lasts_days: how long a one-time bucket lasts from the day its service
            starts; both None: as long as the service.
        prorate: a partial period's bounds shrink by days.
        priority: the smaller is drawn first; ties by own before shared, earliest end, ordinal.
        rollover_periods: for how many periods what is left of the included tiers stays, used
            before the new grant; 0: not at all.
        rollover_cap: at most so many steps roll over; None: all that is left.
        share_plan: the share plan it belongs to; None: it is a service's own.
        steps_per_unit, unit: for display; tier bounds are in steps.
    """

    id: str
    ordinal: int
    classes: tuple[str, ...]
    where: Expression | None
    measure: Measure
    unit: str
    steps_per_unit: int
    months: int | None
    lasts_months: int | None = None
    lasts_days: int | None = None
    prorate: bool
    priority: int = 0
    rollover_periods: int = 0
    rollover_cap: int | None = None
    share_plan: str | None = None
    source: int


class BucketTier(Closed):
    """A tier `(lower, upper]` of a bucket; upper None: open.

    `included`: costs nothing.  `flat`: costs its BucketFlat once a bucket period, when
    the first unit enters.  `rated`: each unit costs what the event's rate says; a BucketFlat
    besides where it has one.  `priced`: costs what its BucketPrice says of what was drawn in
    it.  `pool`: the first tier of a shared bucket, without a bound of its own: included, and
    as large as its PoolTerms say; the bounds of the tiers behind it count from its end.
    """

    bucket: str
    ordinal: int
    upper: int | None
    charge: Literal["included", "flat", "rated", "priced", "pool"]
    source: int


class BucketFlat(Closed):
    """The flat amount of a tier in one currency."""

    bucket: str
    tier: int
    currency: str
    amount: Decimal
    source: int


class BucketPrice(Closed):
    """The price of what is drawn in a priced tier, counted from the tier's start."""

    bucket: str
    tier: int
    currency: str
    price: int
    source: int


class SharePlan(Closed):
    """Buckets shared over an account tree, from when a package with the selling service is on."""

    id: str
    title: str
    selling_service: str
    source: int


class PoolTerm(Closed):
    """A part of a shared bucket's pool: so many steps, for each contributing instance.

    `service` None: once.  Which of its statuses contribute stands in PoolStatus; a service
    without one contributes in every billable status.
    """

    bucket: str
    ordinal: int
    steps: int
    service: str | None
    source: int


class PoolStatus(Closed):
    """A status in which a service contributes to a pool."""

    bucket: str
    ordinal: int
    status: str


class PoolConsumer(Closed):
    """A service whose usage is drawn from a shared bucket."""

    bucket: str
    service: str
    source: int


class ServiceBucket(Closed):
    """A bucket attached to a service; drawn in order of priority, then ordinal."""

    service: str
    bucket: str
    ordinal: int
    source: int
