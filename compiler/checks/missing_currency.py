"""Report prices that are not given in each of the catalog's currencies."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from compiler import codes
from compiler.checks.page import Page
from compiler.checks.prices import price_lists
from compiler.checks.wording import amounts, listed
from compiler.facts import catalog_currencies, first_amounts
from compiler.rate_rows import rate_tables
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.tables.rates import CURRENCY_COLUMN, FIT_COLUMNS
from compiler.tables.table import Table
from dsl.diagnostic import Label
from dsl.syntax.prices import Price
from dsl.syntax.rates import RateGroupDeclaration

CODE = codes.MISSING_CURRENCY

_CATALOG = """\
catalog tiny {
  currencies  CAD, USD
  timezone    "UTC"
}

"""

PAGE = Page(
    what="A one-time price, a transition's charge, a rate or a bucket's flat amount lacks one "
    "of the catalog's currencies.",
    why="An account that is billed in that currency would not be charged for it. (For the "
    "recurring prices of what packages sell, see RB204.)",
    bad=_CATALOG
    + """\
service setup {
  type   non_recurring
  price  50.00 CAD
}
""",
    good=_CATALOG
    + """\
service setup {
  type   non_recurring
  price  50.00 CAD, 40.00 USD
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each list that lacks a currency; one with a wrong currency is reported as that."""
    known = catalog_currencies(resolved)
    for prices in price_lists(resolved):
        due = known if prices.due is None else prices.due
        given = [money.currency.text for money in prices.amounts]
        lacking = [code for code in due if code not in given]
        if lacking and prices.must_be_whole and set(given) <= set(known):
            session.report(
                CODE,
                f"{prices.what} is not given in {listed(lacking)}",
                Label(prices.at, f"given in {listed(dict.fromkeys(given))} only"),
                help=f"add `, {amounts(lacking)}`",
            )
    for price in resolved.every(Price):
        _check_tiers(price, known, session)
    for group, table in rate_tables(resolved):
        if table.is_whole and not table.faults:
            _check_table(group, table, known, session)


def _check_tiers(price: Price, due: Sequence[str], session: Session) -> None:
    """Report the tiers that lack a currency of the first one, or have one more."""
    if not price.tiers or any(each.money is None for each in price.tiers[0].sums):
        return
    first = [money.currency.text for money in first_amounts(price.tiers[0].sums)]
    for tier in price.tiers[1:]:
        given = [money.currency.text for money in first_amounts(tier.sums)]
        if any(each.money is None for each in tier.sums) or not set(given) <= set(due):
            continue
        lacking = [code for code in first if code not in given]
        more = [code for code in given if code not in first and code in due]
        if lacking:
            session.report(
                CODE,
                f"a tier is not given in {listed(lacking)}",
                Label(tier.span, f"given in {listed(given)} only"),
                [Label(price.tiers[0].span, f"the first tier is in {listed(first)}")],
                f"add `, {amounts(lacking)}`",
            )
        elif more and set(first) <= set(due):
            session.report(
                CODE,
                f"a tier is given in {listed(more)}, and the first one is not",
                Label(tier.span, f"given in {listed(given)}"),
                [Label(price.tiers[0].span, f"given in {listed(first)} only")],
                f"add `, {amounts(more)}` to the first tier",
            )


MOST_ROWS = 20


def _check_table(
    group: RateGroupDeclaration, table: Table, due: tuple[str, ...], session: Session
) -> None:
    """Report rows that no other row completes for the currencies that are due."""
    if len(due) < 2:
        return
    fits = list(zip(*(table[column] for column in FIT_COLUMNS), strict=True))
    given: dict[tuple[object, ...], list[str]] = {}
    for fit, currency in zip(fits, table[CURRENCY_COLUMN], strict=True):
        given.setdefault(fit, []).append(currency or "")
    wanted = set(due)
    if all(wanted.issubset(each) for each in given.values()):
        return
    lacking = {fit: each for fit, each in given.items() if not wanted.issubset(each)}
    firsts = dict(zip(reversed(fits), range(len(fits) - 1, -1, -1), strict=True))
    for fit in islice(lacking, MOST_ROWS):
        row, codes_given = firsts[fit], dict.fromkeys(lacking[fit])
        missing = [code for code in due if code not in codes_given]
        session.report(
            CODE,
            f"a rate of `{fit[0]}` in `{group.name.text}` is not given in {listed(missing)}",
            Label(table.span(row), f"given in {listed(codes_given)} only"),
            help=f"add a row for it in {listed(missing)}",
        )
