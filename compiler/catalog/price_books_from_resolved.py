"""Price books, price plans and all prices beside the catalog's own, of a resolved catalog."""

from __future__ import annotations

from compiler import price_sets as written_sets
from compiler.catalog.commercial_from_resolved import discount_terms
from compiler.catalog.known import known, optional_target, target_name
from compiler.catalog.price_books import (
    PlanDiscount,
    PriceBook,
    PricePlan,
    PriceRegion,
    PriceSet,
)
from compiler.catalog.services_from_resolved import (
    typed_charges,
    typed_one_time,
    typed_recurring,
)
from compiler.resolve.model import Resolved
from dsl.syntax import price_books as written


def price_sets(resolved: Resolved) -> tuple[PriceSet, ...]:
    """Give what contracts, books, regions and plans set, one for each of their services."""
    return tuple(
        PriceSet(
            level=owner.level,
            owner=owner.id,
            service=own.service.name.text,
            recurring_prices=typed_recurring(resolved, own.service, own.recurring_prices),
            one_time_prices=typed_one_time(resolved, own.one_time_prices),
            transition_charges=typed_charges(resolved, own.transition_charges),
        )
        for owner in written_sets.price_owners(resolved)
        for own in written_sets.owned_sets(resolved, owner)
    )


def price_books(resolved: Resolved) -> tuple[PriceBook, ...]:
    """Give the price books, in order."""
    return tuple(
        PriceBook(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            title=node.name.text if node.title is None else node.title.value,
            regions=tuple(
                PriceRegion(
                    id=f"{node.name.text}.{region.name.text}",
                    countries=tuple(name.text for name in region.countries),
                    span=region.name.span,
                )
                for region in node.regions
            ),
        )
        for node in resolved.all(written.PriceBookDeclaration)
    )


def price_plans(resolved: Resolved) -> tuple[PricePlan, ...]:
    """Give the price plans, in order."""
    return tuple(
        PricePlan(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            title=node.name.text if node.title is None else node.title.value,
            reason=known(node.reason, f"the reason of `{node.name.text}`").value,
            discounts=tuple(
                _discount(resolved, f"{node.name.text}.{number}", each)
                for number, each in enumerate(node.discounts, start=1)
            ),
            rate_plan=optional_target(resolved, node.rates),
        )
        for node in resolved.all(written.PricePlanDeclaration)
    )


def _discount(resolved: Resolved, own: str, node: written.PlanDiscount) -> PlanDiscount:
    name = node.service or node.package
    return PlanDiscount(
        id=own,
        kind="service" if node.package is None else "package",
        target=target_name(resolved, known(name, "what a discount is for")),
        terms=discount_terms(node.terms),
    )
