"""Report prices that are set twice for the same case."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.prices import price_lists
from compiler.facts import billable_statuses, frequency_words, price_cells
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.base import Money
from dsl.syntax.services import ServiceDeclaration
from runtime.program.terms import IN_SERVICE

CODE = codes.PRICE_TWICE

PAGE = Page(
    what="Two amounts are given for the same service, frequency, status and currency, or for "
    "the same rate, charge or tier.",
    why="Only one of the two can be billed, and the text does not say which.",
    bad=TINY
    + """\
service access {
  type  recurring
  price monthly 80.00 USD
  price monthly 85.00 USD
}
""",
    good=TINY
    + """\
service access {
  type  recurring
  price monthly  80.00 USD
  price yearly  860.00 USD
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each second amount, and where the first is."""
    for service in resolved.all(ServiceDeclaration):
        seen: dict[tuple[int, str, str], Span] = {}
        for months, status, money in _cells(resolved, service):
            key = (months, status, money.currency.text)
            first = seen.setdefault(key, money.span)
            if first != money.span:
                where = "" if status == IN_SERVICE else f" in `{status}`"
                what = f"the {frequency_words(months)} price of `{service.name.text}`{where}"
                _report(what, money, first, session)
    for prices in price_lists(resolved):
        by_currency: dict[str, Span] = {}
        for money in prices.amounts:
            first = by_currency.setdefault(money.currency.text, money.span)
            if first != money.span:
                _report(prices.what, money, first, session)


def _cells(resolved: Resolved, service: ServiceDeclaration) -> Iterator[tuple[int, str, Money]]:
    """Give each amount by the status it holds in, a price for all as one for each."""
    statuses = billable_statuses(resolved, service) or ()
    for cell in price_cells(service):
        for status in statuses if cell.row is None else (cell.row.status.text,):
            yield cell.months, status, cell.money


def _report(what: str, money: Money, first: Span, session: Session) -> None:
    session.report(
        CODE,
        f"{what} is set twice in {money.currency.text}",
        Label(money.span, "set again here"),
        [Label(first, "set first here")],
        "take one of the two out",
    )
