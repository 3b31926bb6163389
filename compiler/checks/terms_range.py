"""Report payment terms that are not a number of days."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.numbers import is_whole
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.billing import BillGroupDeclaration

CODE = codes.TERMS_RANGE

LONGEST = 3650

PAGE = Page(
    what="Payment terms are not a whole number of days, or are longer than ten years.",
    why="They set the day an invoice is due.",
    bad=TINY
    + """\
bill group business {
  terms  net 7.5 days
}
""",
    good=TINY
    + """\
bill group business {
  terms  net 7 days
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each term that is no such number."""
    for group in resolved.all(BillGroupDeclaration):
        days = group.terms_days
        if days is not None and (not 0 <= days.value <= LONGEST or not is_whole(days.value)):
            session.report(
                CODE,
                f"the bill group `{group.name.text}` has terms of {days.value} days",
                Label(days.span, "not a number of days to pay in"),
                help="write whole days: `net 30 days`",
            )
