"""Rate groups, their rates and rate plans, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog import rates as typed
from compiler.catalog.model import Catalog
from compiler.lower.expressions import compile_optional
from compiler.lower.lines import Lines
from compiler.lower.prices import Prices
from compiler.lower.zones import zones_by_name
from runtime.program.model import Rate, RateGroup, RatePlan, RatePlanGroup


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
    known: dict[int, int] = {}
    for group in catalog.rate_groups:
        for ordinal, rate in enumerate(group.rates):
            own = _row_id(group.id, rate)
            for each in rate.prices:
                price = known.get(id(each.price))
                if price is None:
                    price = known[id(each.price)] = prices.id_of(each.price)
                yield Rate(
                    id=own,
                    group=group.id,
                    ordinal=ordinal,
                    usage_class=rate.usage_class,
                    zone=rate.zone,
                    country=rate.country,
                    prefix=rate.prefix,
                    carrier=rate.carrier,
                    band=rate.band,
                    currency=each.price.currency,
                    minimum=each.minimum,
                    increment=each.increment,
                    price=price,
                    source=lines.id_of(each.span),
                )


def _row_id(group: str, rate: typed.Rate) -> str:
    """Name a row by what it covers; rows of one group cover different things."""
    place = f"country {rate.country}" if rate.country else rate.prefix or rate.zone
    said = [group, rate.usage_class, *([place] if place else [])]
    said += [f"via {rate.carrier}"] if rate.carrier is not None else []
    said += [f"during {rate.band}"] if rate.band is not None else []
    return "/".join(said)


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
