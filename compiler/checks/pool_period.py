"""Report shared buckets that recur at another frequency than what they are sold with."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unsold_share_plan import FLEET, PACKAGE
from compiler.facts import frequency_words
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.services import Frequency, ServiceDeclaration
from dsl.syntax.share_plans import SharePlanDeclaration

CODE = codes.POOL_PERIOD

_PLAN = """\
share plan fleet_pool {
  sold as  pool_fee
  bucket pooled of traffic_bucket {
    recurring    monthly
    pool         100 GB
    consumed by  sim
    beyond       rated
  }
  bucket reserve of traffic_bucket {
    recurring    %s
    pool         100 GB
    consumed by  sim
    beyond       rated
  }
}

"""

PAGE = Page(
    what="Two shared buckets that are sold as one service recur at different frequencies, or at "
    "another than the usage of that service.",
    why="The pools of a share plan are filled anew with the usage periods of the account service "
    "that sells it, and that has one row of periods.",
    bad=TINY + FLEET + _PLAN % "yearly" + PACKAGE,
    good=TINY + FLEET + _PLAN % "monthly" + PACKAGE,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each frequency that is not the first of its selling service."""
    first: dict[Span, Frequency] = {}
    for service in resolved.all(ServiceDeclaration):
        if service.usage is not None:
            first[service.name.span] = service.usage.frequency
    for plan in resolved.all(SharePlanDeclaration):
        seller = resolved.find(plan.sold_as, ServiceDeclaration)
        for bucket in plan.buckets:
            if bucket.recurring is None or seller is None:
                continue
            own = bucket.recurring.frequency
            known = first.setdefault(seller.name.span, own)
            if known.months != own.months:
                due = frequency_words(known.months)
                session.report(
                    CODE,
                    f"the pool `{bucket.name.text}` is {frequency_words(own.months)}, and what "
                    f"`{seller.name.text}` sells is {due}",
                    Label(own.span, f"other than {due}"),
                    [Label(known.span, "the period of its selling service")],
                    f"write `recurring  {due}`",
                )
