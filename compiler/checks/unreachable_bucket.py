"""Warn of buckets that an earlier bucket, which never ends, leaves nothing for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import codes
from compiler.bucket_facts import AnyBucket
from compiler.checks.page import TINY, Page
from compiler.checks.tier_order import METERED
from compiler.checks.wording import quoted
from compiler.resolve.model import Resolved
from compiler.resolve.shape import shape
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.base import Name
from dsl.syntax.buckets import BaseBucketDeclaration, BucketDeclaration, BucketTier
from dsl.syntax.services import ServiceDeclaration
from dsl.syntax.share_plans import SharedBucket

CODE = codes.UNREACHABLE_BUCKET

_BUCKETS = """\
service backup {
  type           recurring
  identified by  gateway
  usage monthly {
    rates   metered
    bucket  allowance
    bucket  extra
  }
}

bucket extra of traffic_bucket {
  recurring    monthly
  up to 10 GB  included
  beyond       rated
}

"""

PAGE = Page(
    what="A bucket that is drawn earlier holds all that this one holds, and its last tier takes "
    "usage without end: it is `included`, or has a price of its own.",
    why="Only a `rated` tier lets usage flow on to the next bucket, so this one is never drawn "
    "from, and what it includes is charged.",
    bad=TINY
    + METERED
    + _BUCKETS
    + """\
bucket allowance of traffic_bucket {
  recurring    monthly
  up to 50 GB  included
  beyond       2.00 USD per GB
}
""",
    good=TINY
    + METERED
    + _BUCKETS
    + """\
bucket allowance of traffic_bucket {
  recurring    monthly
  up to 50 GB  included
  beyond       rated
}
""",
)


@dataclass(frozen=True, slots=True)
class _Use:
    """A bucket that a service draws from: where it is named, and its base bucket."""

    at: Span
    bucket: AnyBucket
    base: BaseBucketDeclaration

    @property
    def order(self) -> tuple[int, bool]:
        """What is certain of when it is drawn: by priority, own before shared."""
        number = self.bucket.priority
        return 0 if number is None else int(number.value), isinstance(self.bucket, SharedBucket)


def check(resolved: Resolved, session: Session) -> None:
    """Warn of each, with an event that the earlier bucket keeps from it."""
    reported: set[Span] = set()
    for service in resolved.all(ServiceDeclaration):
        uses = sorted(_uses(resolved, service), key=lambda each: each.order)
        for number, use in enumerate(uses):
            earlier = next((each for each in uses[:number] if _leaves_nothing(each, use)), None)
            if earlier is not None and use.at not in reported:
                reported.add(use.at)
                _report(service, use, earlier, session)


def _report(service: ServiceDeclaration, use: _Use, earlier: _Use, session: Session) -> None:
    last, name = earlier.bucket.tiers[-1], earlier.bucket.name.text
    session.report(
        CODE,
        f"`{service.name.text}` never draws from the bucket `{use.bucket.name.text}`",
        Label(use.at, f"an event of `{use.base.classes[0].text}` ends in `{name}`"),
        [
            Label(last.span, f"takes all {quoted(each.text for each in use.base.classes)}"),
            Label(use.bucket.name.span, "never reached"),
        ],
        f"write `beyond  rated` in `{name}`, or give this bucket a smaller `priority`",
    )


def _uses(resolved: Resolved, service: ServiceDeclaration) -> Iterator[_Use]:
    """Give the buckets of a service in order of declaration, its own first."""
    named: list[tuple[Name, AnyBucket]] = []
    for name in () if service.usage is None else service.usage.buckets:
        bucket = resolved.find(name, BucketDeclaration)
        if bucket is not None:
            named.append((name, bucket))
    for shared in resolved.every(SharedBucket):
        drawn = (name for name in shared.consumers if name.text == service.name.text)
        named += [(name, shared) for name in drawn]
    for name, each in named:
        base = resolved.find(each.base, BaseBucketDeclaration)
        if base is not None and base.classes:
            yield _Use(name.span, each, base)


def _leaves_nothing(earlier: _Use, use: _Use) -> bool:
    """Tell whether all that a bucket holds is sure to end in one that is drawn before it."""
    first = earlier.bucket
    if isinstance(first, SharedBucket) or not first.tiers or not _takes_all(first.tiers[-1]):
        return False
    if first.one_time is not None and first.one_time.length is not None:
        return False
    if earlier.order == use.order and any(map(_is_one_time, (first, use.bucket))):
        return False  # of two alike the one that ends first is drawn first
    held = {each.text for each in earlier.base.classes}
    where, ours = earlier.base.where, use.base.where
    is_everywhere = where is None or (ours is not None and shape(where) == shape(ours))
    return is_everywhere and held >= {each.text for each in use.base.classes}


def _is_one_time(bucket: AnyBucket) -> bool:
    return isinstance(bucket, BucketDeclaration) and bucket.one_time is not None


def _takes_all(tier: BucketTier) -> bool:
    return tier.upper is None and tier.charge.text != "rated"
