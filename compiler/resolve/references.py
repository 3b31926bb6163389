"""Which names in a declaration refer to something, in which role, and to what kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from compiler.resolve.kinds import Kind
from compiler.resolve.mention import Mention, optional
from compiler.resolve.proving import proving_mentions
from compiler.resolve.units import WITH_UNITS, unit_in
from compiler.resolve.walk import every
from compiler.tables.table import Tables
from dsl.syntax.base import Name, Node
from dsl.syntax.billing import BillGroupDeclaration, TaxDeclaration
from dsl.syntax.buckets import BaseBucketDeclaration, BucketDeclaration
from dsl.syntax.catalog import CatalogDeclaration
from dsl.syntax.commercial import ContractDeclaration, DiscountDeclaration
from dsl.syntax.counting import CountingRuleDeclaration
from dsl.syntax.declarations import Declaration
from dsl.syntax.expressions import InZone
from dsl.syntax.feeds import FeedDeclaration, UnitDeclaration
from dsl.syntax.guards import GuardDeclaration
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.price_books import PriceBookDeclaration, PricePlanDeclaration
from dsl.syntax.prices import Price
from dsl.syntax.rates import RateGroupDeclaration, RatePlanDeclaration
from dsl.syntax.scenarios import TestDeclaration
from dsl.syntax.services import (
    LifecycleDeclaration,
    PackageStatusDeclaration,
    PriceEntry,
    PriceTableDeclaration,
    RecurringPrice,
    ServiceDeclaration,
    ServiceStatusDeclaration,
    ServiceTypeDeclaration,
)
from dsl.syntax.share_plans import SharePlanDeclaration
from dsl.syntax.tables import TableFile
from dsl.syntax.usage import UsageClassDeclaration, UsageClassTypeDeclaration
from dsl.syntax.zones import TimeBandDeclaration, ZoneDeclaration, ZoneTableDeclaration
from runtime.program.units import UNITS


def mentions(node: Declaration) -> Iterator[Mention]:
    """Give every referring name of a declaration: in the order of its fields, units last."""
    yield from _named(node)
    if isinstance(node, TestDeclaration | GuardDeclaration):
        yield from proving_mentions(node)
    units: list[Name] = []
    for each in every(node, Price, *WITH_UNITS):
        if not isinstance(each, Price):
            units += unit_in(each)
        elif each.counted_by is not None:
            yield Mention(each.counted_by, "priced by", Kind.COUNTING_RULE)
    for unit in units if not isinstance(node, UnitDeclaration) else ():
        if unit.text not in UNITS:
            yield Mention(unit, "measured in", Kind.UNIT)


def _named(node: Declaration) -> Iterator[Mention]:
    match node:
        case ServiceDeclaration():
            yield from _service(node)
        case LifecycleDeclaration():
            yield from _lifecycle(node)
        case FeedDeclaration():
            yield from _zones(node)
        case UsageClassDeclaration():
            yield from optional(node.type, "type", Kind.USAGE_CLASS_TYPE)
            yield from _zones(node.criterion)
        case RateGroupDeclaration():
            yield from _rate_group(node)
        case RatePlanDeclaration():
            yield from (Mention(group, "tries", Kind.RATE_GROUP) for group in node.groups)
        case BaseBucketDeclaration():
            yield from (Mention(held, "holds", Kind.USAGE_CLASS) for held in node.classes)
            yield from _zones(node.where)
        case BucketDeclaration():
            yield Mention(node.base, "base", Kind.BASE_BUCKET)
        case SharePlanDeclaration():
            yield from _share_plan(node)
        case PackageDeclaration():
            for item in node.services:
                yield Mention(item.service, "sells", Kind.SERVICE)
                yield from optional(item.rates, "rated by", Kind.RATE_PLAN)
            yield from (Mention(name, "sold under", Kind.CONTRACT) for name in node.contracts)
            yield from (Mention(name, "discounted by", Kind.DISCOUNT) for name in node.discounts)
        case CountingRuleDeclaration():
            yield from _counting_rule(node)
        case ContractDeclaration() | PriceBookDeclaration() | PricePlanDeclaration():
            yield from _price_sets(node)
        case (
            CatalogDeclaration()
            | BillGroupDeclaration()
            | TaxDeclaration()
            | ServiceStatusDeclaration()
            | PackageStatusDeclaration()
            | ServiceTypeDeclaration()
            | UnitDeclaration()
            | UsageClassTypeDeclaration()
            | ZoneDeclaration()
            | ZoneTableDeclaration()
            | PriceTableDeclaration()
            | TimeBandDeclaration()
            | DiscountDeclaration()
            | TestDeclaration()
            | GuardDeclaration()
        ):
            return
        case _:
            assert_never(node)


def table_mentions(node: Declaration, tables: Tables) -> Iterator[Mention]:
    """Give the referring names in the tables of a declaration, each name once a column."""
    if not tables.read:
        return
    for use in every(node, TableFile):
        table = tables.of(use)
        if table is None:
            continue
        for column in table.form.columns:
            if column.refers is not None:
                for name in table.names(column):
                    if column.refers is not Kind.UNIT or name.text not in UNITS:
                        yield Mention(name, column.role, column.refers)


def _service(node: ServiceDeclaration) -> Iterator[Mention]:
    yield from optional(node.type, "type", Kind.SERVICE_TYPE)
    yield from optional(node.lifecycle, "lifecycle", Kind.LIFECYCLE)
    yield from optional(node.tax, "taxed as", Kind.TAX_CLASS)
    for price in node.recurring_prices:
        yield from _statuses(price)
    for charge in node.transition_charges:
        if node.lifecycle is not None:
            yield Mention(charge.transition, "charged on", Kind.TRANSITION, node.lifecycle)
        yield Mention(charge.service, "charges", Kind.SERVICE)
    if node.usage is not None:
        yield from optional(node.usage.rates, "rated by", Kind.RATE_PLAN)
        for bucket in node.usage.buckets:
            yield Mention(bucket, "draws", Kind.BUCKET)


def _statuses(node: RecurringPrice) -> Iterator[Mention]:
    for row in node.by_status:
        yield Mention(row.status, "priced in", Kind.SERVICE_STATUS)


def _entries(entries: Iterable[PriceEntry]) -> Iterator[Mention]:
    for entry in entries:
        yield Mention(entry.service, "prices", Kind.SERVICE)
        if entry.recurring is not None:
            yield from _statuses(entry.recurring)
        if entry.charge is not None:
            charge = entry.charge
            yield Mention(
                charge.transition, "charged on", Kind.TRANSITION, of_service=entry.service
            )
            yield Mention(charge.service, "charges", Kind.SERVICE)


def _lifecycle(node: LifecycleDeclaration) -> Iterator[Mention]:
    for transition in node.transitions:
        for source in transition.sources:
            yield Mention(source, "leaves", Kind.SERVICE_STATUS)
        yield Mention(transition.destination, "reaches", Kind.SERVICE_STATUS)


def _rate_group(node: RateGroupDeclaration) -> Iterator[Mention]:
    yield from _zones(node.criterion)
    for row in node.rows:
        yield Mention(row.usage_class, "rates", Kind.USAGE_CLASS)
        yield from optional(row.zone, "zone", Kind.ZONE)
        yield from optional(row.band, "during", Kind.TIME_BAND)


def _share_plan(node: SharePlanDeclaration) -> Iterator[Mention]:
    yield from optional(node.sold_as, "sold as", Kind.SERVICE)
    for bucket in node.buckets:
        yield Mention(bucket.base, "base", Kind.BASE_BUCKET)
        for term in bucket.pool:
            yield from optional(term.service, "filled by", Kind.SERVICE)
            for status in term.statuses:
                yield Mention(status, "filled in", Kind.SERVICE_STATUS)
        yield from (Mention(name, "drawn by", Kind.SERVICE) for name in bucket.consumers)


def _counting_rule(node: CountingRuleDeclaration) -> Iterator[Mention]:
    of_services = node.counted.text == "service"
    thing = Kind.SERVICE if of_services else Kind.PACKAGE
    status = Kind.SERVICE_STATUS if of_services else Kind.PACKAGE_STATUS
    yield from (Mention(name, "counts", thing) for name in node.things)
    yield from (Mention(name, "counts in", status) for name in node.statuses)
    yield from (
        Mention(name, "counts in packages", Kind.PACKAGE_STATUS) for name in node.package_statuses
    )


def _price_sets(
    node: ContractDeclaration | PriceBookDeclaration | PricePlanDeclaration,
) -> Iterator[Mention]:
    match node:
        case ContractDeclaration():
            yield from _contract(node)
        case PriceBookDeclaration():
            yield from _entries(node.entries)
            for region in node.regions:
                yield from _entries(region.entries)
        case PricePlanDeclaration():
            yield from _price_plan(node)
        case _:
            assert_never(node)


def _contract(node: ContractDeclaration) -> Iterator[Mention]:
    for minimum in node.minimums:
        yield from optional(minimum.service, "commits to", Kind.SERVICE)
        yield Mention(minimum.fee, "charges", Kind.SERVICE)
    if node.penalty is not None:
        yield Mention(node.penalty.fee, "charges", Kind.SERVICE)
    yield from _entries(node.entries)


def _price_plan(node: PricePlanDeclaration) -> Iterator[Mention]:
    yield from _entries(node.entries)
    for discount in node.discounts:
        yield from optional(discount.service, "discounts", Kind.SERVICE)
        yield from optional(discount.package, "discounts", Kind.PACKAGE)
    yield from optional(node.rates, "rated by", Kind.RATE_PLAN)


def _zones(node: Node | None) -> Iterator[Mention]:
    for membership in every(node, InZone):
        yield Mention(membership.zone, "zone", Kind.ZONE)
