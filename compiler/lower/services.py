"""Statuses, transitions, services and their prices, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.model import Catalog
from compiler.lower.lines import Lines
from compiler.lower.prices import Prices
from runtime.program.buckets import ServiceBucket
from runtime.program.model import Service, Status, Transition
from runtime.program.prices import OneTimePrice, RecurringPrice, TransitionCharge


def service_statuses(catalog: Catalog, lines: Lines) -> Iterator[Status]:
    """Give the service statuses."""
    for status in catalog.service_statuses:
        yield Status(id=status.id, base=status.base, source=lines.id_of(status.span))


def package_statuses(catalog: Catalog, lines: Lines) -> Iterator[Status]:
    """Give the package statuses."""
    for status in catalog.package_statuses:
        yield Status(id=status.id, base=status.base, source=lines.id_of(status.span))


def transitions(catalog: Catalog, lines: Lines) -> Iterator[Transition]:
    """Give one row for each source status of each transition."""
    for lifecycle in catalog.lifecycles:
        for transition in lifecycle.transitions:
            for from_status in transition.sources:
                yield Transition(
                    lifecycle=lifecycle.id,
                    id=transition.id,
                    from_status=from_status,
                    to_status=transition.destination,
                    source=lines.id_of(transition.span),
                )


def services(catalog: Catalog, lines: Lines) -> Iterator[Service]:
    """Give the services."""
    for service in catalog.services:
        usage = service.usage
        yield Service(
            id=service.id,
            title=service.title,
            description=service.description,
            base=service.base,
            type=service.type,
            lifecycle=service.lifecycle,
            tax_class=service.tax_class,
            identifiers=service.identifiers,
            is_active=service.is_active,
            active_from=service.active_from,
            active_until=service.active_until,
            usage_months=None if usage is None else usage.months,
            rate_plan=None if usage is None else usage.rate_plan,
            source=lines.id_of(service.span),
        )


def recurring_prices(catalog: Catalog, lines: Lines, prices: Prices) -> Iterator[RecurringPrice]:
    """Give the recurring prices, one a service, frequency, status and currency."""
    for service in catalog.services:
        for row in service.recurring_prices:
            yield RecurringPrice(
                level="catalog",
                owner=None,
                service=service.id,
                months=row.months,
                status=row.status,
                currency=row.price.currency,
                start=None if row.version is None else row.version.start,
                audience="all" if row.version is None else row.version.audience,
                price=prices.id_of(row.price),
                source=lines.id_of(row.price.span),
            )


def one_time_prices(catalog: Catalog, lines: Lines, prices: Prices) -> Iterator[OneTimePrice]:
    """Give the one-time prices of non-recurring services."""
    for service in catalog.services:
        for row in service.one_time_prices:
            yield OneTimePrice(
                level="catalog",
                owner=None,
                service=service.id,
                currency=row.price.currency,
                start=None if row.version is None else row.version.start,
                audience="all" if row.version is None else row.version.audience,
                price=prices.id_of(row.price),
                source=lines.id_of(row.price.span),
            )


def transition_charges(
    catalog: Catalog, lines: Lines, prices: Prices
) -> Iterator[TransitionCharge]:
    """Give what transitions charge, one row a currency."""
    for service in catalog.services:
        for charge in service.transition_charges:
            for price in charge.prices:
                yield TransitionCharge(
                    level="catalog",
                    owner=None,
                    service=service.id,
                    transition=charge.transition,
                    fee_service=charge.fee_service,
                    currency=price.currency,
                    price=prices.id_of(price),
                    source=lines.id_of(price.span),
                )


def service_buckets(catalog: Catalog, lines: Lines) -> Iterator[ServiceBucket]:
    """Give the buckets each service draws from, in order."""
    for service in catalog.services:
        if service.usage is not None:
            for ordinal, use in enumerate(service.usage.buckets):
                yield ServiceBucket(
                    service=service.id,
                    bucket=use.bucket,
                    ordinal=ordinal,
                    source=lines.id_of(use.span),
                )
