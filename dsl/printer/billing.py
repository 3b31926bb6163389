"""Bill groups and taxes."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.layout import Item
from dsl.source import Source
from dsl.syntax.billing import BillGroupDeclaration, TaxDeclaration, TaxRate
from dsl.syntax.declarations import Declaration


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    match node:
        case BillGroupDeclaration():
            return _bill_group(source, node)
        case TaxDeclaration():
            return _tax(source, node)
        case _:
            return None


def _bill_group(source: Source, node: BillGroupDeclaration) -> Item:
    items: list[Item] = []
    if node.bill_day:
        day = source.words(node.bill_day.span)
        items.append(words.line(node.bill_day, "bill group", "bill day", day))
    if node.terms_days:
        days = source.words(node.terms_days.span)
        unit = "day" if node.terms_days.value == 1 else "days"
        items.append(words.line(node.terms_days, "bill group", "terms", f"net {days} {unit}"))
    return words.group(source, node, f"bill group {node.name.text}", items)


def _tax(source: Source, node: TaxDeclaration) -> Item:
    items: list[Item] = [
        words.line(
            row, "tax", row.tax_class.text, ", ".join(_rate(source, rate) for rate in row.rates)
        )
        for row in node.rows
    ]
    if node.otherwise:
        percent = words.percent(source, node.otherwise)
        items.append(words.line(node.otherwise, "tax", "otherwise", percent))
    return words.group(source, node, f"tax {node.name.text}", items)


def _rate(source: Source, node: TaxRate) -> str:
    start = f" from {source.words(node.start.span)}" if node.start else ""
    return f"{node.jurisdiction.text} {words.percent(source, node.percent)}{start}"
