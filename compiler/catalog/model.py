"""The whole catalog, families in the order a reader meets them."""

from __future__ import annotations

from compiler.catalog.base import Currency, Entity
from compiler.catalog.billing import BillGroup, Tax
from compiler.catalog.buckets import BaseBucket, Bucket
from compiler.catalog.commercial import Contract, Discount
from compiler.catalog.counting import CountingRule
from compiler.catalog.feeds import CustomUnit, Feed
from compiler.catalog.offers import Package
from compiler.catalog.price_books import PriceBook, PricePlan, PriceSet
from compiler.catalog.rates import RateGroup, RatePlan
from compiler.catalog.services import (
    Lifecycle,
    PackageStatus,
    Service,
    ServiceStatus,
    ServiceType,
)
from compiler.catalog.share_plans import SharePlan
from compiler.catalog.usage import (
    UsageClass,
    UsageClassType,
)
from compiler.catalog.zones import TimeBand, Zone, ZoneTable
from runtime.program.model import Rounding


class Catalog(Entity):
    """A catalog free of errors; every family in the order of path and place."""

    title: str
    currencies: tuple[Currency, ...]
    timezone: str
    rounding: Rounding
    bill_groups: tuple[BillGroup, ...]
    taxes: tuple[Tax, ...]
    service_statuses: tuple[ServiceStatus, ...]
    package_statuses: tuple[PackageStatus, ...]
    lifecycles: tuple[Lifecycle, ...]
    service_types: tuple[ServiceType, ...]
    services: tuple[Service, ...]
    units: tuple[CustomUnit, ...]
    feeds: tuple[Feed, ...]
    usage_class_types: tuple[UsageClassType, ...]
    usage_classes: tuple[UsageClass, ...]
    zones: tuple[Zone, ...]
    zone_tables: tuple[ZoneTable, ...]
    time_bands: tuple[TimeBand, ...]
    rate_groups: tuple[RateGroup, ...]
    rate_plans: tuple[RatePlan, ...]
    base_buckets: tuple[BaseBucket, ...]
    buckets: tuple[Bucket, ...]
    share_plans: tuple[SharePlan, ...]
    packages: tuple[Package, ...]
    counting_rules: tuple[CountingRule, ...]
    discounts: tuple[Discount, ...]
    contracts: tuple[Contract, ...]
    price_books: tuple[PriceBook, ...]
    price_plans: tuple[PricePlan, ...]
    price_sets: tuple[PriceSet, ...]
