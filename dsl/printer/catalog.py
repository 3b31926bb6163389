"""The catalog's own declaration."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.layout import Item
from dsl.source import Source
from dsl.syntax.catalog import CatalogDeclaration
from dsl.syntax.declarations import Declaration


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    return _catalog(source, node) if isinstance(node, CatalogDeclaration) else None


def _catalog(source: Source, node: CatalogDeclaration) -> Item:
    items: list[Item] = []
    if node.currencies:
        first, last = node.currencies[0], node.currencies[-1]
        currencies = words.names(node.currencies)
        items.append(words.stretch(first.span, last.span, "catalog", "currencies", currencies))
    if node.timezone:
        zone = source.words(node.timezone.span)
        items.append(words.line(node.timezone, "catalog", "timezone", zone))
    if node.rounding:
        mode = words.choice(node.rounding)
        items.append(words.line(node.rounding, "catalog", "rounding", mode))
    for folder in node.uses:
        items.append(words.line(folder, "catalog", "use", source.words(folder.span)))
    header = f"catalog {node.name.text}{words.title(source, node.title)}"
    return words.group(source, node, header, items)
