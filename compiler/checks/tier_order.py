"""Report buckets whose tiers do not ascend, or do not end with `beyond`."""

from __future__ import annotations

from compiler import codes
from compiler.bucket_facts import AnyBucket, every_bucket
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.resolve.units import unit_of
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Quantity

CODE = codes.TIER_ORDER

METERED = """\
usage class traffic measured in data

rate group traffic_rates {
  traffic  4.00 USD per GB
}

rate plan metered {
  traffic_rates
}

service access {
  type           recurring
  identified by  gateway
  usage monthly {
    rates   metered
    bucket  allowance
  }
}

base bucket traffic_bucket {
  classes  traffic
  unit     GB
}

"""

PAGE = Page(
    what="A tier's bound is not above the one before it, `beyond` is missing, or a tier stands "
    "after it. A tier names only its last unit; it starts where the one before ends.",
    why="A tier that ends below its start holds nothing, and without `beyond` it would be open "
    "what happens once the bucket is used up.",
    bad=TINY
    + METERED
    + """\
bucket allowance of traffic_bucket {
  recurring  monthly
  up to 50 GB  included
  up to 20 GB  9.00 USD flat
  beyond       rated
}
""",
    good=TINY
    + METERED
    + """\
bucket allowance of traffic_bucket {
  recurring  monthly
  up to 20 GB  included
  up to 50 GB  9.00 USD flat
  beyond       rated
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each tier out of order, and each bucket without an end."""
    for bucket in every_bucket(resolved):
        _check_bounds(resolved, bucket, session)
        _check_end(bucket, session)


def _check_bounds(resolved: Resolved, bucket: AnyBucket, session: Session) -> None:
    before: Quantity | None = None
    for tier in bucket.tiers:
        unit = None if tier.upper is None else unit_of(resolved, tier.upper.unit)
        if tier.upper is None or unit is None:
            continue
        last = None if before is None else unit_of(resolved, before.unit)
        if before is not None and last is not None and last.measure != unit.measure:
            continue
        floor = before.amount * last.steps if before is not None and last is not None else 0
        if tier.upper.amount * unit.steps <= floor:
            session.report(
                CODE,
                f"a tier of the bucket `{bucket.name.text}` ends where it has not yet started",
                Label(tier.upper.span, "not above the bound before it"),
                () if before is None else [Label(before.span, "the tier starts here")],
                "write the tiers from the lowest bound to the highest",
            )
        else:
            before = tier.upper


def _check_end(bucket: AnyBucket, session: Session) -> None:
    if not bucket.tiers:
        return
    for ended, after in zip(bucket.tiers, bucket.tiers[1:], strict=False):
        if ended.upper is None:
            session.report(
                CODE,
                f"a tier of the bucket `{bucket.name.text}` stands after `beyond`",
                Label(after.span, "never reached"),
                [Label(ended.span, "holds all that is left")],
                "make `beyond` the last tier",
            )
            return
    if bucket.tiers[-1].upper is not None:
        session.report(
            CODE,
            f"the bucket `{bucket.name.text}` does not say what happens beyond its last tier",
            Label(bucket.tiers[-1].upper.span, "and beyond this?"),
            help="add `beyond  rated`",
        )
