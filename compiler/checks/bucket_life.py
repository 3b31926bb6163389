"""Report buckets that are both one-time and recurring."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.tier_order import METERED
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.buckets import BucketDeclaration

CODE = codes.BUCKET_LIFE

_TIERS = """\
  up to 50 GB  included
  beyond       rated
}
"""

PAGE = Page(
    what="A bucket says `recurring` and `one time`.",
    why="A recurring bucket is filled anew with each usage period, a one-time bucket never "
    "again: the two would charge for other usage.",
    bad=TINY
    + METERED
    + "bucket allowance of traffic_bucket {\n  recurring    monthly\n  one time     for 90 days\n"
    + _TIERS,
    good=TINY
    + METERED
    + "bucket allowance of traffic_bucket {\n  one time     for 90 days\n"
    + _TIERS,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each, at what was said second."""
    for bucket in resolved.all(BucketDeclaration):
        if bucket.recurring is None or bucket.one_time is None:
            continue
        both = (bucket.recurring, bucket.one_time)
        first, second = sorted(both, key=lambda each: each.span.start)
        session.report(
            CODE,
            f"the bucket `{bucket.name.text}` is both one-time and recurring",
            Label(second.span, "says otherwise"),
            [Label(first.span, "said here")],
            "take one of the two out",
        )
