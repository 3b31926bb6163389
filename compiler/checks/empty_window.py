"""Report windows of dates that end on or before the day they start."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Day
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.services import ServiceDeclaration

CODE = codes.EMPTY_WINDOW

PAGE = Page(
    what="A window `from` one day `until` another holds no day: the day after `until` is the "
    "first one outside.",
    why="The package could never be sold, or the service never billed.",
    bad=TINY
    + """\
service visit {
  type    fee
  active  from 2026-06-01 until 2026-01-01
}
""",
    good=TINY
    + """\
service visit {
  type    fee
  active  from 2026-01-01 until 2026-06-01
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each window without a day in it."""
    for service in resolved.all(ServiceDeclaration):
        _report(service.active_from, service.active_until, "active", session)
    for package in resolved.all(PackageDeclaration):
        _report(package.sold_from, package.sold_until, "sold", session)


def _report(start: Day | None, end: Day | None, word: str, session: Session) -> None:
    if start is not None and end is not None and end.value <= start.value:
        session.report(
            CODE,
            f"`{word}` from {start.value} until {end.value} holds no day",
            Label(end.span, "the first day after the window"),
            [Label(start.span, "the first day in it")],
            "write a later day after `until`",
        )
