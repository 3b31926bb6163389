"""Usage classes, rates and rate plans, as rows with compiled expressions."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.model import Catalog
from compiler.lower.expressions import (
    compile_optional,
)
from compiler.lower.lines import Lines
from compiler.lower.prices import Prices
from compiler.lower.zones import zones_by_name
from runtime.program.model import (
    Rate,
    RateGroup,
    RatePlan,
    RatePlanGroup,
    UsageClass,
)


def usage_classes(catalog: Catalog, lines: Lines) -> Iterator[UsageClass]:
    """Give the usage classes in the order they are tried."""
    zones = zones_by_name(catalog)
    for ordinal, usage_class in enumerate(catalog.usage_classes):
        yield UsageClass(
            id=usage_class.id,
            ordinal=ordinal,
            type=usage_class.type,
            measure=usage_class.measure,
            criterion=compile_optional(usage_class.criterion, zones),
            source=lines.id_of(usage_class.span),
        )


def rate_groups(catalog: Catalog, lines: Lines) -> Iterator[RateGroup]:
    """Give the rate groups."""
    zones = zones_by_name(catalog)
    for group in catalog.rate_groups:
        yield RateGroup(
            id=group.id,
            criterion=compile_optional(group.criterion, zones),
            source=lines.id_of(group.span),
        )


def rates(catalog: Catalog, lines: Lines, prices: Prices) -> Iterator[Rate]:
    """Give the rates, one row a currency; a price-sheet row's id names what it covers."""
    for group in catalog.rate_groups:
        for ordinal, rate in enumerate(group.rates):
            covered = (group.id, rate.usage_class, *(() if rate.zone is None else (rate.zone,)))
            for price in rate.prices:
                yield Rate(
                    id="/".join(covered),
                    group=group.id,
                    ordinal=ordinal,
                    usage_class=rate.usage_class,
                    zone=rate.zone,
                    country=None,
                    prefix=None,
                    carrier=None,
                    band=None,
                    currency=price.currency,
                    minimum=0,
                    increment=1,
                    price=prices.id_of(price),
                    source=lines.id_of(price.span),
                )


def rate_plans(catalog: Catalog, lines: Lines) -> Iterator[RatePlan]:
    """Give the rate plans."""
    for plan in catalog.rate_plans:
        yield RatePlan(id=plan.id, otherwise=plan.otherwise, source=lines.id_of(plan.span))


def rate_plan_groups(catalog: Catalog, lines: Lines) -> Iterator[RatePlanGroup]:
    """Give each plan's groups in the order they are tried."""
    for plan in catalog.rate_plans:
        for ordinal, use in enumerate(plan.groups):
            yield RatePlanGroup(
                plan=plan.id, ordinal=ordinal, group=use.group, source=lines.id_of(use.span)
            )
