"""Report sums that charge twice for the same thing."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.prices import PriceSum, PriceTerm

CODE = codes.REPEATED_TERM

PAGE = Page(
    what="Two amounts of one sum are for the same thing: two flat ones, two for each, two "
    "percentages.",
    why="They would be charged together, as one amount is. More likely one of them was meant to "
    "take the other's place, or to be for something else.",
    bad=TINY
    + """\
service setup {
  type   non_recurring
  price  50.00 USD flat + 5.00 USD flat
}
""",
    good=TINY
    + """\
service setup {
  type   non_recurring
  price  50.00 USD flat + 5.00 USD
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such term, and the one before it."""
    for each in resolved.every(PriceSum):
        seen: dict[tuple[object, ...], Span] = {}
        for term in each.terms:
            first = seen.setdefault(_thing(term), term.span)
            if first != term.span:
                session.report(
                    CODE,
                    f"a sum has two amounts {_words(term)}",
                    Label(term.span, "and again here"),
                    [Label(first, "once here")],
                    "take one of the two out, or write one amount for both",
                )


def _thing(term: PriceTerm) -> tuple[object, ...]:
    currency = None if term.money is None else term.money.currency.text
    unit = None if term.unit is None else term.unit.text
    return currency, term.basis.text, unit, None if term.count is None else term.count.value


def _words(term: PriceTerm) -> str:
    match term.basis.text:
        case "bare":
            return "for one instance"
        case "each":
            return "for each"
        case "event":
            return "per event"
        case "amount":
            return "of the event's amount"
        case "flat":
            return "that are flat"
        case basis:
            count = "" if term.count is None else f"{term.count.value:f} "
            unit = "" if term.unit is None else term.unit.text
            return f"per {'block of ' if basis == 'block' else ''}{count}{unit}".rstrip()
