"""Report share plans whose selling service is in no package."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import is_shared, service_base
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.services import ServiceDeclaration
from dsl.syntax.share_plans import SharePlanDeclaration

CODE = codes.UNSOLD_SHARE_PLAN

FLEET = """\
usage class traffic measured in data

rate group traffic_rates {
  traffic  4.00 USD per GB
}

rate plan metered {
  traffic_rates
}

service sim {
  type           recurring
  identified by  imsi
  price monthly 5.00 USD
  usage monthly {
    rates  metered
  }
}

service pool_fee {
  type  recurring
  price monthly 90.00 USD
}

base bucket traffic_bucket {
  classes  traffic
  unit     GB
}

"""

SHARED = """\
share plan fleet_pool {
  sold as  pool_fee
  bucket pooled of traffic_bucket {
    recurring    monthly
    pool         100 GB + 1 GB per sim
    consumed by  sim
    beyond       rated
  }
}

"""

PACKAGE = """\
package fleet {
  bills    monthly
  service  sim
  service  pool_fee
}
"""

PAGE = Page(
    what="No package holds the service that a share plan is `sold as`.",
    why="A share plan is active on an account from when a package with its selling service is "
    "on it. This one never is, so its pools are never drawn and all usage is rated.",
    bad=TINY
    + FLEET
    + SHARED
    + """\
package fleet {
  bills    monthly
  service  sim
}
""",
    good=TINY + FLEET + SHARED + PACKAGE,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such share plan, at the service that sells it."""
    if resolved.is_incomplete(Kind.PACKAGE):
        return
    sold = {
        item.service.text for each in resolved.all(PackageDeclaration) for item in each.services
    }
    for plan in resolved.all(SharePlanDeclaration):
        service = resolved.find(plan.sold_as, ServiceDeclaration)
        if service is None or plan.sold_as is None or is_shared(plan):
            continue
        also = [Label(service.name.span, "the service is declared here")]
        if service_base(resolved, service) == "fee":
            session.report(
                CODE,
                f"the share plan `{plan.name.text}` is sold as a fee",
                Label(plan.sold_as.span, "a fee is charged by transitions, and never sold"),
                also,
                "sell it as a recurring service",
            )
        elif service.name.text not in sold:
            session.report(
                CODE,
                f"the share plan `{plan.name.text}` cannot be sold",
                Label(plan.sold_as.span, "no package holds this service"),
                also,
                f"add `service  {service.name.text}` to a package",
            )
