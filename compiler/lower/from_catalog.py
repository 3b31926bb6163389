"""Write the program of a catalog and seal it with its fingerprint."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.catalog.model import Catalog
from compiler.lower import (
    billing,
    buckets,
    commercial,
    counting,
    feeds,
    offers,
    price_books,
    rates,
    services,
    usage,
    zones,
)
from compiler.lower.lines import Lines
from compiler.lower.prices import Prices
from dsl.source import Source
from runtime.program.artifact import seal
from runtime.program.model import FORMAT_VERSION, Currency, Program, SourceLine


def lower(catalog: Catalog, sources: Iterable[Source]) -> Program:
    """Lower a catalog; `sources` are the texts its spans point into."""
    lines = Lines(sources)
    _tables(catalog, lines, ())
    return seal(_tables(catalog, lines, lines.number()))


def _tables(catalog: Catalog, lines: Lines, numbered: tuple[SourceLine, ...]) -> Program:
    prices = Prices(lines)
    recurring_prices = tuple(services.recurring_prices(catalog, lines, prices))
    one_time_prices = tuple(services.one_time_prices(catalog, lines, prices))
    transition_charges = tuple(services.transition_charges(catalog, lines, prices))
    bucket_prices = tuple(buckets.bucket_prices(catalog, lines, prices))
    rated = tuple(rates.rates(catalog, lines, prices))
    return Program(
        format_version=FORMAT_VERSION,
        fingerprint="",
        catalog=catalog.id,
        title=catalog.title,
        timezone=catalog.timezone,
        rounding=catalog.rounding,
        sources=numbered,
        currencies=tuple(
            Currency(code=currency.code, minor_units=currency.minor_units)
            for currency in catalog.currencies
        ),
        service_statuses=tuple(services.service_statuses(catalog, lines)),
        package_statuses=tuple(services.package_statuses(catalog, lines)),
        transitions=tuple(services.transitions(catalog, lines)),
        services=tuple(services.services(catalog, lines)),
        recurring_prices=recurring_prices,
        one_time_prices=one_time_prices,
        transition_charges=transition_charges,
        packages=tuple(offers.packages(catalog, lines)),
        package_frequencies=tuple(offers.package_frequencies(catalog, lines)),
        package_services=tuple(offers.package_services(catalog, lines)),
        counting_rules=tuple(counting.counting_rules(catalog, lines)),
        counted_things=tuple(counting.counted_things(catalog, lines)),
        counted_statuses=tuple(counting.counted_statuses(catalog, lines)),
        units=tuple(feeds.units(catalog, lines)),
        feeds=tuple(feeds.feeds(catalog, lines)),
        usage_classes=tuple(usage.usage_classes(catalog, lines)),
        zone_countries=tuple(zones.zone_countries(catalog)),
        zone_prefixes=tuple(zones.zone_prefixes(catalog)),
        time_bands=tuple(zones.time_bands(catalog, lines)),
        time_band_hours=tuple(zones.time_band_hours(catalog, lines)),
        rate_groups=tuple(rates.rate_groups(catalog, lines)),
        rates=rated,
        rate_plans=tuple(rates.rate_plans(catalog, lines)),
        rate_plan_groups=tuple(rates.rate_plan_groups(catalog, lines)),
        buckets=tuple(buckets.buckets(catalog, lines)),
        bucket_tiers=tuple(buckets.bucket_tiers(catalog, lines)),
        bucket_flats=tuple(buckets.bucket_flats(catalog, lines)),
        bucket_prices=bucket_prices,
        share_plans=tuple(buckets.share_plans(catalog, lines)),
        pool_terms=tuple(buckets.pool_terms(catalog, lines)),
        pool_statuses=tuple(buckets.pool_statuses(catalog)),
        pool_consumers=tuple(buckets.pool_consumers(catalog, lines)),
        service_buckets=tuple(services.service_buckets(catalog, lines)),
        prices=prices.prices,
        price_tiers=prices.tiers,
        price_terms=prices.terms,
        price_books=tuple(price_books.price_books(catalog, lines)),
        price_book_regions=tuple(price_books.price_book_regions(catalog, lines)),
        price_plans=tuple(price_books.price_plans(catalog, lines)),
        package_contracts=tuple(offers.package_contracts(catalog, lines)),
        discounts=tuple(commercial.discounts(catalog, lines)),
        discount_amounts=tuple(commercial.discount_amounts(catalog)),
        discount_uses=tuple(commercial.discount_uses(catalog, lines)),
        contracts=tuple(commercial.contracts(catalog, lines)),
        contract_minimums=tuple(commercial.contract_minimums(catalog, lines)),
        contract_minimum_amounts=tuple(commercial.contract_minimum_amounts(catalog)),
        contract_penalties=tuple(commercial.contract_penalties(catalog, lines)),
        contract_penalty_amounts=tuple(commercial.contract_penalty_amounts(catalog)),
        tax_rates=tuple(billing.tax_rates(catalog, lines)),
        tax_inclusions=tuple(billing.tax_inclusions(catalog, lines)),
        tax_exemptions=tuple(billing.tax_exemptions(catalog, lines)),
        bill_groups=tuple(billing.bill_groups(catalog, lines)),
        invoice_templates=tuple(billing.invoice_templates(catalog, lines)),
        invoice_attachments=tuple(billing.invoice_attachments(catalog, lines)),
        carry_forwards=tuple(billing.carry_forwards(catalog, lines)),
    )
