"""Price books and price plans, as rows; their prices stand with the catalog's own."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.model import Catalog
from compiler.lower.lines import Lines
from runtime.program.commercial import PriceBook, PriceBookRegion, PricePlan


def price_books(catalog: Catalog, lines: Lines) -> Iterator[PriceBook]:
    """Give the price books."""
    for book in catalog.price_books:
        yield PriceBook(id=book.id, title=book.title, source=lines.id_of(book.span))


def price_book_regions(catalog: Catalog, lines: Lines) -> Iterator[PriceBookRegion]:
    """Give the countries of each region."""
    for book in catalog.price_books:
        for region in book.regions:
            for country in sorted(region.countries):
                yield PriceBookRegion(
                    book=book.id,
                    region=region.id,
                    country=country,
                    source=lines.id_of(region.span),
                )


def price_plans(catalog: Catalog, lines: Lines) -> Iterator[PricePlan]:
    """Give the price plans."""
    for plan in catalog.price_plans:
        yield PricePlan(
            id=plan.id,
            title=plan.title,
            reason=plan.reason,
            rate_plan=plan.rate_plan,
            source=lines.id_of(plan.span),
        )
