"""Report consumers of share plans that have no usage which their buckets hold."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unsold_share_plan import FLEET, PACKAGE
from compiler.checks.wording import quoted
from compiler.facts import rated_services
from compiler.rate_rows import rate_rows, rated_classes
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.buckets import BaseBucketDeclaration
from dsl.syntax.rates import RateGroupDeclaration, RatePlanDeclaration
from dsl.syntax.services import ServiceDeclaration
from dsl.syntax.share_plans import SharedBucket

CODE = codes.IDLE_CONSUMER

_PLAN = """\
share plan fleet_pool {
  sold as  pool_fee
  bucket pooled of traffic_bucket {
    recurring    monthly
    pool         100 GB
"""
_END = """\
    beyond       rated
  }
}

"""

PAGE = Page(
    what="A shared bucket is `consumed by` a service that has no usage, or none of the classes "
    "that the bucket holds.",
    why="Nothing of the service is ever drawn from the pool: what was meant to be shared would "
    "be charged. Most often another service was meant.",
    bad=TINY + FLEET + _PLAN + "    consumed by  sim, pool_fee\n" + _END + PACKAGE,
    good=TINY + FLEET + _PLAN + "    consumed by  sim\n" + _END + PACKAGE,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such consumer, with the classes that it would need."""
    if resolved.is_incomplete(Kind.RATE_GROUP):
        return
    for bucket in resolved.every(SharedBucket):
        base = resolved.find(bucket.base, BaseBucketDeclaration)
        for name in bucket.consumers:
            service = resolved.find(name, ServiceDeclaration)
            if service is not None and base is not None and base.classes:
                _check_consumer(resolved, bucket, base, (name, service), session)


def _check_consumer(
    resolved: Resolved,
    bucket: SharedBucket,
    base: BaseBucketDeclaration,
    consumer: tuple[Name, ServiceDeclaration],
    session: Session,
) -> None:
    name, service = consumer
    held = [each.text for each in base.classes]
    also = [Label(service.name.span, "the service is declared here")]
    if service.usage is None:
        session.report(
            CODE,
            f"`{name.text}` draws from `{bucket.name.text}`, and has no usage",
            Label(name.span, "nothing of it can be drawn"),
            also,
            "take it out, or give the service `usage`",
        )
        return
    rated = _rated_classes(resolved, service)
    if rated is None or rated & set(held):
        return
    session.report(
        CODE,
        f"`{name.text}` draws from `{bucket.name.text}`, and no usage of it is {quoted(held)}",
        Label(name.span, f"an event of `{held[0]}` has no rate here, so it is rejected"),
        [
            *also,
            Label(service.usage.span, f"rates {quoted(sorted(rated))}"),
            Label(base.name.span, "what the bucket holds"),
        ],
        "take it out, or rate what the bucket holds",
    )


def _rated_classes(resolved: Resolved, service: ServiceDeclaration) -> set[str] | None:
    """Give the classes that a service's rate plans have rows for; None where not known."""
    found: set[str] = set()
    for own, rates in rated_services(resolved):
        if own is not service:
            continue
        plan = resolved.find(rates, RatePlanDeclaration)
        if plan is None:
            return None
        for each in plan.groups:
            group = resolved.find(each, RateGroupDeclaration)
            rows = None if group is None else rate_rows(resolved, group)
            if rows is None or not rows.fits:
                return None
            found.update(rated_classes(rows))
    return found or None
