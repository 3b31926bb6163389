"""Report discounts that take off nothing, or more than there is."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.percent_range import ALL
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.commercial import DiscountTerms

CODE = codes.DISCOUNT_RANGE

PAGE = Page(
    what="A discount is 0%, or takes off nothing, or is above 100%.",
    why="A price is never below zero, so what is above 100% would be lost; most often the point "
    "slipped, or the discount was to be deleted.",
    bad=TINY
    + """\
discount launch = 110% off for 6 periods
""",
    good=TINY
    + """\
discount launch = 11.0% off for 6 periods
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each of them, at the percentage or the amount."""
    for terms in resolved.every(DiscountTerms):
        percent = terms.percent
        if percent is not None and percent.value > ALL:
            session.report(
                CODE,
                f"a discount takes off {percent.value}%",
                Label(percent.span, "more than the whole price"),
                help="write a percentage of at most 100%",
            )
        elif percent is not None and percent.value == 0:
            session.report(
                CODE,
                "a discount takes off 0%",
                Label(percent.span, "changes no price"),
                help="write a percentage above 0%, or delete it",
            )
        for amount in () if terms.override is not None else terms.amounts:
            if amount.amount == 0:
                session.report(
                    CODE,
                    "a discount takes off nothing",
                    Label(amount.span, "changes no price"),
                    help="write an amount above zero; for a price of zero, write `at 0.00 USD`",
                )
