"""Report price plans that discount the same thing twice in the same way."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import SALE, TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.price_books import PlanDiscount, PricePlanDeclaration

CODE = codes.DISCOUNT_TWICE

PAGE = Page(
    what="A price plan has two percentages, two amounts or two prices for the same service or "
    "package.",
    why="The text does not say which of them holds, or whether both do.",
    bad=TINY
    + SALE
    + """\
price plan acme {
  reason  "Approved by the deal desk, 2026-01-12"
  service sim  10% off
  service sim  20% off for 6 periods
}
""",
    good=TINY
    + SALE
    + """\
price plan acme {
  reason  "Approved by the deal desk, 2026-01-12"
  service sim  20% off for 6 periods
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each second discount, and where the first is."""
    for plan in resolved.all(PricePlanDeclaration):
        firsts: dict[tuple[str, str], Span] = {}
        for discount in plan.discounts:
            target = _target(discount)
            first = firsts.setdefault((target, _kind(discount)), discount.span)
            if first != discount.span:
                session.report(
                    CODE,
                    f"the price plan `{plan.name.text}` discounts the {target} twice",
                    Label(discount.span, "discounted again here"),
                    [Label(first, "discounted first here")],
                    "take one of the two out",
                )


def _target(node: PlanDiscount) -> str:
    if node.service is not None:
        return f"service `{node.service.text}`"
    return "" if node.package is None else f"package `{node.package.text}`"


def _kind(node: PlanDiscount) -> str:
    if node.terms.percent is not None:
        return "percent"
    return "amount" if node.terms.override is None else "override"
