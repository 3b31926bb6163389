"""Report price plans whose reason has no words."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import SALE, TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.price_books import PricePlanDeclaration

CODE = codes.EMPTY_REASON

PAGE = Page(
    what="The `reason` of a price plan is empty.",
    why="Why an account pays other prices than the catalog's is kept and shown; who asks years "
    "later finds an answer.",
    bad=TINY
    + SALE
    + """\
price plan acme {
  reason  ""
  service sim monthly  4.00 USD
}
""",
    good=TINY
    + SALE
    + """\
price plan acme {
  reason  "Approved by the deal desk, 2026-01-12"
  service sim monthly  4.00 USD
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each empty reason."""
    for plan in resolved.all(PricePlanDeclaration):
        if plan.reason is not None and not plan.reason.value.strip():
            session.report(
                CODE,
                f"the price plan `{plan.name.text}` gives no reason",
                Label(plan.reason.span, "nobody would know why"),
                help="write who agreed to it, when and why",
            )
