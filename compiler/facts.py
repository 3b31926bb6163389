"""What follows from the text: bases, billable statuses, currencies, frequencies.

Asked by the checks, which must stay silent where a mistake hides the answer (None), and by
the catalog stage, which runs only on what is free of errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from compiler.resolve.model import SERVICE_BASES, STATUS_BASES, Resolved
from compiler.standards import minor_units
from dsl.source import Span
from dsl.syntax.base import Money, Name, Node, QuotedName
from dsl.syntax.catalog import CatalogDeclaration
from dsl.syntax.commercial import ContractDeclaration
from dsl.syntax.feeds import FeedAmount
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.prices import Price, PriceSum, PriceTerm
from dsl.syntax.services import (
    LifecycleDeclaration,
    PackageStatusDeclaration,
    PriceVersion,
    RecurringPrice,
    ServiceDeclaration,
    ServiceStatusDeclaration,
    ServiceTypeDeclaration,
    StatusPrice,
)
from dsl.syntax.usage import UsageClassDeclaration
from runtime.program.terms import IN_SERVICE, Audience, Measure, Proration, ServiceBase, StatusBase
from runtime.program.units import MEASURES

_FREQUENCY_NAMES = {1: "monthly", 3: "quarterly", 6: "semi_annually", 12: "yearly"}
_CURRENCY = re.compile("[A-Z]{3}")

PRORATIONS: Mapping[str, Proration] = MappingProxyType(
    {
        "days": "days",
        "seconds": "seconds",
        "fixed_30": "fixed_30",
        "30/360": "thirty_360",
        "never": "never",
    }
)
"""How part of a period is charged, by what stands behind `prorated`."""

AUDIENCES: Mapping[str, Audience] = MappingProxyType(
    {"new_sales": "new_sales", "renewals": "renewals", "all": "all"}
)
"""Whom a price with a day is for, by what stands behind `for`."""


@dataclass(frozen=True, slots=True)
class PriceCell:
    """One recurring price as written: `row` None where it holds for all billable statuses.

    Attributes:
        price: the statement it is of, a derived one's own.
        base: the statement that its amounts stand in, another one where it is derived.
        written: its expression.
        money: the first amount of its currency.
        at: where it is set: the amount, or the words that derive it.
        version: from when and for whom it holds; None: always.
    """

    price: RecurringPrice
    base: RecurringPrice
    row: StatusPrice | None
    written: Price
    money: Money
    at: Span
    version: PriceVersion | None

    @property
    def months(self) -> int:
        """The price's frequency."""
        return self.price.frequency.months


def frequency_name(months: int) -> str:
    """Name a frequency as the book does: `monthly`, `yearly`, `every_2_months`."""
    return _FREQUENCY_NAMES.get(months, f"every_{months}_months")


def frequency_words(months: int) -> str:
    """Write a frequency as the language does: `monthly`, `every 2 months`."""
    return _FREQUENCY_NAMES.get(months, f"every {months} months")


def is_shared(node: Node) -> bool:
    """Whether it was written in a shared folder, which lies outside the catalog's own."""
    return node.span.path.startswith("../")


def the_catalog(resolved: Resolved) -> CatalogDeclaration | None:
    """Give the folder's catalog declaration, the first where there are several."""
    return next(iter(resolved.all(CatalogDeclaration)), None)


def catalog_currencies(resolved: Resolved) -> tuple[str, ...]:
    """Give the catalog's currencies, as written; empty where they are not known."""
    catalog = the_catalog(resolved)
    if catalog is None:
        return ()
    codes = (name.text for name in catalog.currencies)
    return tuple(dict.fromkeys(code for code in codes if minor_units(code) is not None))


def example_currency(resolved: Resolved) -> str:
    """Give a currency for what a hint shows: the catalog's first."""
    return next(iter(catalog_currencies(resolved)), "USD")


def package_currencies(resolved: Resolved, package: PackageDeclaration) -> tuple[str, ...]:
    """Give the currencies a package is offered in, as far as the catalog has them."""
    known = catalog_currencies(resolved)
    if not package.currencies:
        return known
    own = {name.text for name in package.currencies}
    return tuple(code for code in known if code in own)


