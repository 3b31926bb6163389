"""Packages."""

from __future__ import annotations

from dsl.printer import words
from dsl.printer.layout import Item
from dsl.source import Source
from dsl.syntax.declarations import Declaration
from dsl.syntax.offers import PackageDeclaration, PackageService


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    if not isinstance(node, PackageDeclaration):
        return None
    header = f"package {node.name.text}{words.title(source, node.title)}"
    items = [*_terms(source, node), *_services(source, node), *_commitments(node)]
    return words.group(source, node, header, items)


def _terms(source: Source, node: PackageDeclaration) -> list[Item]:
    items: list[Item] = []
    if node.category:
        items.append(words.line(node.category, "package", "category", node.category.text))
    if node.currencies:
        first, last = node.currencies[0].span, node.currencies[-1].span
        currencies = words.names(node.currencies)
        items.append(words.stretch(first, last, "package", "currencies", currencies))
    if node.frequencies:
        first, last = node.frequencies[0].span, (node.timing or node.frequencies[-1]).span
        bills = ", ".join(words.frequency(each) for each in node.frequencies)
        timing = f" in {node.timing.text}" if node.timing else ""
        items.append(words.stretch(first, last, "package", "bills", bills + timing))
    if node.alignment:
        alignment = f"to {words.choice(node.alignment)}"
        items.append(words.line(node.alignment, "package", "aligned", alignment))
    if node.activation:
        point = words.choice(node.activation)
        items.append(words.line(node.activation, "package", "activation", point))
    if node.prorated:
        by = "" if node.prorated.text == "never" else "by "
        how = by + " ".join(source.words(node.prorated.span).split())
        items.append(words.line(node.prorated, "package", "prorated", how))
    ends = [day.span for day in (node.sold_from, node.sold_until) if day]
    if ends:
        window = words.window(source, node.sold_from, node.sold_until)
        items.append(words.stretch(ends[0], ends[-1], "package", "sold", window))
    return items


def _services(source: Source, node: PackageDeclaration) -> list[Item]:
    return [
        words.line(each, "package", "service", f"{each.service.text}{_instances(source, each)}")
        for each in node.services
    ]


def _commitments(node: PackageDeclaration) -> list[Item]:
    return [
        words.stretch(named[0].span, named[-1].span, "package", keyword, words.names(named))
        for keyword, named in (("contract", node.contracts), ("discount", node.discounts))
        if named
    ]


def _instances(source: Source, node: PackageService) -> str:
    text = ""
    if node.optional:
        text += " optional"
        if node.maximum:
            text += f" up to {source.words(node.maximum.span)}"
    elif node.minimum and node.maximum:
        text += f" {source.words(node.minimum.span)}..{source.words(node.maximum.span)}"
    if node.default:
        text += f" default {source.words(node.default.span)}"
    if node.rates:
        text += f" rates {node.rates.text}"
    return text
