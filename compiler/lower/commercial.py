"""Discounts and contracts, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.commercial import DiscountTerms
from compiler.catalog.model import Catalog
from compiler.lower.lines import Lines
from runtime.program.commercial import (
    Contract,
    ContractMinimum,
    ContractMinimumAmount,
    ContractPenalty,
    ContractPenaltyAmount,
    Discount,
    DiscountAmount,
    DiscountUse,
)


def discounts(catalog: Catalog, lines: Lines) -> Iterator[Discount]:
    """Give the discounts, those of price plans under ids of their own."""
    for own, title, terms in _discounts(catalog):
        yield Discount(
            id=own,
            title=title,
            kind=terms.kind,
            percent=terms.percent,
            periods=terms.periods,
            source=lines.id_of(terms.span),
        )


def discount_amounts(catalog: Catalog) -> Iterator[DiscountAmount]:
    """Give what discounts take off or set, one row a currency."""
    for own, _, terms in _discounts(catalog):
        for money in terms.amounts:
            yield DiscountAmount(discount=own, currency=money.currency, amount=money.amount)


def _discounts(catalog: Catalog) -> Iterator[tuple[str, str, DiscountTerms]]:
    for discount in catalog.discounts:
        yield discount.id, discount.title, discount.terms
    for plan in catalog.price_plans:
        for each in plan.discounts:
            yield each.id, plan.title, each.terms


def discount_uses(catalog: Catalog, lines: Lines) -> Iterator[DiscountUse]:
    """Give where discounts apply by themselves: in every sale of a package, or by a plan."""
    for package in catalog.packages:
        for discount in package.discounts:
            yield DiscountUse(
                level="package",
                owner=package.id,
                kind="package",
                target=package.id,
                discount=discount.id,
                source=lines.id_of(discount.span),
            )
    for plan in catalog.price_plans:
        for each in plan.discounts:
            yield DiscountUse(
                level="price_plan",
                owner=plan.id,
                kind=each.kind,
                target=each.target,
                discount=each.id,
                source=lines.id_of(each.terms.span),
            )


def contracts(catalog: Catalog, lines: Lines) -> Iterator[Contract]:
    """Give the contracts."""
    for contract in catalog.contracts:
        yield Contract(
            id=contract.id,
            title=contract.title,
            term_months=contract.term_months,
            renewal_months=contract.renewal_months,
            source=lines.id_of(contract.span),
        )


def contract_minimums(catalog: Catalog, lines: Lines) -> Iterator[ContractMinimum]:
    """Give what contracts commit to, in the order written."""
    for contract in catalog.contracts:
        for ordinal, minimum in enumerate(contract.minimums):
            yield ContractMinimum(
                contract=contract.id,
                ordinal=ordinal,
                months=minimum.months,
                service=minimum.service,
                quantity=minimum.quantity,
                fee_service=minimum.fee_service,
                is_prepaid=minimum.is_prepaid,
                source=lines.id_of(minimum.span),
            )


def contract_minimum_amounts(catalog: Catalog) -> Iterator[ContractMinimumAmount]:
    """Give the amounts of minimums, one row a currency."""
    for contract in catalog.contracts:
        for ordinal, minimum in enumerate(contract.minimums):
            for money in minimum.amounts:
                yield ContractMinimumAmount(
                    contract=contract.id,
                    ordinal=ordinal,
                    currency=money.currency,
                    amount=money.amount,
                )


def contract_penalties(catalog: Catalog, lines: Lines) -> Iterator[ContractPenalty]:
    """Give what leaving contracts early costs."""
    for contract in catalog.contracts:
        if contract.penalty is not None:
            yield ContractPenalty(
                contract=contract.id,
                percent=contract.penalty.percent,
                fee_service=contract.penalty.fee_service,
                source=lines.id_of(contract.penalty.span),
            )


def contract_penalty_amounts(catalog: Catalog) -> Iterator[ContractPenaltyAmount]:
    """Give the amounts of penalties, one row a currency."""
    for contract in catalog.contracts:
        for money in () if contract.penalty is None else contract.penalty.amounts:
            yield ContractPenaltyAmount(
                contract=contract.id, currency=money.currency, amount=money.amount
            )
