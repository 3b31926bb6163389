"""The kinds of things a catalog names, and the typed ids of those things."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from dsl.syntax.billing import BillGroupDeclaration, TaxDeclaration
from dsl.syntax.buckets import BaseBucketDeclaration, BucketDeclaration
from dsl.syntax.catalog import CatalogDeclaration
from dsl.syntax.commercial import ContractDeclaration, DiscountDeclaration
from dsl.syntax.counting import CountingRuleDeclaration
from dsl.syntax.declarations import Declaration
from dsl.syntax.feeds import FeedDeclaration, UnitDeclaration
from dsl.syntax.guards import GuardDeclaration
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.price_books import PriceBookDeclaration, PricePlanDeclaration
from dsl.syntax.rates import RateGroupDeclaration, RatePlanDeclaration
from dsl.syntax.scenarios import TestDeclaration
from dsl.syntax.services import (
    LifecycleDeclaration,
    PackageStatusDeclaration,
    PriceTableDeclaration,
    ServiceDeclaration,
    ServiceStatusDeclaration,
    ServiceTypeDeclaration,
)
from dsl.syntax.share_plans import SharePlanDeclaration
from dsl.syntax.usage import UsageClassDeclaration, UsageClassTypeDeclaration
from dsl.syntax.zones import TimeBandDeclaration, ZoneDeclaration, ZoneTableDeclaration


class Kind(StrEnum):
    """A kind of entity; each kind has names of its own.

    A transition is named inside its lifecycle; a tax class is born in a tax's row, and a zone
    may be in a zone table's.
    """

    CATALOG = "catalog"
    BILL_GROUP = "bill_group"
    TAX = "tax"
    TAX_CLASS = "tax_class"
    SERVICE_STATUS = "service_status"
    PACKAGE_STATUS = "package_status"
    LIFECYCLE = "lifecycle"
    TRANSITION = "transition"
    SERVICE_TYPE = "service_type"
    SERVICE = "service"
    UNIT = "unit"
    FEED = "feed"
    USAGE_CLASS_TYPE = "usage_class_type"
    USAGE_CLASS = "usage_class"
    ZONE = "zone"
    ZONE_TABLE = "zone_table"
    TIME_BAND = "time_band"
    RATE_GROUP = "rate_group"
    RATE_PLAN = "rate_plan"
    BASE_BUCKET = "base_bucket"
    BUCKET = "bucket"
    PRICE_TABLE = "price_table"
    SHARE_PLAN = "share_plan"
    PACKAGE = "package"
    COUNTING_RULE = "count"
    DISCOUNT = "discount"
    CONTRACT = "contract"
    PRICE_BOOK = "price_book"
    PRICE_PLAN = "price_plan"
    TEST = "test"
    GUARD = "guard"

    # An enum's own hash is that of its member's name, found anew for each of very many ids.
    __hash__ = str.__hash__

    @property
    def words(self) -> str:
        """The kind as the language writes it: `rate plan`."""
        return self.value.replace("_", " ")


class EntityId(NamedTuple):
    """What identifies a thing in a catalog: `service:access`, `transition:line.activate`."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.name}"


KIND_OF: Mapping[type[Declaration], Kind] = MappingProxyType(
    {
        CatalogDeclaration: Kind.CATALOG,
        BillGroupDeclaration: Kind.BILL_GROUP,
        TaxDeclaration: Kind.TAX,
        ServiceStatusDeclaration: Kind.SERVICE_STATUS,
        PackageStatusDeclaration: Kind.PACKAGE_STATUS,
        LifecycleDeclaration: Kind.LIFECYCLE,
        ServiceTypeDeclaration: Kind.SERVICE_TYPE,
        ServiceDeclaration: Kind.SERVICE,
        PriceTableDeclaration: Kind.PRICE_TABLE,
        UnitDeclaration: Kind.UNIT,
        FeedDeclaration: Kind.FEED,
        UsageClassTypeDeclaration: Kind.USAGE_CLASS_TYPE,
        UsageClassDeclaration: Kind.USAGE_CLASS,
        ZoneDeclaration: Kind.ZONE,
        ZoneTableDeclaration: Kind.ZONE_TABLE,
        TimeBandDeclaration: Kind.TIME_BAND,
        RateGroupDeclaration: Kind.RATE_GROUP,
        RatePlanDeclaration: Kind.RATE_PLAN,
        BaseBucketDeclaration: Kind.BASE_BUCKET,
        BucketDeclaration: Kind.BUCKET,
        SharePlanDeclaration: Kind.SHARE_PLAN,
        PackageDeclaration: Kind.PACKAGE,
        CountingRuleDeclaration: Kind.COUNTING_RULE,
        DiscountDeclaration: Kind.DISCOUNT,
        ContractDeclaration: Kind.CONTRACT,
        PriceBookDeclaration: Kind.PRICE_BOOK,
        PricePlanDeclaration: Kind.PRICE_PLAN,
        TestDeclaration: Kind.TEST,
        GuardDeclaration: Kind.GUARD,
    }
)


PROVING = frozenset({Kind.TEST, Kind.GUARD})
"""What says how the catalog must behave, and is no part of what is compiled."""


def id_of(declaration: Declaration) -> EntityId:
    """Give the id of a declaration's thing."""
    return EntityId(KIND_OF[type(declaration)], declaration.name.text)
