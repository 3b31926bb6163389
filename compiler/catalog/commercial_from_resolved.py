"""Discounts and contracts of a resolved catalog."""

from __future__ import annotations

from decimal import Decimal

from compiler.catalog.commercial import (
    Contract,
    ContractMinimum,
    ContractPenalty,
    Discount,
    DiscountKind,
    DiscountTerms,
)
from compiler.catalog.known import known, optional_target, target_name, whole
from compiler.catalog.services_from_resolved import money
from compiler.resolve.model import Resolved
from dsl.syntax import commercial as written


def discounts(resolved: Resolved) -> tuple[Discount, ...]:
    """Give the discounts, in order."""
    return tuple(
        Discount(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            title=node.name.text if node.title is None else node.title.value,
            terms=discount_terms(node.terms),
        )
        for node in resolved.all(written.DiscountDeclaration)
    )


def discount_terms(node: written.DiscountTerms) -> DiscountTerms:
    """Type what a discount does."""
    return DiscountTerms(
        kind=_kind(node),
        percent=Decimal(0) if node.percent is None else node.percent.value,
        amounts=tuple(money(amount) for amount in node.amounts),
        periods=None if node.periods is None else int(node.periods.value),
        span=node.span,
    )


def _kind(node: written.DiscountTerms) -> DiscountKind:
    if node.percent is not None:
        return "percent"
    return "amount" if node.override is None else "override"


def contracts(resolved: Resolved) -> tuple[Contract, ...]:
    """Give the contracts, in order."""
    return tuple(_contract(resolved, node) for node in resolved.all(written.ContractDeclaration))


def _contract(resolved: Resolved, node: written.ContractDeclaration) -> Contract:
    return Contract(
        id=node.name.text,
        description=node.doc,
        span=node.name.span,
        title=node.name.text if node.title is None else node.title.value,
        term_months=int(known(node.term, f"the term of `{node.name.text}`").value),
        renewal_months=None if node.renews is None else int(node.renews.value),
        minimums=tuple(_minimum(resolved, each) for each in node.minimums),
        penalty=None if node.penalty is None else _penalty(resolved, node.penalty),
    )


def _minimum(resolved: Resolved, node: written.ContractMinimum) -> ContractMinimum:
    return ContractMinimum(
        months=None if node.stretch.text == "term" else whole(node.count, 1),
        service=optional_target(resolved, node.service),
        quantity=whole(node.quantity, 0),
        amounts=tuple(money(amount) for amount in node.amounts),
        fee_service=target_name(resolved, node.fee),
        is_prepaid=node.prepaid is not None,
        span=node.span,
    )


def _penalty(resolved: Resolved, node: written.ContractPenalty) -> ContractPenalty:
    return ContractPenalty(
        percent=Decimal(0) if node.percent is None else node.percent.value,
        amounts=tuple(money(amount) for amount in node.amounts),
        fee_service=target_name(resolved, node.fee),
        span=node.span,
    )
