"""Statuses, lifecycles, types and services of a resolved catalog."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from compiler.catalog.base import Money
from compiler.catalog.known import known, optional_target, target_name
from compiler.catalog.prices import Price
from compiler.catalog.prices_from_resolved import multiplied, prices_of
from compiler.catalog.services import (
    BucketUse,
    Lifecycle,
    OneTimePrice,
    PackageStatus,
    PriceVersion,
    RecurringPrice,
    Service,
    ServiceStatus,
    ServiceType,
    ServiceUsage,
    Transition,
    TransitionCharge,
)
from compiler.facts import (
    AUDIENCES,
    billable_statuses,
    derived_from,
    recurring_prices,
    service_base,
    service_type_base,
    status_base,
)
from compiler.resolve.model import Resolved
from dsl.syntax import base as syntax
from dsl.syntax.services import (
    LifecycleDeclaration,
    PackageStatusDeclaration,
    ServiceDeclaration,
    ServiceStatusDeclaration,
    ServiceTypeDeclaration,
)
from dsl.syntax.services import OneTimePrice as OneTimePriceNode
from dsl.syntax.services import PriceVersion as PriceVersionNode
from dsl.syntax.services import RecurringPrice as RecurringPriceNode
from dsl.syntax.services import TransitionCharge as TransitionChargeNode


def money(node: syntax.Money) -> Money:
    """Type an amount; its currency is one of the catalog's."""
    return Money(amount=node.amount, currency=node.currency.text, span=node.span)


def service_statuses(resolved: Resolved) -> tuple[ServiceStatus, ...]:
    """Give the service statuses, in order."""
    return tuple(
        ServiceStatus(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            base=known(status_base(node), f"status `{node.name.text}`"),
        )
        for node in resolved.all(ServiceStatusDeclaration)
    )


def package_statuses(resolved: Resolved) -> tuple[PackageStatus, ...]:
    """Give the package statuses, in order."""
    return tuple(
        PackageStatus(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            base=known(status_base(node), f"package status `{node.name.text}`"),
        )
        for node in resolved.all(PackageStatusDeclaration)
    )


def lifecycles(resolved: Resolved) -> tuple[Lifecycle, ...]:
    """Give the lifecycles, each with its transitions as written."""
    return tuple(
        Lifecycle(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            transitions=tuple(
                Transition(
                    id=transition.name.text,
                    description=transition.doc,
                    sources=tuple(target_name(resolved, name) for name in transition.sources),
                    destination=target_name(resolved, transition.destination),
                    span=transition.name.span,
                )
                for transition in node.transitions
            ),
        )
        for node in resolved.all(LifecycleDeclaration)
    )


def service_types(resolved: Resolved) -> tuple[ServiceType, ...]:
    """Give the service types, in order."""
    return tuple(
        ServiceType(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            base=known(service_type_base(node), f"service type `{node.name.text}`"),
        )
        for node in resolved.all(ServiceTypeDeclaration)
    )


def services(resolved: Resolved) -> tuple[Service, ...]:
    """Give the services, in order, their prices one a status."""
    return tuple(_service(resolved, node) for node in resolved.all(ServiceDeclaration))


def _service(resolved: Resolved, node: ServiceDeclaration) -> Service:
    return Service(
        id=node.name.text,
        description=node.doc,
        span=node.name.span,
        title=node.name.text if node.title is None else node.title.value,
        type=target_name(resolved, known(node.type, f"the type of `{node.name.text}`")),
        base=known(service_base(resolved, node), f"the base of `{node.name.text}`"),
        lifecycle=optional_target(resolved, node.lifecycle),
        tax_class=optional_target(resolved, node.tax),
        identifiers=tuple(name.text for name in node.identified_by),
        is_active=node.inactive is None,
        active_from=None if node.active_from is None else node.active_from.value,
        active_until=None if node.active_until is None else node.active_until.value,
        recurring_prices=typed_recurring(resolved, node, recurring_prices(resolved, node)),
        one_time_prices=typed_one_time(resolved, node.one_time_prices),
        transition_charges=typed_charges(resolved, node.transition_charges),
        usage=_usage(resolved, node),
    )


def typed_recurring(
    resolved: Resolved, service: ServiceDeclaration, prices: tuple[RecurringPriceNode, ...]
) -> tuple[RecurringPrice, ...]:
    """Type recurring prices of a service, whoever's they are: one a status and currency."""
    billable = known(billable_statuses(resolved, service), f"statuses of `{service.name.text}`")
    return tuple(
        row if price.derived is None else _derived(row, price, base)
        for price in prices
        for base in derived_from(resolved, service, price)
        for row in _rows(resolved, base, billable)
    )


def typed_one_time(
    resolved: Resolved, prices: tuple[OneTimePriceNode, ...]
) -> tuple[OneTimePrice, ...]:
    """Type one-time prices: one a currency."""
    return tuple(
        OneTimePrice(version=_version(each.version), price=price)
        for each in prices
        for price in prices_of(resolved, each.price)
    )


def typed_charges(
    resolved: Resolved, charges: tuple[TransitionChargeNode, ...]
) -> tuple[TransitionCharge, ...]:
    """Type what transitions charge."""
    return tuple(
        TransitionCharge(
            transition=charge.transition.text,
            fee_service=target_name(resolved, charge.service),
            prices=prices_of(resolved, charge.price),
            span=charge.span,
        )
        for charge in charges
    )


def _rows(
    resolved: Resolved, written: RecurringPriceNode, billable: tuple[str, ...]
) -> Iterator[RecurringPrice]:
    months, version = written.frequency.months, _version(written.version)

    def row(status: str, price: Price) -> RecurringPrice:
        return RecurringPrice(months=months, status=status, version=version, price=price)

    if written.price is not None:
        for price in prices_of(resolved, written.price):
            yield from (row(status, price) for status in billable)
    for each in written.by_status:
        status = target_name(resolved, each.status)
        yield from (row(status, price) for price in prices_of(resolved, each.price))


def _derived(
    row: RecurringPrice, price: RecurringPriceNode, base: RecurringPriceNode
) -> RecurringPrice:
    """Multiply a price by how often its period goes into the derived one, less what is off."""
    derived = known(price.derived, "what a price is derived from")
    times = price.frequency.months // base.frequency.months
    off = Decimal(0) if derived.off is None else derived.off.value
    return RecurringPrice(
        months=price.frequency.months,
        status=row.status,
        version=row.version,
        price=multiplied(row.price, times, off, derived.span),
    )


def _version(node: PriceVersionNode | None) -> PriceVersion | None:
    if node is None:
        return None
    return PriceVersion(start=node.start.value, audience=AUDIENCES[node.audience.text])


def _usage(resolved: Resolved, node: ServiceDeclaration) -> ServiceUsage | None:
    if node.usage is None:
        return None
    rates = known(node.usage.rates, f"the rate plan of `{node.name.text}`")
    return ServiceUsage(
        months=node.usage.frequency.months,
        rate_plan=target_name(resolved, rates),
        buckets=tuple(
            BucketUse(bucket=target_name(resolved, name), span=name.span)
            for name in node.usage.buckets
        ),
    )
