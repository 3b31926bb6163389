"""Report ways of delivery that there are not."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import choice
from compiler.resolve.model import Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.billing import BillGroupDeclaration

CODE = codes.UNKNOWN_DELIVERY

DELIVERIES = ("email", "offline")

PAGE = Page(
    what="The `deliver` line of a bill group names another way than `email` or `offline`.",
    why="The invoices would not reach anybody.",
    bad=TINY
    + """\
bill group fleets {
  deliver  mail
}
""",
    good=TINY
    + """\
bill group fleets {
  deliver  email
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each unknown way."""
    for group in resolved.all(BillGroupDeclaration):
        if group.delivery is not None and group.delivery.text not in DELIVERIES:
            near = nearest(group.delivery.text, DELIVERIES)
            session.report(
                CODE,
                f"the bill group `{group.name.text}` delivers by `{group.delivery.text}`",
                Label(group.delivery.span, "no such way"),
                help=f"did you mean `{near}`?" if near else f"write {choice(DELIVERIES)}",
            )
