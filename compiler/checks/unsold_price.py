"""Warn of prices and discounts for what no package sells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import listed
from compiler.facts import frequency_words, is_shared, service_base, sold_services
from compiler.price_sets import price_owners
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.base import Name
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.price_books import PricePlanDeclaration
from dsl.syntax.services import ServiceDeclaration

CODE = codes.UNSOLD_PRICE

_SALE = """\
service sim {
  type  recurring
  price monthly 5.00 USD
  price yearly 50.00 USD
}

package fleet {
  bills    monthly
  service  sim
}

"""

PAGE = Page(
    what="A contract, a price book or a price plan sets a price, or a discount, for a service "
    "that no package holds, or at a frequency at which no package that holds it is sold.",
    why="It would never be billed. Most often another service or frequency was meant.",
    bad=TINY
    + _SALE
    + """\
price book partner {
  service sim yearly  45.00 USD
}
""",
    good=TINY
    + _SALE
    + """\
price book partner {
  service sim monthly  4.50 USD
}
""",
)


@dataclass(frozen=True, slots=True)
class _Priced:
    """What a price or a discount is for; `months` None: any frequency."""

    owner: str
    service: Name
    months: int | None
    at: Span


def check(resolved: Resolved, session: Session) -> None:
    """Warn of each; stay silent where a mistake may hide the package that sells it."""
    if resolved.is_incomplete(Kind.PACKAGE):
        return
    sold: dict[str, set[int]] = {}
    for package in resolved.all(PackageDeclaration):
        for _, service in sold_services(resolved, package):
            months = sold.setdefault(service.name.text, set())
            months.update(frequency.months for frequency in package.frequencies)
    for priced in _priced(resolved):
        _check(resolved, priced, sold, session)


def _priced(resolved: Resolved) -> Iterator[_Priced]:
    for owner in price_owners(resolved):
        if is_shared(owner.name):  # another catalog's packages may sell it
            continue
        for entry in owner.entries:
            price = entry.recurring
            months = None if price is None else price.frequency.months
            at = entry.service.span if price is None else price.frequency.span
            yield _Priced(owner.words, entry.service, months, at)
    for plan in resolved.all(PricePlanDeclaration):
        for discount in plan.discounts:
            if discount.service is not None and not is_shared(plan):
                whose = f"the price plan `{plan.name.text}`"
                yield _Priced(whose, discount.service, None, discount.service.span)


def _check(
    resolved: Resolved, priced: _Priced, sold: Mapping[str, set[int]], session: Session
) -> None:
    service = resolved.find(priced.service, ServiceDeclaration)
    if service is None or service_base(resolved, service) in {None, "fee"}:
        return  # reported elsewhere, or no price of a fee's own
    name, found = service.name.text, sold.get(service.name.text)
    if found is None:
        session.report(
            CODE,
            f"{priced.owner} prices `{name}`, which no package sells",
            Label(priced.service.span, "in no package"),
            [Label(service.name.span, "the service is declared here")],
            "put the service into a package, or delete the line",
        )
    elif priced.months is not None and priced.months not in found:
        words = frequency_words(priced.months)
        session.report(
            CODE,
            f"{priced.owner} prices `{name}` {words}, and no package sells it so",
            Label(priced.at, f"sold {listed(frequency_words(each) for each in sorted(found))}"),
            help="price it at a frequency at which it is sold, or delete the line",
        )
