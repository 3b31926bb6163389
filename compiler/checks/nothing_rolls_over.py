"""Report roll-overs of buckets that leave nothing over, or that have no next period."""

from __future__ import annotations

from compiler import codes
from compiler.bucket_facts import AnyBucket, every_bucket
from compiler.checks.page import TINY, Page
from compiler.checks.tier_order import METERED
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.buckets import BucketDeclaration, RollOver
from dsl.syntax.share_plans import SharedBucket

CODE = codes.NOTHING_ROLLS_OVER

PAGE = Page(
    what="A bucket `rolls over` but has no tier that is `included` up to a bound, or it is a "
    "one-time bucket.",
    why="What rolls over is what is left of the included tiers at the end of a period. Without "
    "such a tier nothing is ever left, a tier that is included without bound never ends, and a "
    "one-time bucket has no next period.",
    bad=TINY
    + METERED
    + """\
bucket allowance of traffic_bucket {
  recurring    monthly
  up to 50 GB  9.00 USD flat
  beyond       rated
  rolls over   all for 1 period
}
""",
    good=TINY
    + METERED
    + """\
bucket allowance of traffic_bucket {
  recurring    monthly
  up to 50 GB  included
  beyond       rated
  rolls over   all for 1 period
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such roll-over, and what keeps it from meaning something."""
    for bucket in every_bucket(resolved):
        if bucket.rolls_over is not None:
            _check_bucket(bucket, bucket.rolls_over, session)


def _check_bucket(bucket: AnyBucket, rolls: RollOver, session: Session) -> None:
    name = bucket.name.text
    if isinstance(bucket, BucketDeclaration) and bucket.one_time is not None:
        if bucket.recurring is None:
            session.report(
                CODE,
                f"the one-time bucket `{name}` rolls over",
                Label(rolls.span, "there is no next period"),
                [Label(bucket.one_time.span, "never filled again")],
                "take the line out: what is left stays for as long as the bucket lasts",
            )
        return
    if isinstance(bucket, SharedBucket) or not bucket.tiers:
        return
    if any(tier.charge.text == "included" and tier.upper is not None for tier in bucket.tiers):
        return
    opened = [tier for tier in bucket.tiers if tier.charge.text == "included"]
    session.report(
        CODE,
        f"the bucket `{name}` rolls over, and nothing of it is ever left",
        Label(rolls.span, "nothing to roll over"),
        [
            *(Label(tier.span, "included without end") for tier in opened),
            *([] if opened else [Label(bucket.name.span, "no tier of it is included")]),
        ],
        "take the line out, or include a tier up to a bound",
    )
