"""Report transition charges of services that make no transitions."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.price_sets import price_sets
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label

CODE = codes.CHARGE_WITHOUT_LIFECYCLE

_REST = """\
service status active = billable

lifecycle line {
  activate  new -> active
}

service activation {
  type  fee
}

service static_ip {
  type       recurring
  lifecycle  line
}

"""

PAGE = Page(
    what="A service charges a transition but names no `lifecycle`.",
    why="Without a lifecycle it makes no transitions, and the charge would never be billed.",
    bad=TINY
    + _REST
    + """\
service access {
  type  recurring
  on activate charge activation 75.00 USD
}
""",
    good=TINY
    + _REST
    + """\
service access {
  type       recurring
  lifecycle  line
  on activate charge activation 75.00 USD
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each charge that has no lifecycle to happen in."""
    for priced in price_sets(resolved):
        service = priced.service
        if service.lifecycle is not None:
            continue
        for charge in priced.transition_charges:
            session.report(
                CODE,
                f"{priced.subject} charges `{charge.transition.text}`, and has no lifecycle",
                Label(charge.transition.span, "this transition never occurs"),
                [Label(service.name.span, "no `lifecycle` is named here")],
                "add `lifecycle <name>` to the service",
            )
