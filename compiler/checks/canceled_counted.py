"""Report counting rules that count in a canceled status."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unbillable_price import LINE
from compiler.checks.uncounted_status import ACCESS
from compiler.facts import status_base
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.counting import CountingRuleDeclaration
from dsl.syntax.services import PackageStatusDeclaration, ServiceStatusDeclaration

CODE = codes.CANCELED_COUNTED

PAGE = Page(
    what="A counting rule counts in a service or package status whose base is `canceled`.",
    why="What is canceled is gone for good: counted, it would move the price for ever after.",
    bad=TINY
    + LINE
    + ACCESS
    + """\

count lines = service access in active, cancelled
""",
    good=TINY
    + LINE
    + ACCESS
    + """\

count lines = service access in ordered, active
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each canceled status, and where it gets its base."""
    for rule in resolved.all(CountingRuleDeclaration):
        for name in (*rule.statuses, *rule.package_statuses):
            status = _status(resolved, name)
            if status is not None and status_base(status) == "canceled":
                session.report(
                    CODE,
                    f"`{rule.name.text}` counts in `{name.text}`, which is canceled",
                    Label(name.span, "what is in this status is gone"),
                    [Label(status.base.span, f"`{name.text}` is declared canceled here")],
                    "take it out",
                )


def _status(
    resolved: Resolved, name: Name
) -> ServiceStatusDeclaration | PackageStatusDeclaration | None:
    of_service = resolved.find(name, ServiceStatusDeclaration)
    return of_service or resolved.find(name, PackageStatusDeclaration)
