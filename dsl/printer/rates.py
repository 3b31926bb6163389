"""Rate groups and rate plans."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.expressions import expression
from dsl.printer.layout import Item
from dsl.printer.prices import priced
from dsl.source import Source
from dsl.syntax.declarations import Declaration
from dsl.syntax.rates import RateGroupDeclaration, RatePlanDeclaration, RateRow


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    match node:
        case RateGroupDeclaration():
            return _rate_group(source, node)
        case RatePlanDeclaration():
            return words.group(source, node, f"rate plan {node.name.text}", _rate_plan(node))
        case _:
            return None


def _rate_group(source: Source, node: RateGroupDeclaration) -> Item:
    when = f" when {expression(source, node.criterion)}" if node.criterion else ""
    header = f"rate group {node.name.text}{when}"
    if node.table is not None:
        file = words.table_file(source, node.table)
        return words.line(node, "rate group", f"{header} {file}")
    return words.group(source, node, header, [_rate_row(source, row) for row in node.rows])


def _rate_row(source: Source, node: RateRow) -> Item:
    carrier = f"via {source.words(node.carrier.span)}" if node.carrier else ""
    band = f"during {node.band.text}" if node.band else ""
    leading = [node.usage_class.text, _place(node), carrier, band]
    return priced(source, node, "rate", leading, node.price, _rounding(source, node))


def _place(node: RateRow) -> str:
    if node.prefix is not None:
        return f"to prefix {node.prefix.digits}"
    if node.country is not None:
        return f"to country {node.country.text}"
    return f"to {node.zone.text}" if node.zone else ""


def _rounding(source: Source, node: RateRow) -> list[str]:
    said = (("minimum", node.minimum), ("increment", node.increment))
    return [f"{word} {words.quantity(source, held)}" for word, held in said if held]


def _rate_plan(node: RatePlanDeclaration) -> list[Item]:
    items: list[Item] = [words.line(group, "plan", group.text) for group in node.groups]
    if node.otherwise:
        items.append(words.line(node.otherwise, "plan", f"otherwise {node.otherwise.text}"))
    return items
