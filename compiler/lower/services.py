"""Statuses, transitions, services and their prices, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.catalog import services as typed
from compiler.catalog.model import Catalog
from compiler.catalog.price_books import PriceSet
from compiler.lower.lines import Lines
from compiler.lower.prices import Prices
from runtime.program.buckets import ServiceBucket
from runtime.program.model import Service, Status, Transition
from runtime.program.prices import OneTimePrice, RecurringPrice, TransitionCharge
from runtime.program.terms import Level


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


@dataclass(frozen=True, slots=True)
class _Owned:
    """The prices of one service, and whose they are; owner None: the catalog's own."""

    level: Level
    owner: str | None
    service: str
    prices: typed.Service | PriceSet


def _owned(catalog: Catalog) -> Iterator[_Owned]:
    for service in catalog.services:
        yield _Owned("catalog", None, service.id, service)
    for one in catalog.price_sets:
        yield _Owned(one.level, one.owner, one.service, one)


def recurring_prices(catalog: Catalog, lines: Lines, prices: Prices) -> Iterator[RecurringPrice]:
    """Give the recurring prices, one an owner, service, frequency, status and currency."""
    for owned in _owned(catalog):
        for row in owned.prices.recurring_prices:
            yield RecurringPrice(
                level=owned.level,
                owner=owned.owner,
                service=owned.service,
                months=row.months,
                status=row.status,
                currency=row.price.currency,
                start=None if row.version is None else row.version.start,
                audience="all" if row.version is None else row.version.audience,
                price=prices.id_of(row.price),
                source=lines.id_of(row.price.span),
            )


def one_time_prices(catalog: Catalog, lines: Lines, prices: Prices) -> Iterator[OneTimePrice]:
    """Give the one-time prices of non-recurring services, one an owner and currency."""
    for owned in _owned(catalog):
        for row in owned.prices.one_time_prices:
            yield OneTimePrice(
                level=owned.level,
                owner=owned.owner,
                service=owned.service,
                currency=row.price.currency,
                start=None if row.version is None else row.version.start,
                audience="all" if row.version is None else row.version.audience,
                price=prices.id_of(row.price),
                source=lines.id_of(row.price.span),
            )


def transition_charges(
    catalog: Catalog, lines: Lines, prices: Prices
) -> Iterator[TransitionCharge]:
    """Give what transitions charge, one row an owner and currency."""
    for owned in _owned(catalog):
        for charge in owned.prices.transition_charges:
            for price in charge.prices:
                yield TransitionCharge(
                    level=owned.level,
                    owner=owned.owner,
                    service=owned.service,
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
