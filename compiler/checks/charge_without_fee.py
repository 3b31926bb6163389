"""Report transitions charged by a service whose type is not a fee."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unbillable_price import LINE
from compiler.facts import service_base
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.services import ServiceDeclaration

CODE = codes.CHARGE_WITHOUT_FEE

_ACCESS = """\
service access {
  type       recurring
  lifecycle  line
  on activate charge activation 75.00 USD
}

"""

PAGE = Page(
    what="`on <transition> charge <service>` names a service whose type is not on the base `fee`.",
    why="A charge that a transition makes happens once each time; a recurring service bills "
    "by the period.",
    bad=TINY
    + LINE
    + _ACCESS
    + """\
service activation {
  type  recurring
}
""",
    good=TINY
    + LINE
    + _ACCESS
    + """\
service activation {
  type  fee
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each charge by another than a fee service."""
    for service in resolved.all(ServiceDeclaration):
        for charge in service.transition_charges:
            charged = resolved.find(charge.service, ServiceDeclaration)
            base = None if charged is None else service_base(resolved, charged)
            if charged is None or charged.type is None or base is None or base == "fee":
                continue
            session.report(
                CODE,
                f"`{charged.name.text}` cannot charge a transition, for it is not a fee",
                Label(charge.service.span, f"its base is {base}"),
                [Label(charged.type.span, f"`{charged.name.text}` has its type here")],
                "charge it as a service of type `fee`",
            )
