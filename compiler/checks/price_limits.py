"""Report modifiers of a price that contradict each other or leave a currency out."""

from __future__ import annotations

from collections.abc import Sequence

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.price_places import currencies_of
from compiler.checks.wording import amounts, listed
from compiler.facts import catalog_currencies
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Money, Percent
from dsl.syntax.prices import Price
from dsl.syntax.services import DerivedPrice

CODE = codes.PRICE_LIMITS

PAGE = Page(
    what="`at least` is above `at most`, `less` takes off more than everything, or a bound is not "
    "given in each currency of the price.",
    why="No amount keeps both bounds, none is below zero, and in the currency left out the amount "
    "would not be bounded at all.",
    bad=TINY
    + """\
service seat {
  type           recurring
  price monthly  5.00 USD at most 100.00 USD at least 200.00 USD
}
""",
    good=TINY
    + """\
service seat {
  type           recurring
  price monthly  5.00 USD at most 200.00 USD at least 100.00 USD
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such modifier."""
    known = catalog_currencies(resolved)
    for price in resolved.every(Price):
        _check_off(price.off, session)
        own = currencies_of(price) or known
        for words, bounds in (("at most", price.at_most), ("at least", price.at_least)):
            _check_currencies(words, bounds, own, known, session)
        _check_order(price, session)
    for derived in resolved.every(DerivedPrice):
        _check_off(derived.off, session)


def _check_off(off: Percent | None, session: Session) -> None:
    if off is not None and off.value > 100:
        session.report(
            CODE,
            f"{off.value.normalize():f}% is taken off, more than everything",
            Label(off.span, "above 100%"),
            help="write a percentage from 0% to 100%",
        )


def _check_currencies(
    words: str,
    bounds: Sequence[Money],
    own: Sequence[str],
    known: Sequence[str],
    session: Session,
) -> None:
    if not bounds:
        return
    seen: dict[str, Money] = {}
    for money in bounds:
        first = seen.setdefault(money.currency.text, money)
        if first is not money:
            session.report(
                CODE,
                f"`{words}` is given twice in {money.currency.text}",
                Label(money.span, "again here"),
                [Label(first.span, "first here")],
                "take one of the two out",
            )
        elif money.currency.text in known and money.currency.text not in own:
            session.report(
                CODE,
                f"`{words}` is given in {money.currency.text}, and the price is not",
                Label(money.currency.span, f"the price is in {listed(own)}"),
                help="take it out, or add the price",
            )
    lacking = [code for code in own if code in known and code not in seen]
    if lacking and set(seen) <= set(known):
        session.report(
            CODE,
            f"`{words}` is not given in {listed(lacking)}",
            Label(bounds[-1].span, f"given in {listed(seen)} only"),
            help=f"add `, {amounts(lacking)}`",
        )


def _check_order(price: Price, session: Session) -> None:
    most = {money.currency.text: money for money in price.at_most}
    for least in price.at_least:
        highest = most.get(least.currency.text)
        if highest is not None and least.amount > highest.amount:
            session.report(
                CODE,
                f"the amount is at least {least.amount} and at most {highest.amount} "
                f"{least.currency.text}",
                Label(least.span, "above the bound from above"),
                [Label(highest.span, "at most this")],
                "exchange the two",
            )
