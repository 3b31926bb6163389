"""Which builder reads which declaration."""

from __future__ import annotations

from collections.abc import Callable

from dsl.build.billing import bill_group, tax
from dsl.build.buckets import base_bucket, bucket
from dsl.build.catalog import catalog
from dsl.build.commercial import contract, discount
from dsl.build.counting import counting_rule
from dsl.build.feeds import feed, unit
from dsl.build.guards import guard
from dsl.build.offers import package
from dsl.build.price_books import price_book, price_plan
from dsl.build.rates import rate_group, rate_plan
from dsl.build.reading import Branch, Reading, branches
from dsl.build.scenarios import test
from dsl.build.services import (
    lifecycle,
    package_status,
    price_table,
    service,
    service_status,
    service_type,
)
from dsl.build.share_plans import share_plan
from dsl.build.usage import (
    usage_class,
    usage_class_type,
)
from dsl.build.zones import time_band, zone, zone_table
from dsl.syntax.declarations import Declaration

_BUILDERS: dict[str, Callable[[Reading, Branch], Declaration]] = {
    "catalog": catalog,
    "bill_group": bill_group,
    "tax": tax,
    "service_status": service_status,
    "package_status": package_status,
    "lifecycle": lifecycle,
    "service_type": service_type,
    "service": service,
    "price_table": price_table,
    "package": package,
    "counting_rule": counting_rule,
    "discount": discount,
    "contract": contract,
    "price_book": price_book,
    "price_plan": price_plan,
    "custom_unit": unit,
    "feed": feed,
    "usage_class_type": usage_class_type,
    "usage_class": usage_class,
    "zone": zone,
    "zone_table": zone_table,
    "time_band": time_band,
    "rate_group": rate_group,
    "rate_plan": rate_plan,
    "base_bucket": base_bucket,
    "bucket": bucket,
    "share_plan": share_plan,
    "test": test,
    "guard": guard,
}


def declaration(reading: Reading, tree: Branch) -> Declaration:
    """Build the one declaration that a parse from the start `declaration` holds."""
    (inner,) = branches(tree)
    return _BUILDERS[inner.data](reading, inner)
