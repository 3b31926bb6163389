"""Report prices for statuses that the service's lifecycle does not go through."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unbillable_price import LINE
from compiler.checks.wording import choice
from compiler.facts import lifecycle_statuses, status_base
from compiler.price_sets import PriceSet, price_sets
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.services import LifecycleDeclaration, ServiceStatusDeclaration

CODE = codes.PRICE_OUTSIDE_LIFECYCLE

PAGE = Page(
    what="A price is set for a status that is not in the service's lifecycle, or the service "
    "has no lifecycle and so no statuses.",
    why="The service is never in that status, so the price would never be billed.",
    bad=TINY
    + LINE
    + """\
service status paused = billable

lifecycle pausing {
  start  new -> paused
}

service access {
  type       recurring
  lifecycle  line
  price monthly {
    active  80.00 USD
    paused   5.00 USD
  }
}

service storage {
  type       recurring
  lifecycle  pausing
  price monthly 5.00 USD
}
""",
    good=TINY
    + LINE
    + """\
service access {
  type       recurring
  lifecycle  line
  price monthly {
    active  80.00 USD
  }
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each price for a billable status that the service cannot be in."""
    for priced in price_sets(resolved):
        if priced.service.lifecycle is None:
            _check_without_lifecycle(priced, session)
            continue
        lifecycle = resolved.find(priced.service.lifecycle, LifecycleDeclaration)
        statuses = None if lifecycle is None else lifecycle_statuses(resolved, lifecycle)
        if lifecycle is not None and statuses is not None:
            _check_service(resolved, priced, lifecycle, statuses, session)


def _check_without_lifecycle(priced: PriceSet, session: Session) -> None:
    for price in priced.recurring_prices:
        for row in price.by_status[:1]:
            session.report(
                CODE,
                f"{priced.subject} has prices by status, and no lifecycle",
                Label(row.status.span, f"it is never in `{row.status.text}`"),
                help="add `lifecycle <name>`, or write one price: `price monthly 6.00 USD`",
            )


def _check_service(
    resolved: Resolved,
    priced: PriceSet,
    lifecycle: LifecycleDeclaration,
    statuses: tuple[ServiceStatusDeclaration, ...],
    session: Session,
) -> None:
    reached = {status.name.text for status in statuses}
    billable = [status.name.text for status in statuses if status_base(status) == "billable"]
    for price in priced.recurring_prices:
        for row in price.by_status:
            status = resolved.find(row.status, ServiceStatusDeclaration)
            if status is None or status.name.text in reached or status_base(status) != "billable":
                continue
            session.report(
                CODE,
                f"{priced.subject} has a price in `{status.name.text}`, "
                f"which its lifecycle `{lifecycle.name.text}` never reaches",
                Label(row.status.span, f"not a status of `{lifecycle.name.text}`"),
                [Label(lifecycle.name.span, "the lifecycle is declared here")],
                f"write {choice(billable)}, or add a transition to `{status.name.text}`"
                if billable
                else f"add a transition to `{status.name.text}`",
            )
