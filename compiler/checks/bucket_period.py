"""Report buckets that recur at another frequency than the usage that draws them."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.tier_order import METERED
from compiler.facts import frequency_words
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.buckets import BucketDeclaration
from dsl.syntax.services import ServiceDeclaration

CODE = codes.BUCKET_PERIOD

PAGE = Page(
    what="A bucket that is `recurring yearly`, say, is drawn by a service whose `usage` is "
    "monthly.",
    why="A bucket is filled anew with each usage period of the service, so the two must be the "
    "same.",
    bad=TINY
    + METERED
    + """\
bucket allowance of traffic_bucket {
  recurring    yearly
  up to 50 GB  included
  beyond       rated
}
""",
    good=TINY
    + METERED
    + """\
bucket allowance of traffic_bucket {
  recurring    monthly
  up to 50 GB  included
  beyond       rated
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each bucket at the service's line that draws from it."""
    for service in resolved.all(ServiceDeclaration):
        usage = service.usage
        for name in () if usage is None else usage.buckets:
            bucket = resolved.find(name, BucketDeclaration)
            if usage is None or bucket is None or bucket.recurring is None:
                continue
            if bucket.recurring.frequency.months == usage.frequency.months:
                continue
            due = frequency_words(usage.frequency.months)
            session.report(
                CODE,
                f"the bucket `{bucket.name.text}` is "
                f"{frequency_words(bucket.recurring.frequency.months)}, "
                f"and the usage of `{service.name.text}` is {due}",
                Label(name.span, f"drawn by {due} usage"),
                [
                    Label(bucket.recurring.frequency.span, "the bucket's period"),
                    Label(usage.frequency.span, "the usage's period"),
                ],
                f"write `recurring {due}` in the bucket",
            )
