"""Report counting rules that count fees."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import service_base
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.counting import CountingRuleDeclaration
from dsl.syntax.services import ServiceDeclaration

CODE = codes.FEE_COUNTED

_SERVICES = """\
service visit {
  type  fee
}

service line {
  type  recurring
  price monthly 5.00 USD
}

"""

PAGE = Page(
    what="A counting rule counts a service whose type has the base `fee`.",
    why="A fee is charged when something happens; no account ever holds one, so the count "
    "would always be zero.",
    bad=TINY + _SERVICES + "count visits = service line, visit\n",
    good=TINY + _SERVICES + "count lines = service line\n",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each fee in a counting rule."""
    for rule in resolved.all(CountingRuleDeclaration):
        for name in rule.things:
            service = resolved.find(name, ServiceDeclaration)
            if service is not None and service_base(resolved, service) == "fee":
                also = [] if service.type is None else [Label(service.type.span, "its type")]
                session.report(
                    CODE,
                    f"`{rule.name.text}` counts `{name.text}`, which is a fee",
                    Label(name.span, "no account holds a fee"),
                    also,
                    "count the service that charges it",
                )
