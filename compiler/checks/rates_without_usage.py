"""Report packages that rate a service which has no usage."""

from __future__ import annotations

from compiler import codes
from compiler.checks.fixed_month import LINE
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.services import ServiceDeclaration

CODE = codes.RATES_WITHOUT_USAGE

_RATES = """\
usage class data measured in data

rate group web {
  data  0.80 USD per GB
}

rate plan metered {
  web
}

service web_access {
  type           recurring
  identified by  login
  usage monthly {
    rates  metered
  }
}

"""

PAGE = Page(
    what="A package names a rate plan for a service that has no `usage`.",
    why="Nothing of the service is ever rated, so the plan would never be used. The service "
    "needs `usage` with a plan of its own, which the package's then replaces.",
    bad=TINY
    + _RATES
    + LINE
    + """\
package business {
  bills    monthly
  service  line rates metered
}
""",
    good=TINY
    + _RATES
    + LINE
    + """\
package business {
  bills    monthly
  service  line
  service  web_access rates metered
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such rate plan, and where the service is declared."""
    for package in resolved.all(PackageDeclaration):
        for item in package.services:
            service = resolved.find(item.service, ServiceDeclaration)
            if item.rates is not None and service is not None and service.usage is None:
                session.report(
                    CODE,
                    f"the package `{package.name.text}` has rates for `{service.name.text}`, "
                    "which has no usage",
                    Label(item.rates.span, "there is nothing to rate"),
                    [Label(service.name.span, "the service is declared here, without `usage`")],
                    f"take `rates {item.rates.text}` out, or give the service `usage`",
                )
