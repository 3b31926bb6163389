"""Report priorities, periods and lengths of buckets that are not whole numbers they can have."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import codes
from compiler.bucket_facts import AnyBucket, every_bucket
from compiler.checks.page import TINY, Page
from compiler.checks.tier_order import METERED
from compiler.numbers import is_whole
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Number
from dsl.syntax.buckets import BucketDeclaration

CODE = codes.BUCKET_NUMBER

MOST_PRIORITY = 1_000_000
MOST_PERIODS = 120
MOST_MONTHS = 1_200
MOST_DAYS = 36_500

_BUCKET = """\
bucket allowance of traffic_bucket {
  recurring    monthly
  up to 50 GB  included
  beyond       rated
"""

PAGE = Page(
    what=f"A priority is not a whole number up to {MOST_PRIORITY:_}, what is left rolls over for "
    f"no period or for more than {MOST_PERIODS}, or a one-time bucket lasts for no time at all.",
    why="A bucket is drawn before or after another, for so many whole periods, months or days.",
    bad=TINY + METERED + _BUCKET + "  rolls over   2 GB for 0 periods\n}\n",
    good=TINY + METERED + _BUCKET + "  rolls over   2 GB for 1 period\n}\n",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each number that is not whole, or out of its range."""
    for bucket in every_bucket(resolved):
        for what, number, least, most in _numbers(bucket):
            if not is_whole(number.value) or not least <= number.value <= most:
                session.report(
                    CODE,
                    f"{what} of the bucket `{bucket.name.text}` is {number.value}",
                    Label(number.span, f"not a whole number from {least} to {most}"),
                    help=f"write a whole number from {least} to {most}",
                )


def _numbers(bucket: AnyBucket) -> Iterator[tuple[str, Number, int, int]]:
    if bucket.priority is not None:
        yield "the priority", bucket.priority, 0, MOST_PRIORITY
    if bucket.rolls_over is not None:
        yield "the number of periods", bucket.rolls_over.periods, 1, MOST_PERIODS
    if isinstance(bucket, BucketDeclaration) and bucket.one_time is not None:
        life = bucket.one_time
        if life.length is not None and life.unit is not None:
            most = MOST_MONTHS if life.unit.text == "months" else MOST_DAYS
            yield f"the number of {life.unit.text}", life.length, 1, most
