"""Report transitions that leave a canceled status."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import status_base
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.services import LifecycleDeclaration, ServiceStatusDeclaration

CODE = codes.CANCELED_NOT_TERMINAL

_SERVICE = """\

service access {
  type       recurring
  lifecycle  line
}
"""

_STATUSES = """\
service status active    = billable
service status cancelled = canceled

"""

PAGE = Page(
    what="A transition starts at a status whose base is `canceled`.",
    why="Canceled is the end: nothing is billed from that day on, and the last bill has been "
    "settled. What may come back is suspended, or is sold anew.",
    bad=TINY
    + _STATUSES
    + """\
lifecycle line {
  activate    new -> active
  terminate   active -> cancelled
  reactivate  cancelled -> active
}
"""
    + _SERVICE,
    good=TINY
    + _STATUSES
    + """\
lifecycle line {
  activate    new -> active
  terminate   active -> cancelled
}
"""
    + _SERVICE,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each source status that is canceled, and where it is declared so."""
    for lifecycle in resolved.all(LifecycleDeclaration):
        for transition in lifecycle.transitions:
            for source in transition.sources:
                status = resolved.find(source, ServiceStatusDeclaration)
                if status is not None and status_base(status) == "canceled":
                    session.report(
                        CODE,
                        f"the transition `{transition.name.text}` leaves `{source.text}`, "
                        "which is canceled",
                        Label(source.span, "nothing leaves a canceled status"),
                        [Label(status.base.span, f"`{source.text}` is declared canceled here")],
                        "delete it from the transition, or give the status another base",
                    )
