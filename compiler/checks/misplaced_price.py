"""Report prices and usage that a service's type does not allow."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import example_currency, frequency_words, service_base
from compiler.price_sets import PriceSet, price_sets
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from runtime.program.terms import ServiceBase

CODE = codes.MISPLACED_PRICE

PAGE = Page(
    what="A service that is not recurring has a price by the month or year, or usage; or one "
    "that is not `non_recurring` has a price charged once.",
    why="A recurring service bills by the period, a non-recurring one when it is sold, a fee "
    "when a transition charges it; any other price would never be billed.",
    bad=TINY
    + """\
service setup {
  type   non_recurring
  price  50.00 USD
  price monthly 5.00 USD
}
""",
    good=TINY
    + """\
service setup {
  type   non_recurring
  price  50.00 USD
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each price that the service's base does not bill."""
    currency = example_currency(resolved)
    for priced in price_sets(resolved):
        base = service_base(resolved, priced.service)
        if base is None:
            continue
        if base != "recurring":
            for price in priced.recurring_prices:
                what = f"{frequency_words(price.frequency.months)} price"
                _report(priced, base, price.frequency.span, what, currency, session)
            usage = priced.service.usage
            if priced.owner is None and usage is not None:
                _report(priced, base, usage.frequency.span, USAGE, currency, session)
        if base != "non_recurring":
            for one_time in priced.one_time_prices:
                _report(priced, base, one_time.span, "one-time price", currency, session)


def _report(
    priced: PriceSet, base: ServiceBase, at: Span, what: str, currency: str, session: Session
) -> None:
    service = priced.service
    label = Label(at, f"{_ARTICLES[base]} has no {what}")
    typed = () if service.type is None else (Label(service.type.span, f"its type is {base}"),)
    session.report(
        CODE,
        f"the service `{service.name.text}` is {_ARTICLES[base]}, and has "
        f"{_with_article(what)}{priced.whose}",
        label,
        typed,
        _USAGE_HELP[base] if what == USAGE else _HELP[base].replace("USD", currency),
    )


def _with_article(what: str) -> str:
    return what if what == USAGE else f"a {what}"


USAGE = "usage"

_ARTICLES: dict[ServiceBase, str] = {
    "recurring": "a recurring service",
    "non_recurring": "a non-recurring service",
    "fee": "a fee",
}

_USAGE_HELP: dict[ServiceBase, str] = {
    "non_recurring": "make its type `recurring`, or give the usage to the service that is used",
    "fee": "give the usage to the service that is used",
}

_HELP: dict[ServiceBase, str] = {
    "recurring": "write how often it is charged, `price monthly 6.00 USD`, "
    "or make its type `non_recurring`",
    "non_recurring": "write `price 50.00 USD`, or make its type `recurring`",
    "fee": "set its amount where it is charged: `on <transition> charge <service> 5.00 USD`",
}
