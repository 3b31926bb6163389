"""Report services that a package sells without a price.

A package is sold in each of its currencies at each of its frequencies, and each of its
recurring services is billed in each billable status: so many prices there must be.  A
service with usage and no recurring price at all is billed for its usage alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import codes
from compiler.checks.page import Page
from compiler.checks.unbillable_price import LINE
from compiler.checks.wording import amounts, listed
from compiler.facts import (
    PriceCell,
    billable_statuses,
    catalog_currencies,
    derived_from,
    frequency_words,
    package_currencies,
    price_cells,
    recurring_prices,
    service_base,
    sold_services,
)
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.base import Name
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.services import Frequency, RecurringPrice, ServiceDeclaration

CODE = codes.MISSING_PRICE

_CATALOG = """\
catalog tiny {
  currencies  CAD, USD
  timezone    "UTC"
}

"""

_PACKAGE = """\

package business {
  bills    monthly
  service  access
}
"""

PAGE = Page(
    what="A package is offered in a currency and at a frequency for which one of its services "
    "has no price in one of its billable statuses.",
    why="The package could be sold, and the service would then be billed nothing. Free is a "
    "price, and is written `0.00 USD`.",
    bad=_CATALOG
    + LINE
    + """\
service access {
  type       recurring
  lifecycle  line
  price monthly {
    active  80.00 CAD
  }
}
"""
    + _PACKAGE,
    good=_CATALOG
    + LINE
    + """\
service access {
  type       recurring
  lifecycle  line
  price monthly {
    active  80.00 CAD, 60.00 USD
  }
}
"""
    + _PACKAGE,
)


@dataclass(frozen=True, slots=True)
class Sale:
    """A service as a package sells it at one frequency.

    `known` are the catalog's currencies; a price in another is reported as such, and not
    a second time as the lack of the one that was meant.
    """

    package: PackageDeclaration
    item: Name
    service: ServiceDeclaration
    frequency: Frequency
    currencies: tuple[str, ...]
    known: frozenset[str]

    @property
    def labels(self) -> tuple[Label, ...]:
        """Where the package asks for the price."""
        name, words = self.package.name.text, frequency_words(self.frequency.months)
        return (
            Label(self.frequency.span, f"the package `{name}` is sold {words}"),
            Label(self.item.span, f"and holds `{self.service.name.text}`"),
        )


def check(resolved: Resolved, session: Session) -> None:
    """Report each missing price once, for the first package that needs it."""
    reported: set[tuple[Span, str]] = set()
    seen: set[tuple[Span, int, tuple[str, ...]]] = set()
    for sale in _sales(resolved):
        asked = (sale.service.span, sale.frequency.months, sale.currencies)
        if asked in seen:  # by an earlier package, and answered there
            continue
        seen.add(asked)
        for finding in _missing(resolved, sale):
            key = (finding.at.span, finding.message)
            if key not in reported:
                reported.add(key)
                session.report(CODE, finding.message, finding.at, sale.labels, finding.help)
    for package in resolved.all(PackageDeclaration):
        for item, service in sold_services(resolved, package):
            _check_one_time(resolved, package, item, service, session)


def _sales(resolved: Resolved) -> Iterator[Sale]:
    known = frozenset(catalog_currencies(resolved))
    for package in resolved.all(PackageDeclaration):
        currencies = package_currencies(resolved, package)
        for item, service in sold_services(resolved, package):
            is_usage_only = service.usage is not None and not recurring_prices(resolved, service)
            if service_base(resolved, service) != "recurring" or is_usage_only:
                continue
            for frequency in package.frequencies:
                yield Sale(package, item, service, frequency, currencies, known)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a sale lacks: the words, the place, and what to write."""

    message: str
    at: Label
    help: str


def _missing(resolved: Resolved, sale: Sale) -> Iterator[Finding]:
    service, months = sale.service, sale.frequency.months
    words = frequency_words(months)
    statuses = billable_statuses(resolved, service)
    if statuses is None or not sale.currencies or resolved.has_lost_prices:
        return
    blocks = [
        one
        for one in recurring_prices(resolved, service)
        if one.frequency.months == months and one.version is None
    ]
    if not blocks:
        yield Finding(
            f"the service `{service.name.text}` has no {words} price",
            Label(service.name.span, f"no `price {words}`"),
            f"add `{_whole_price(service, words, statuses, sale.currencies)}`",
        )
        return
    rows = [
        row
        for block in blocks
        for base in derived_from(resolved, service, block)
        for row in base.by_status
    ]
    if all(not derived_from(resolved, service, block) for block in blocks):
        return  # what they are derived from is not there, and reported
    # A row whose status is a mistake may be the very one that would otherwise be missing.
    has_stray_row = any(resolved.bound(row.status) is None for row in rows)
    cells = [
        cell
        for cell in price_cells(resolved, service)
        if cell.months == months and cell.version is None
    ]
    for status in statuses:
        if not (has_stray_row and all(row.status.text != status for row in rows)):
            own = [cell for cell in cells if cell.row is None or cell.row.status.text == status]
            yield from _missing_in_status(sale, blocks[0], own, status, len(statuses))


def _missing_in_status(
    sale: Sale, block: RecurringPrice, cells: list[PriceCell], status: str, status_count: int
) -> Iterator[Finding]:
    service, months = sale.service, sale.frequency.months
    priced = {cell.money.currency.text for cell in cells}
    lacking = [code for code in sale.currencies if code not in priced]
    words = frequency_words(block.derived.base.months if block.derived else months)
    where = "" if service.lifecycle is None else f" for `{status}`"
    if not cells:
        yield Finding(
            f"the service `{service.name.text}` has no {words} price{where}",
            Label(block.frequency.span, f"no row for `{status}`"),
            f"add `{status}  {amounts(sale.currencies)}`",
        )
    elif lacking and priced <= sale.known:
        cell = cells[0]
        at = cell.row.status.span if cell.row is not None else cell.base.frequency.span
        in_status = where if cell.row is not None or status_count == 1 else ""
        yield Finding(
            f"the service `{service.name.text}` has no {words} {listed(lacking)} price{in_status}",
            Label(at, f"priced in {listed(sorted(priced))} only"),
            f"add `, {amounts(lacking)}`",
        )


def _whole_price(
    service: ServiceDeclaration, words: str, statuses: tuple[str, ...], currencies: tuple[str, ...]
) -> str:
    price = amounts(currencies)
    if service.lifecycle is None:
        return f"price {words}  {price}"
    rows = "; ".join(f"{status}  {price}" for status in statuses)
    return f"price {words} {{ {rows} }}"


def _check_one_time(
    resolved: Resolved,
    package: PackageDeclaration,
    item: Name,
    service: ServiceDeclaration,
    session: Session,
) -> None:
    """Report a non-recurring service that is sold and has no price at all."""
    if service_base(resolved, service) != "non_recurring" or any(
        price.version is None for price in service.one_time_prices
    ):
        return
    session.report(
        CODE,
        f"the service `{service.name.text}` has no price",
        Label(
            service.name.span,
            "no `price` that holds always" if service.one_time_prices else "no `price`",
        ),
        [Label(item.span, f"the package `{package.name.text}` sells it here")],
        f"add `price  {amounts(package_currencies(resolved, package))}`",
    )
