"""The catalog's own declaration."""

from __future__ import annotations

from dsl.build.literals import name, names, optional_text, optional_word, text
from dsl.build.reading import Branch, Reading, branch, statements, the, tokens
from dsl.syntax.base import Text
from dsl.syntax.catalog import CatalogDeclaration


def catalog(reading: Reading, tree: Branch) -> CatalogDeclaration:
    """Build `catalog connectivity "..." { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "catalog_block"))
    currencies = block.one("currencies", "currencies")
    return CatalogDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        title=optional_text(reading, branch(tree, "title")),
        currencies=names(reading, currencies) if currencies else (),
        timezone=optional_text(reading, block.one("timezone", "timezone")),
        rounding=optional_word(reading, block.one("rounding", "rounding"), "rounding_mode"),
        uses=block.every("use", _use),
    )


def _use(reading: Reading, tree: Branch) -> Text:
    return text(reading, the(tree, "text"))
