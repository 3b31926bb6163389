"""Every price expression of a catalog, and what is counted where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.bucket_facts import every_bucket
from compiler.facts import leading_amounts, measure_of
from compiler.price_sets import price_sets
from compiler.resolve.model import Resolved
from dsl.syntax.prices import Price
from dsl.syntax.rates import RateGroupDeclaration, RateRow
from dsl.syntax.services import ServiceDeclaration
from dsl.syntax.usage import UsageClassDeclaration
from runtime.program.terms import Measure


@dataclass(frozen=True, slots=True)
class Place:
    """A price and where it stands.

    Attributes:
        is_usage: it prices usage, else instances of a service or what a rule counts.
        measure: what the usage is measured in; None: not known, or no usage.
        row: the rate it is the price of.
        service: the service it is the price of.
        is_bucket: it is of a bucket's tier.
    """

    price: Price
    is_usage: bool
    measure: Measure | None = None
    row: RateRow | None = None
    service: ServiceDeclaration | None = None
    is_bucket: bool = False


def price_places(resolved: Resolved) -> tuple[Place, ...]:
    """Give the prices of services, whoever's, of bucket tiers and of rates; those in tables too."""
    return resolved.once(_price_places)


def _price_places(resolved: Resolved) -> tuple[Place, ...]:
    return tuple(_each_place(resolved))


def _each_place(resolved: Resolved) -> Iterator[Place]:
    for priced in price_sets(resolved):
        service = priced.service
        for price in priced.recurring_prices:
            if price.price is not None:
                yield Place(price.price, is_usage=False, service=service)
            for row in price.by_status:
                yield Place(row.price, is_usage=False, service=service)
        for one_time in priced.one_time_prices:
            yield Place(one_time.price, is_usage=False, service=service)
        for charge in priced.transition_charges:
            yield Place(charge.price, is_usage=False, service=service)
    for bucket in every_bucket(resolved):
        for tier in bucket.tiers:
            if tier.price is not None:
                yield Place(tier.price, is_usage=True, is_bucket=True)
    for group in resolved.all(RateGroupDeclaration):
        for rate in group.rows:
            declared = resolved.find(rate.usage_class, UsageClassDeclaration)
            measure = None if declared is None else measure_of(declared)
            yield Place(rate.price, is_usage=True, measure=measure, row=rate)


def currencies_of(price: Price) -> tuple[str, ...]:
    """Give the currencies of a price: those of its plain sums, or of its first tier."""
    return tuple(money.currency.text for money in leading_amounts(price))
