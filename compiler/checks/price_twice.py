"""Report prices that are set twice for the same case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.price_places import price_places
from compiler.checks.prices import price_lists
from compiler.facts import (
    PriceCell,
    billable_statuses,
    frequency_words,
    price_cells,
    version_key,
    version_words,
)
from compiler.price_sets import PriceSet, price_sets
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.prices import PriceSum
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
    for priced in price_sets(resolved):
        seen: dict[tuple[object, ...], Span] = {}
        reported: set[Span] = set()
        for status, cell in _cells(resolved, priced):
            key = (cell.months, status, cell.money.currency.text, *version_key(cell.version))
            first = seen.setdefault(key, cell.at)
            if first != cell.at and cell.at not in reported:
                if cell.price.derived is not None:
                    reported.add(cell.at)
                where = "" if status == IN_SERVICE else f" in `{status}`"
                name = f"`{priced.service.name.text}`{where}{priced.whose}"
                what = f"the {frequency_words(cell.months)} price of {name}"
                what += version_words(cell.version)
                _report(what, cell.money.currency.text, cell.at, first, session)
    for place in price_places(resolved):
        if place.price.mode is not None or not place.is_bucket:
            for sums in place.price.lists:
                _check_sums(sums, session)
    for prices in price_lists(resolved):
        by_currency: dict[str, Span] = {}
        for money in prices.amounts:
            first = by_currency.setdefault(money.currency.text, money.span)
            if first != money.span:
                _report(prices.what, money.currency.text, money.span, first, session)


def _check_sums(sums: Sequence[PriceSum], session: Session) -> None:
    """Report a currency that stands twice in one list."""
    firsts: dict[str, PriceSum] = {}
    for each in sums:
        if each.money is None:
            continue
        currency = each.money.currency.text
        first = firsts.setdefault(currency, each)
        if first is not each:
            session.report(
                CODE,
                f"one price is given twice in {currency}",
                Label(each.span, "given again here"),
                [Label(first.span, "given first here")],
                "join with `+` what is charged together, or take one of the two out",
            )


def _cells(resolved: Resolved, priced: PriceSet) -> Iterator[tuple[str, PriceCell]]:
    """Give each amount by the status it holds in, a price for all as one for each."""
    statuses = billable_statuses(resolved, priced.service) or ()
    for cell in price_cells(resolved, priced.service, priced.recurring_prices):
        for status in statuses if cell.row is None else (cell.row.status.text,):
            yield status, cell


def _report(what: str, currency: str, at: Span, first: Span, session: Session) -> None:
    session.report(
        CODE,
        f"{what} is set twice in {currency}",
        Label(at, "set again here"),
        [Label(first, "set first here")],
        "take one of the two out",
    )
