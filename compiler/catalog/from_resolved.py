"""Build the catalog from what was resolved and found free of errors."""

from __future__ import annotations

from compiler.catalog.base import Currency
from compiler.catalog.billing_from_resolved import bill_groups, taxes
from compiler.catalog.buckets_from_resolved import base_buckets, buckets
from compiler.catalog.commercial_from_resolved import contracts, discounts
from compiler.catalog.counting_from_resolved import counting_rules
from compiler.catalog.feeds_from_resolved import custom_units, feeds
from compiler.catalog.known import known
from compiler.catalog.model import Catalog
from compiler.catalog.offers_from_resolved import packages
from compiler.catalog.price_books_from_resolved import price_books, price_plans, price_sets
from compiler.catalog.rates_from_resolved import rate_groups, rate_plans
from compiler.catalog.services_from_resolved import (
    lifecycles,
    package_statuses,
    service_statuses,
    service_types,
    services,
)
from compiler.catalog.share_plans_from_resolved import share_plans
from compiler.catalog.usage_from_resolved import (
    usage_class_types,
    usage_classes,
)
from compiler.catalog.zones_from_resolved import time_bands, zone_tables, zones
from compiler.facts import the_catalog
from compiler.resolve.model import Resolved
from compiler.standards import minor_units


def catalog_of(resolved: Resolved) -> Catalog:
    """Build the catalog; raise CompilerFault where a check let a mistake through."""
    node = known(the_catalog(resolved), "the catalog")
    rounding = None if node.rounding is None else node.rounding.text
    return Catalog(
        id=node.name.text,
        description=node.doc,
        span=node.name.span,
        title=node.name.text if node.title is None else node.title.value,
        currencies=tuple(
            Currency(
                code=name.text,
                minor_units=known(minor_units(name.text), f"the currency `{name.text}`"),
                span=name.span,
            )
            for name in node.currencies
        ),
        timezone=known(node.timezone, "the catalog's time zone").value,
        rounding="half_even" if rounding == "half_even" else "half_up",
        bill_groups=bill_groups(resolved),
        taxes=taxes(resolved),
        service_statuses=service_statuses(resolved),
        package_statuses=package_statuses(resolved),
        lifecycles=lifecycles(resolved),
        service_types=service_types(resolved),
        services=services(resolved),
        units=custom_units(resolved),
        feeds=feeds(resolved),
        usage_class_types=usage_class_types(resolved),
        usage_classes=usage_classes(resolved),
        zones=zones(resolved),
        zone_tables=zone_tables(resolved),
        time_bands=time_bands(resolved),
        rate_groups=rate_groups(resolved),
        rate_plans=rate_plans(resolved),
        base_buckets=base_buckets(resolved),
        buckets=buckets(resolved),
        share_plans=share_plans(resolved),
        packages=packages(resolved),
        counting_rules=counting_rules(resolved),
        discounts=discounts(resolved),
        contracts=contracts(resolved),
        price_books=price_books(resolved),
        price_plans=price_plans(resolved),
        price_sets=price_sets(resolved),
    )