def status_base(
    status: ServiceStatusDeclaration | PackageStatusDeclaration,
) -> StatusBase | None:
    """Give a status's base; None where the word after `=` is none."""
    return next((base for base in STATUS_BASES if base == status.base.text), None)


def service_base(resolved: Resolved, service: ServiceDeclaration) -> ServiceBase | None:
    """Give a service's base, through its type; None where that is not known."""
    target = resolved.bound(service.type)
    declared = resolved.find(service.type, ServiceTypeDeclaration)
    if declared is not None:
        return service_type_base(declared)
    word = None if target is None else target.name
    return next((base for base in SERVICE_BASES if base == word), None)


def service_type_base(node: ServiceTypeDeclaration) -> ServiceBase | None:
    """Give the base a service type stands for; None where the word after `=` is none."""
    return next((base for base in SERVICE_BASES if base == node.base.text), None)


def lifecycle_statuses(
    resolved: Resolved, lifecycle: LifecycleDeclaration
) -> tuple[ServiceStatusDeclaration, ...] | None:
    """Give the statuses a lifecycle goes through, in order of first mention.

    None where one of them is poisoned.
    """
    found: dict[str, ServiceStatusDeclaration] = {}
    for name in _status_names(lifecycle):
        if resolved.bound(name) is None:
            return None
        status = resolved.find(name, ServiceStatusDeclaration)
        if status is not None:
            found.setdefault(status.name.text, status)
    return tuple(found.values())


def _status_names(lifecycle: LifecycleDeclaration) -> Iterator[Name]:
    for transition in lifecycle.transitions:
        yield from transition.sources
        yield transition.destination


def possible_statuses(resolved: Resolved, service: ServiceDeclaration) -> tuple[str, ...] | None:
    """Give the statuses a service can be in, in order of first mention; None if not known."""
    if service.lifecycle is None:
        return (IN_SERVICE,)
    lifecycle = resolved.find(service.lifecycle, LifecycleDeclaration)
    statuses = None if lifecycle is None else lifecycle_statuses(resolved, lifecycle)
    return None if statuses is None else tuple(status.name.text for status in statuses)


def billable_statuses(resolved: Resolved, service: ServiceDeclaration) -> tuple[str, ...] | None:
    """Give the statuses a service can bill in, as far as they are known.

    None where its lifecycle is not known at all.  A status whose name or base is a mistake
    is left out: what must be said of the others is true without it.
    """
    if service.lifecycle is None:
        return (IN_SERVICE,)
    lifecycle = resolved.find(service.lifecycle, LifecycleDeclaration)
    if lifecycle is None:
        return None
    return resolved.once(_billable_by_lifecycle)[lifecycle.name.span]


def _billable_by_lifecycle(resolved: Resolved) -> Mapping[Span, tuple[str, ...]]:
    """Give the billable statuses of each lifecycle, by the place of its name."""
    lifecycles = resolved.all(LifecycleDeclaration)
    return {each.name.span: _billable(resolved, each) for each in lifecycles}


def _billable(resolved: Resolved, lifecycle: LifecycleDeclaration) -> tuple[str, ...]:
    statuses = (resolved.find(name, ServiceStatusDeclaration) for name in _status_names(lifecycle))
    billable = (status for status in statuses if status and status_base(status) == "billable")
    return tuple(dict.fromkeys(status.name.text for status in billable))


def recurring_prices(resolved: Resolved, service: ServiceDeclaration) -> tuple[RecurringPrice, ...]:
    """Give the recurring prices of a service, first those of its text, then those of tables."""
    return (*service.recurring_prices, *resolved.table_prices.get(service.name.text, ()))


def derived_from(
    resolved: Resolved, service: ServiceDeclaration, price: RecurringPrice
) -> tuple[RecurringPrice, ...]:
    """Give what a derived price is derived from: all versions; of another, the price itself."""
    if price.derived is None:
        return (price,)
    months = price.derived.base.months
    return tuple(
        base
        for base in recurring_prices(resolved, service)
        if base.derived is None and base.frequency.months == months
    )


