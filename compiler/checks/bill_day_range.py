"""Report bill days that are not a day of the month."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.numbers import is_whole
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.billing import BillGroupDeclaration

CODE = codes.BILL_DAY_RANGE

LAST = 31

PAGE = Page(
    what="A bill day is not a whole number from 1 to 31.",
    why="Bills are made on that day of the month; where the month is shorter, on its last day.",
    bad=TINY
    + """\
bill group business {
  bill day  32
}
""",
    good=TINY
    + """\
bill group business {
  bill day  31
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each bill day out of range."""
    for group in resolved.all(BillGroupDeclaration):
        day = group.bill_day
        if day is not None and (not 1 <= day.value <= LAST or not is_whole(day.value)):
            session.report(
                CODE,
                f"the bill group `{group.name.text}` has the bill day {day.value}",
                Label(day.span, "not a day of the month"),
                help="write a day from 1 to 31; 31 is the last day of every month",
            )
