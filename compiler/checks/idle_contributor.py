"""Report services that can never fill the pool they are named in."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unsold_share_plan import FLEET, PACKAGE
from compiler.checks.wording import choice
from compiler.facts import (
    billable_statuses,
    lifecycle_statuses,
    possible_statuses,
    service_base,
    status_base,
)
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.services import LifecycleDeclaration, ServiceDeclaration
from dsl.syntax.share_plans import PoolTerm, SharedBucket

CODE = codes.IDLE_CONTRIBUTOR

_STATUSES = """\
service status ready  = non_billable
service status active = billable

lifecycle line {
  order     new -> ready
  activate  ready -> active
}

service device {
  type       recurring
  lifecycle  line
  price monthly 5.00 USD
}

"""
_PLAN = """\
share plan fleet_pool {
  sold as  pool_fee
  bucket pooled of traffic_bucket {
    recurring    monthly
    pool         1 GB per device in %s
    consumed by  sim
    beyond       rated
  }
}

"""

PAGE = Page(
    what="A pool grows with a service in a status that the service never comes to, or that does "
    "not bill; or with a fee, which is never on an account.",
    why="Nothing ever comes of it: the pool stays smaller than the price sheet reads, and the "
    "rest is charged. What does not bill does not fill a pool.",
    bad=TINY + FLEET + _STATUSES + _PLAN % "ready" + PACKAGE,
    good=TINY + FLEET + _STATUSES + _PLAN % "active" + PACKAGE,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such service or status."""
    for bucket in resolved.every(SharedBucket):
        for term in bucket.pool:
            service = resolved.find(term.service, ServiceDeclaration)
            if service is not None and term.service is not None:
                _check_term(resolved, bucket, term, service, session)


def _check_term(
    resolved: Resolved,
    bucket: SharedBucket,
    term: PoolTerm,
    service: ServiceDeclaration,
    session: Session,
) -> None:
    name, at = service.name.text, term.span if term.service is None else term.service.span
    if service_base(resolved, service) == "fee":
        session.report(
            CODE,
            f"the pool `{bucket.name.text}` grows with `{name}`, which is a fee",
            Label(at, "a fee is never on an account"),
            [Label(service.name.span, "the service is declared here")],
            "take it out, or name a service that is sold",
        )
        return
    possible, billable = possible_statuses(resolved, service), billable_statuses(resolved, service)
    if possible is None or billable is None:
        return
    for status in term.statuses:
        if resolved.bound(status) is None or status.text in billable:
            continue
        is_known = status.text in possible
        session.report(
            CODE,
            f"the pool `{bucket.name.text}` grows with `{name}` in `{status.text}`, "
            + ("which does not bill" if is_known else "which it is never in"),
            Label(status.span, "nothing ever comes of it"),
            list(_also(resolved, service)),
            f"take it out, or write {choice(billable)}"
            if billable and service.lifecycle is not None
            else "leave `in` out",
        )
    if not term.statuses and not billable and _bases_are_known(resolved, service):
        session.report(
            CODE,
            f"the pool `{bucket.name.text}` grows with `{name}`, which never bills",
            Label(at, "nothing ever comes of it"),
            list(_also(resolved, service)),
            "take it out, or name a service that bills",
        )


def _bases_are_known(resolved: Resolved, service: ServiceDeclaration) -> bool:
    lifecycle = resolved.find(service.lifecycle, LifecycleDeclaration)
    statuses = None if lifecycle is None else lifecycle_statuses(resolved, lifecycle)
    return statuses is not None and all(status_base(status) for status in statuses)


def _also(resolved: Resolved, service: ServiceDeclaration) -> Iterator[Label]:
    lifecycle = resolved.find(service.lifecycle, LifecycleDeclaration)
    if lifecycle is None:
        yield Label(service.name.span, "it has no lifecycle: it always bills")
    else:
        yield Label(lifecycle.name.span, f"`{service.name.text}` follows this lifecycle")
