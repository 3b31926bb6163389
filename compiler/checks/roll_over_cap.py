"""Warn of roll-overs that may hold more than their buckets can ever leave over."""

from __future__ import annotations

from decimal import Decimal

from compiler import codes
from compiler.bucket_facts import AnyBucket, every_bucket
from compiler.checks.page import TINY, Page
from compiler.checks.tier_order import METERED
from compiler.resolve.model import Resolved
from compiler.resolve.units import unit_of
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Quantity
from dsl.syntax.share_plans import SharedBucket

CODE = codes.ROLL_OVER_CAP

_BUCKET = """\
bucket allowance of traffic_bucket {
  recurring    monthly
  up to 50 GB  included
  beyond       rated
"""

PAGE = Page(
    what="The amount that rolls over is larger than what the bucket includes in all the periods "
    "it can come from.",
    why="The bound is never met, so `all` says the same; more likely the amount, its unit or the "
    "number of periods is not what was meant.",
    bad=TINY + METERED + _BUCKET + "  rolls over   500 GB for 1 period\n}\n",
    good=TINY + METERED + _BUCKET + "  rolls over   all for 1 period\n}\n",
)


def check(resolved: Resolved, session: Session) -> None:
    """Warn of each, with the most that can be left over as a witness."""
    for bucket in every_bucket(resolved):
        rolls = bucket.rolls_over
        if rolls is None or rolls.cap is None or rolls.periods.value < 1:
            continue
        grant, cap = _grant(resolved, bucket), _steps(resolved, rolls.cap)
        if grant is None or cap is None or grant == 0:
            continue
        most = grant * rolls.periods.value
        if cap > most:
            unit = unit_of(resolved, rolls.cap.unit)
            left = most / Decimal(1 if unit is None else unit.steps)
            session.report(
                CODE,
                f"more may roll over of `{bucket.name.text}` than can ever be left of it",
                Label(rolls.cap.span, f"never more than {left:f} {rolls.cap.unit.text} is left"),
                [Label(bucket.name.span, "by what this bucket includes")],
                f"write `rolls over  all for {rolls.periods.value} "
                f"{'period' if rolls.periods.value == 1 else 'periods'}`",
            )


def _grant(resolved: Resolved, bucket: AnyBucket) -> Decimal | None:
    """Give what a bucket includes in one period, in steps; None where it varies or is unknown."""
    if isinstance(bucket, SharedBucket):
        if any(term.service is not None for term in bucket.pool):
            return None
        sizes = [_steps(resolved, term.size) for term in bucket.pool]
        known = [size for size in sizes if size is not None]
        return sum(known, Decimal(0)) if len(known) == len(sizes) else None
    grant = lower = Decimal(0)
    for tier in bucket.tiers:
        upper = None if tier.upper is None else _steps(resolved, tier.upper)
        if tier.upper is not None and upper is None:
            return None
        if upper is not None and tier.charge.text == "included":
            grant += upper - lower
        lower = lower if upper is None else upper
    return grant


def _steps(resolved: Resolved, quantity: Quantity) -> Decimal | None:
    unit = unit_of(resolved, quantity.unit)
    return None if unit is None else quantity.amount * unit.steps
