"""Report prices derived from a frequency that cannot give them."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import choice
from compiler.facts import frequency_words, recurring_prices
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.services import DerivedPrice, RecurringPrice, ServiceDeclaration

CODE = codes.DERIVED_PRICE

PAGE = Page(
    what="A price is derived from one of a frequency that the service has no price of its own "
    "for, or whose months do not go into its own a whole number of times.",
    why="A derived price is so many times the other one, exactly: twelve months make a year, and "
    "no number of half years makes three months.",
    bad=TINY
    + """\
service access {
  type  recurring
  price monthly  5.00 USD
  price yearly derived from quarterly
}
""",
    good=TINY
    + """\
service access {
  type  recurring
  price monthly  5.00 USD
  price yearly derived from monthly
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such price, with what there is to derive it from."""
    for service in resolved.all(ServiceDeclaration):
        for price in service.recurring_prices:
            if price.derived is not None:
                _check_derived(resolved, service, price, price.derived, session)


def _check_derived(
    resolved: Resolved,
    service: ServiceDeclaration,
    price: RecurringPrice,
    derived: DerivedPrice,
    session: Session,
) -> None:
    own, base = price.frequency.months, derived.base.months
    words, base_words = frequency_words(own), frequency_words(base)
    others = [each for each in recurring_prices(resolved, service) if each.derived is None]
    usable = sorted({each.frequency.months for each in others})
    usable = [months for months in usable if months < own and own % months == 0]
    help_ = f"derive it from {choice(map(frequency_words, usable))}" if usable else None
    chained = [
        each
        for each in service.recurring_prices
        if each.derived is not None and each.frequency.months == base
    ]
    if base == own or own % base:
        session.report(
            CODE,
            f"the {words} price of `{service.name.text}` cannot be derived from the "
            f"{base_words} one",
            Label(derived.base.span, _does_not_go(own, base)),
            [Label(price.frequency.span, f"{own} months")],
            help_ or "write its amounts",
        )
    elif all(each.frequency.months != base for each in others):
        if resolved.has_lost_prices:
            return
        session.report(
            CODE,
            f"the {words} price of `{service.name.text}` is derived from a {base_words} price, "
            + ("which is derived itself" if chained else "which it does not have"),
            Label(
                derived.base.span,
                "derived itself" if chained else f"no `price {base_words}` with amounts",
            ),
            [Label(each.derived.span, "here") for each in chained if each.derived is not None],
            help_ or f"add `price {base_words}` with its amounts",
        )


def _does_not_go(own: int, base: int) -> str:
    if base == own:
        return "this is itself"
    return f"{base} months do not make {own}, however often"
