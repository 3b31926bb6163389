"""Price books and price plans."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.commercial import discount_terms
from dsl.printer.layout import Item
from dsl.printer.services import price_entry
from dsl.source import Source
from dsl.syntax.declarations import Declaration
from dsl.syntax.price_books import (
    PlanDiscount,
    PriceBookDeclaration,
    PricePlanDeclaration,
    PriceRegion,
)


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    match node:
        case PriceBookDeclaration():
            header = f"price book {node.name.text}{words.title(source, node.title)}"
            regions = [_region(source, each) for each in node.regions]
            return words.group(source, node, header, [*_prices(source, node), *regions])
        case PricePlanDeclaration():
            header = f"price plan {node.name.text}{words.title(source, node.title)}"
            return words.group(source, node, header, _plan(source, node))
        case _:
            return None


def _prices(source: Source, node: PriceBookDeclaration | PriceRegion) -> list[Item]:
    return [
        *(price_entry(source, each) for each in node.entries),
        *(
            words.line(each, "entry", f"prices {words.table_file(source, each)}")
            for each in node.tables
        ),
    ]


def _region(source: Source, node: PriceRegion) -> Item:
    header = f"region {node.name.text} for countries {words.names(node.countries)}"
    return words.group(source, node, header, _prices(source, node))


def _plan(source: Source, node: PricePlanDeclaration) -> list[Item]:
    items: list[Item] = [price_entry(source, each) for each in node.entries]
    if node.reason:
        items.append(words.line(node.reason, "plan", "reason", source.words(node.reason.span)))
    if node.rates:
        items.append(words.line(node.rates, "plan", "rates", node.rates.text))
    return [*items, *(_discount(source, each) for each in node.discounts)]


def _discount(source: Source, node: PlanDiscount) -> Item:
    target = f"service {node.service.text}" if node.service else ""
    target = f"package {node.package.text}" if node.package else target
    return words.line(node, "entry", target, discount_terms(source, node.terms))
