"""Report sums whose terms are in two currencies."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.prices import PriceSum

CODE = codes.MIXED_CURRENCIES

_CATALOG = """\
catalog tiny {
  currencies  USD, EUR
  timezone    "UTC"
}

"""

PAGE = Page(
    what="Two amounts that are joined with `+` are in different currencies.",
    why="What is joined is charged together to one account, which is billed in one currency. "
    "The prices of two currencies are parted by a comma.",
    bad=_CATALOG
    + """\
service setup {
  type   non_recurring
  price  50.00 USD + 45.00 EUR
}
""",
    good=_CATALOG
    + """\
service setup {
  type   non_recurring
  price  50.00 USD, 45.00 EUR
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report the first term of another currency in each sum."""
    for each in resolved.every(PriceSum):
        first = each.money
        for term in each.terms:
            if first is None or term.money is None:
                continue
            if term.money.currency.text != first.currency.text:
                session.report(
                    CODE,
                    f"{first.currency.text} and {term.money.currency.text} are joined in one sum",
                    Label(term.money.currency.span, "another currency"),
                    [Label(first.currency.span, "the sum began in this one")],
                    "part the prices of two currencies with a comma",
                )
                break
