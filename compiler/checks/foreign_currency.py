"""Report amounts in a currency that the catalog does not price in."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unknown_currency import currency_names
from compiler.checks.wording import choice
from compiler.facts import the_catalog
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.standards import minor_units
from dsl.diagnostic import Label

CODE = codes.FOREIGN_CURRENCY

PAGE = Page(
    what="An amount, or a package, names a currency that is not among the catalog's `currencies`.",
    why="No account can be billed in it, so the price would never be used.",
    bad=TINY
    + """\
service setup {
  type   non_recurring
  price  50.00 USD, 45.00 EUR
}
""",
    good="""\
catalog tiny {
  currencies  USD, EUR
  timezone    "UTC"
}

service setup {
  type   non_recurring
  price  50.00 USD, 45.00 EUR
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each use of a currency that is not the catalog's."""
    catalog = the_catalog(resolved)
    if catalog is None or not catalog.currencies:
        return
    own = [name.text for name in catalog.currencies]
    for name in currency_names(resolved):
        if name.text not in own and minor_units(name.text) is not None:
            session.report(
                CODE,
                f"`{name.text}` is not one of the catalog's currencies",
                Label(name.span, "the catalog does not price in it"),
                [Label(catalog.currencies[0].span, "its currencies are listed here")],
                f"write {choice(own)}, or add `{name.text}` to the catalog's currencies",
            )
