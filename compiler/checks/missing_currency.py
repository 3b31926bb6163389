"""Report prices that are not given in each of the catalog's currencies."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import Page
from compiler.checks.prices import price_lists
from compiler.checks.wording import amounts, listed
from compiler.facts import catalog_currencies
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label

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
    due = catalog_currencies(resolved)
    for prices in price_lists(resolved):
        given = [money.currency.text for money in prices.amounts]
        lacking = [code for code in due if code not in given]
        if lacking and set(given) <= set(due):
            session.report(
                CODE,
                f"{prices.what} is not given in {listed(lacking)}",
                Label(prices.at, f"given in {listed(dict.fromkeys(given))} only"),
                help=f"add `, {amounts(lacking)}`",
            )
