"""Report prices and usage that a service's type does not allow."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import frequency_words, recurring_prices, service_base
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.services import ServiceDeclaration
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
    for service in resolved.all(ServiceDeclaration):
        base = service_base(resolved, service)
        if base is None:
            continue
        if base != "recurring":
            for price in recurring_prices(resolved, service):
                what = f"{frequency_words(price.frequency.months)} price"
                _report(service, base, price.frequency.span, what, session)
            if service.usage is not None:
                _report(service, base, service.usage.frequency.span, USAGE, session)
        if base != "non_recurring":
            for one_time in service.one_time_prices:
                _report(service, base, one_time.span, "one-time price", session)


def _report(
    service: ServiceDeclaration, base: ServiceBase, at: Span, what: str, session: Session
) -> None:
    label = Label(at, f"{_ARTICLES[base]} has no {what}")
    typed = () if service.type is None else (Label(service.type.span, f"its type is {base}"),)
    session.report(
        CODE,
        f"the service `{service.name.text}` is {_ARTICLES[base]}, and has {_with_article(what)}",
        label,
        typed,
        _HELP[base],
    )


def _with_article(what: str) -> str:
    return what if what == USAGE else f"a {what}"


USAGE = "usage"

_ARTICLES: dict[ServiceBase, str] = {
    "recurring": "a recurring service",
    "non_recurring": "a non-recurring service",
    "fee": "a fee",
}

_HELP: dict[ServiceBase, str] = {
    "recurring": "write how often it is charged, `price monthly 6.00 USD`, "
    "or make its type `non_recurring`",
    "non_recurring": "write `price 50.00 USD`, or make its type `recurring`",
    "fee": "set its amount where it is charged: `on <transition> charge <service> 5.00 USD`",
}
