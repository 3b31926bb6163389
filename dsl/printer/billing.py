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
    items += _invoicing(source, node)
    return words.group(source, node, f"bill group {node.name.text}", items)


def _invoicing(source: Source, node: BillGroupDeclaration) -> list[Item]:
    items: list[Item] = []
    if node.template:
        file = f"template {source.words(node.template.span)}"
        items.append(words.line(node.template, "bill group", "invoice", file))
    if node.delivery:
        attached = [f"attach {each.report.text} as {each.format.text}" for each in node.attachments]
        last = node.attachments[-1] if node.attachments else node.delivery
        how = ", ".join([node.delivery.text, *attached])
        items.append(words.stretch(node.delivery.span, last.span, "bill group", "deliver", how))
    if node.zero_invoices:
        choice = words.choice(node.zero_invoices)
        items.append(words.line(node.zero_invoices, "bill group", "zero invoices", choice))
    if node.carry_forward:
        first, last_amount = node.carry_forward[0].span, node.carry_forward[-1].span
        amounts = ", ".join(words.money(source, each) for each in node.carry_forward)
        items.append(
            words.stretch(first, last_amount, "bill group", "carry forward", f"under {amounts}")
        )
    return items


def _tax(source: Source, node: TaxDeclaration) -> Item:
    items: list[Item] = [
        words.line(
            row, "tax", row.tax_class.text, ", ".join(_rate(source, rate) for rate in row.rates)
        )
        for row in node.rows
    ]
    if node.inclusion:
        inclusion = f"{words.choice(node.inclusion)} tax"
        items.append(words.line(node.inclusion, "tax", "prices", inclusion))
    for exemption in node.exemptions:
        reason = f"{exemption.name.text} {source.words(exemption.text.span)}"
        items.append(words.line(exemption, "tax", "exemption", reason))
    if node.otherwise:
        percent = words.percent(source, node.otherwise)
        items.append(words.line(node.otherwise, "tax", "otherwise", percent))
    return words.group(source, node, f"tax {node.name.text}", items)


def _rate(source: Source, node: TaxRate) -> str:
    start = f" from {source.words(node.start.span)}" if node.start else ""
    return f"{node.jurisdiction.text} {words.percent(source, node.percent)}{start}"
