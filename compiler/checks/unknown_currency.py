"""Report currency codes that ISO 4217 does not list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler import codes
from compiler.checks.page import Page
from compiler.checks.wording import choice, suggestion
from compiler.facts import amount_currency, the_catalog
from compiler.rate_rows import rate_tables
from compiler.resolve.model import Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from compiler.standards import currency_codes, minor_units
from compiler.tables import rates
from compiler.tables.prices import CURRENCY_COLUMN, price_tables
from dsl.diagnostic import Label
from dsl.syntax.base import Money, Name
from dsl.syntax.feeds import FeedAmount
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.scenarios import TestAccount

CODE = codes.UNKNOWN_CURRENCY

PAGE = Page(
    what="A currency's code is not in ISO 4217, or is one that nothing is priced in (such as "
    "XAU, gold).",
    why="The code decides how many decimals an amount has and in what it is paid.",
    bad="""\
catalog tiny {
  currencies  USD, UER
  timezone    "UTC"
}
""",
    good="""\
catalog tiny {
  currencies  USD, EUR
  timezone    "UTC"
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report unknown codes; one that the catalog itself lists is reported there alone."""
    catalog = the_catalog(resolved)
    own = () if catalog is None else catalog.currencies
    listed = {name.text for name in own}
    elsewhere = (name for name in currency_names(resolved) if name.text not in listed)
    for name in (*own, *elsewhere):
        if minor_units(name.text) is None:
            near = nearest(name.text, listed - {name.text})
            sound = [each.text for each in own if minor_units(each.text) is not None]
            session.report(
                CODE,
                f"`{name.text}` is not a currency of ISO 4217",
                Label(name.span, "no such currency"),
                help=(
                    _parts(name.text, sound)
                    or suggestion(name.text, currency_codes())
                    or (f"write {choice(sound)}" if sound else None)
                    if near is None
                    else f"did you mean `{near}`?"
                ),
            )


_PARTS = frozenset({"c", "ct", "cts", "cent", "cents", "p", "pence"})


def _parts(word: str, listed: Sequence[str]) -> str | None:
    """Say how an amount in parts of a currency is written."""
    code = next(iter(listed), "USD")
    return f"write parts of the currency as decimals: `0.05 {code}`" if word in _PARTS else None


def currency_names(resolved: Resolved) -> Iterator[Name]:
    """Give every currency code outside the catalog's own declaration."""
    for money in resolved.every(Money):
        yield money.currency
    for amount in resolved.every(FeedAmount):
        currency = amount_currency(amount)
        if currency is not None:
            yield currency
    for package in resolved.all(PackageDeclaration):
        yield from package.currencies
    for account in resolved.every(TestAccount):
        if account.currency is not None:
            yield account.currency
    for table in price_tables(resolved.tables):
        yield from table.names(CURRENCY_COLUMN)
    for _, table in rate_tables(resolved):
        yield from table.names(rates.CURRENCY_COLUMN)
