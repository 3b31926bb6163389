"""Report prices whose tiers do not ascend, or do not end with `beyond`."""

from __future__ import annotations

from decimal import Decimal

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.resolve.units import unit_of
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.prices import Bound, Price

CODE = codes.PRICE_TIERS

PAGE = Page(
    what="A price has no tier, a tier's bound is not above the one before it, `beyond` is missing, "
    "or a tier stands after it. A tier names only its last unit; it starts where the one before "
    "ends.",
    why="A tier that ends below its start holds nothing, and without `beyond` it would be open "
    "what the units behind the last tier cost.",
    bad=TINY
    + """\
service seat {
  type  recurring
  price monthly volume {
    up to 100  4.00 USD
    up to 10   5.00 USD
  }
}
""",
    good=TINY
    + """\
service seat {
  type  recurring
  price monthly graduated {
    up to 10   5.00 USD
    up to 100  4.00 USD
    beyond     3.00 USD
  }
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each tier out of order, and each price without an end."""
    for price in resolved.every(Price):
        if price.mode is None:
            continue
        if not price.tiers:
            session.report(
                CODE,
                f"the {price.mode.text} price has no tier",
                Label(price.mode.span, "nothing is priced"),
                help="write `up to 10  5.00 USD` and `beyond  4.00 USD`, one a line",
            )
            continue
        _check_bounds(resolved, price, session)
        _check_end(price, session)


def steps_of_bound(resolved: Resolved, bound: Bound) -> tuple[str, Decimal] | None:
    """Give what a bound counts and how many steps it is; None where its unit is not known."""
    if bound.unit is None:
        return "count", bound.amount
    unit = unit_of(resolved, bound.unit)
    return None if unit is None else (unit.measure, bound.amount * unit.steps)


def _check_bounds(resolved: Resolved, price: Price, session: Session) -> None:
    before: Bound | None = None
    for tier in price.tiers:
        own = None if tier.upper is None else steps_of_bound(resolved, tier.upper)
        if tier.upper is None or own is None or own[1] == 0:
            continue
        last = None if before is None else steps_of_bound(resolved, before)
        if before is not None and last is not None and last[0] == own[0] and own[1] <= last[1]:
            session.report(
                CODE,
                "a tier ends where it has not yet started",
                Label(tier.upper.span, "not above the bound before it"),
                [Label(before.span, "the tier starts here")],
                "write the tiers from the lowest bound to the highest",
            )
        elif last is None or last[0] == own[0]:
            before = tier.upper


def _check_end(price: Price, session: Session) -> None:
    for ended, after in zip(price.tiers, price.tiers[1:], strict=False):
        if ended.upper is None:
            session.report(
                CODE,
                "a tier stands after `beyond`",
                Label(after.span, "never reached"),
                [Label(ended.span, "holds all that is left")],
                "make `beyond` the last tier",
            )
            return
    last = price.tiers[-1].upper
    if last is not None:
        session.report(
            CODE,
            "it is not said what is charged beyond the last tier",
            Label(last.span, "and beyond this?"),
            help="add `beyond  <amount> <currency>`",
        )