def price_cells(
    resolved: Resolved,
    service: ServiceDeclaration,
    prices: tuple[RecurringPrice, ...] | None = None,
) -> Iterator[PriceCell]:
    """Give every recurring price of a service, in the order written; None: the catalog's own."""
    for price in recurring_prices(resolved, service) if prices is None else prices:
        for base in derived_from(resolved, service, price):
            listed: list[tuple[StatusPrice | None, Price]]
            listed = [(row, row.price) for row in base.by_status]
            if base.price is not None:
                listed.append((None, base.price))
            for row, written in listed:
                for money in leading_amounts(written):
                    at = money.span if price.derived is None else price.derived.span
                    yield PriceCell(price, base, row, written, money, at, base.version)


def version_key(version: PriceVersion | None) -> tuple[str, str]:
    """Give what makes a version the same as another: its day and its audience."""
    return ("", "") if version is None else (version.start.value.isoformat(), version.audience.text)


def version_words(version: PriceVersion | None) -> str:
    """Write a version as the language does, behind a blank: ` from 2027-01-01 for all`."""
    if version is None:
        return ""
    audience = version.audience.text.replace("_", " ")
    return f" from {version.start.value.isoformat()} for {audience}"


def terms_of(price: Price) -> Iterator[PriceTerm]:
    """Give every term of a price, in the order written."""
    for sums in price.lists:
        for each in sums:
            yield from each.terms


def leading_amounts(price: Price) -> tuple[Money, ...]:
    """Give the first amount of each currency of a price, a tiered one's of its first tier."""
    return first_amounts(price.leading)


def first_amounts(sums: Iterable[PriceSum]) -> tuple[Money, ...]:
    """Give the first amount of each currency of a list of sums."""
    found: dict[str, Money] = {}
    for each in sums:
        for term in each.terms:
            if term.money is not None:
                found.setdefault(term.money.currency.text, term.money)
    return tuple(found.values())


def sold_services(
    resolved: Resolved, package: PackageDeclaration
) -> Iterator[tuple[Name, ServiceDeclaration]]:
    """Give a package's services with the names that refer to them, the known ones."""
    for item in package.services:
        service = resolved.find(item.service, ServiceDeclaration)
        if service is not None:
            yield item.service, service


def packages_under(
    resolved: Resolved, contract: ContractDeclaration
) -> tuple[PackageDeclaration, ...]:
    """Give the packages whose sales may be under a contract."""
    return resolved.once(_packages_by_contract).get(contract.name.span, ())


def _packages_by_contract(resolved: Resolved) -> Mapping[Span, tuple[PackageDeclaration, ...]]:
    """Give the packages by the place of their contract's name, each package once."""
    found: dict[Span, dict[Span, PackageDeclaration]] = {}
    for package in resolved.all(PackageDeclaration):
        for name in package.contracts:
            contract = resolved.find(name, ContractDeclaration)
            if contract is not None:
                found.setdefault(contract.name.span, {})[package.name.span] = package
    return {contract: tuple(packages.values()) for contract, packages in found.items()}


def rated_services(resolved: Resolved) -> Iterator[tuple[ServiceDeclaration, Name | None]]:
    """Give each service with usage beside each rate plan for it: its own, then packages'."""
    for service in resolved.all(ServiceDeclaration):
        if service.usage is not None:
            yield service, service.usage.rates
    for package in resolved.all(PackageDeclaration):
        for item in package.services:
            own = resolved.find(item.service, ServiceDeclaration)
            if own is not None and own.usage is not None and item.rates is not None:
                yield own, item.rates


def measure_of(node: UsageClassDeclaration) -> Measure | None:
    """Give what a usage class is measured in; None where the word is no measure."""
    return next((measure for measure in MEASURES if measure == node.measure.text), None)


def amount_currency(node: FeedAmount) -> Name | None:
    """Give the currency an amount is in; None where a field holds its code."""
    name = node.currency
    is_code = _CURRENCY.fullmatch(name.text) and not isinstance(name, QuotedName)
    return name if is_code else None
