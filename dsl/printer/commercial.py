"""Discounts and contracts."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.layout import Cell, Item
from dsl.printer.prices import moneys
from dsl.printer.services import price_entry
from dsl.source import Source
from dsl.syntax.base import Number
from dsl.syntax.commercial import (
    ContractDeclaration,
    ContractMinimum,
    ContractPenalty,
    DiscountDeclaration,
    DiscountTerms,
)
from dsl.syntax.declarations import Declaration


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    match node:
        case DiscountDeclaration():
            header = f"discount {node.name.text}{words.title(source, node.title)}"
            terms = Cell(f"= {discount_terms(source, node.terms)}", gap=1)
            return words.line(node, "discount", header, terms)
        case ContractDeclaration():
            header = f"contract {node.name.text}{words.title(source, node.title)}"
            return words.group(source, node, header, _contract(source, node))
        case _:
            return None


def discount_terms(source: Source, node: DiscountTerms) -> str:
    """Print what a discount takes off, and for how long."""
    if node.percent:
        terms = f"{words.percent(source, node.percent)} off"
    elif node.override:
        terms = f"at {moneys(source, node.amounts)}"
    else:
        terms = ", ".join(f"{words.money(source, amount)} off" for amount in node.amounts)
    if node.periods is None:
        return terms
    unit = "period" if node.periods.value == 1 else "periods"
    return f"{terms} for {source.words(node.periods.span)} {unit}"


def _contract(source: Source, node: ContractDeclaration) -> list[Item]:
    lengths = (("term", node.term), ("renews", node.renews))
    items: list[Item] = [
        words.line(
            number,
            "contract",
            keyword,
            f"{source.words(number.span)} {_months(number)}",
        )
        for keyword, number in lengths
        if number
    ]
    items += [
        words.line(each, "contract", "minimum", _minimum(source, each)) for each in node.minimums
    ]
    items += [price_entry(source, each) for each in node.entries]
    if node.penalty:
        cost = f"costs {_penalty(source, node.penalty)}"
        items.append(words.line(node.penalty, "contract", "leaving early", cost))
    return items


def _months(number: Number) -> str:
    return "month" if number.value == 1 else "months"


def _minimum(source: Source, node: ContractMinimum) -> str:
    least = moneys(source, node.amounts)
    if node.quantity and node.service:
        least = f"{source.words(node.quantity.span)} {node.service.text} at {least} each"
    prepaid = " prepaid" if node.prepaid else ""
    return f"{least} per {_stretch(source, node)} charge {node.fee.text}{prepaid}"


def _stretch(source: Source, node: ContractMinimum) -> str:
    if node.count is None:
        return "term" if node.stretch.text == "term" else "month"
    return f"{source.words(node.count.span)} {_months(node.count)}"


def _penalty(source: Source, node: ContractPenalty) -> str:
    cost = moneys(source, node.amounts)
    if node.percent:
        cost = f"{words.percent(source, node.percent)} of remaining charges"
    return f"{cost} charge {node.fee.text}"
