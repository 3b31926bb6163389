"""The price sheet of a catalog, page by page."""

from __future__ import annotations

from compiler.catalog.model import Catalog
from proving.pricesheet.agreements import agreements
from proving.pricesheet.model import Chapter, Page, Sheet
from proving.pricesheet.offers import packages, services
from proving.pricesheet.reference import reference
from proving.pricesheet.usage import usage
from proving.pricesheet.words import words_of


def price_sheet(catalog: Catalog) -> Sheet:
    """Say what a catalog sells at which prices, and what stands behind them.

    Chapters and pages in which nothing stands are left out, but for the first page.
    """
    words = words_of(catalog)
    pages = (
        ("services", "Services", (services(catalog, words),)),
        ("usage", "Usage", usage(catalog, words)),
        ("agreements", "Agreements", agreements(catalog, words)),
        ("reference", "Reference", reference(catalog, words)),
    )
    filled = (Page(name, title, _filled(chapters)) for name, title, chapters in pages)
    return Sheet(
        title=catalog.title,
        name=catalog.id,
        description=catalog.description,
        pages=(
            Page("index", "Prices", (packages(catalog, words),)),
            *(page for page in filled if page.chapters),
        ),
    )


def _filled(chapters: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    return tuple(each for each in chapters if each.items or each.blocks)
