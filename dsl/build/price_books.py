"""Price books and price plans."""

from __future__ import annotations

from dsl.build.commercial import discount_terms
from dsl.build.literals import name, names, optional_name, optional_text, table_file
from dsl.build.reading import (
    Branch,
    Reading,
    Statements,
    branch,
    branches,
    statements,
    the,
    tokens,
)
from dsl.build.services import price_entry
from dsl.syntax.price_books import (
    PlanDiscount,
    PriceBookDeclaration,
    PricePlanDeclaration,
    PriceRegion,
)
from dsl.syntax.tables import Holding, TableFile


def price_book(reading: Reading, tree: Branch) -> PriceBookDeclaration:
    """Build `price book partner "Partner prices" { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "price_book_block"))
    return PriceBookDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        title=optional_text(reading, branch(tree, "title")),
        entries=block.every("price_entry", price_entry),
        tables=block.every("prices_from", _table),
        regions=block.every("price_region", _region),
    )


def _region(reading: Reading, tree: Branch) -> PriceRegion:
    block = Statements(reading, branches(tree))
    return PriceRegion(
        reading.span(tree),
        name=name(reading, tokens(tree)[0]),
        countries=names(reading, the(tree, "price_region_countries")),
        entries=block.every("price_entry", price_entry),
        tables=block.every("prices_from", _table),
    )


def _table(reading: Reading, tree: Branch) -> TableFile:
    return table_file(reading, the(tree, "table_file"), Holding.PRICES)


def price_plan(reading: Reading, tree: Branch) -> PricePlanDeclaration:
    """Build `price plan acme_2026 "Acme negotiated" { reason "..." ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "price_plan_block"))
    return PricePlanDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        title=optional_text(reading, branch(tree, "title")),
        reason=optional_text(reading, block.one("reason", "reason")),
        entries=block.every("price_entry", price_entry),
        discounts=(
            *block.every("service_discount", _service_discount),
            *block.every("package_discount", _package_discount),
        ),
        rates=optional_name(reading, block.one("rates", "rates")),
    )


def _service_discount(reading: Reading, tree: Branch) -> PlanDiscount:
    target = name(reading, tokens(tree)[0])
    terms = discount_terms(reading, the(tree, "discount_terms"))
    return PlanDiscount(reading.span(tree), target, None, terms)


def _package_discount(reading: Reading, tree: Branch) -> PlanDiscount:
    target = name(reading, tokens(tree)[0])
    terms = discount_terms(reading, the(tree, "discount_terms"))
    return PlanDiscount(reading.span(tree), None, target, terms)
