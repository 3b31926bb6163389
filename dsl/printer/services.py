"""Statuses, lifecycles, service types and services."""

from __future__ import annotations

from dataclasses import replace

from dsl.printer import words
from dsl.printer.layout import Cell, Item
from dsl.printer.prices import priced
from dsl.source import Source
from dsl.syntax.base import Name
from dsl.syntax.declarations import Declaration
from dsl.syntax.services import (
    DerivedPrice,
    LifecycleDeclaration,
    PackageStatusDeclaration,
    PriceEntry,
    PriceTableDeclaration,
    PriceVersion,
    RecurringPrice,
    ServiceDeclaration,
    ServiceStatusDeclaration,
    ServiceTypeDeclaration,
    ServiceUsage,
    StatusPrice,
    Transition,
)


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    match node:
        case ServiceStatusDeclaration():
            return _based(node, "service status", node.name, node.base)
        case PackageStatusDeclaration():
            return _based(node, "package status", node.name, node.base)
        case ServiceTypeDeclaration():
            return _based(node, "service type", node.name, node.base)
        case PriceTableDeclaration():
            file = Cell(words.table_file(source, node.table), gap=1)
            return words.line(node, "price table", f"price table {node.name.text}", file)
        case LifecycleDeclaration():
            transitions = [_transition(each) for each in node.transitions]
            return words.group(source, node, f"lifecycle {node.name.text}", transitions)
        case ServiceDeclaration():
            header = f"service {node.name.text}{words.title(source, node.title)}"
            return words.group(source, node, header, _service(source, node))
        case _:
            return None


def _based(node: Declaration, kind: str, name: Name, base: Name) -> Item:
    return words.line(node, kind, f"{kind} {name.text}", Cell(f"= {base.text}", gap=1))


def _transition(node: Transition) -> Item:
    way = f"{words.names(node.sources)} -> {node.destination.text}"
    return replace(words.line(node, "transition", node.name.text, way), takes_doc=True)


def _service(source: Source, node: ServiceDeclaration) -> list[Item]:
    return [*_settings(source, node), *_prices(source, node), *_usages(source, node)]


def _settings(source: Source, node: ServiceDeclaration) -> list[Item]:
    named = (("type", node.type), ("lifecycle", node.lifecycle), ("tax", node.tax))
    items: list[Item] = [
        words.line(name, "setting", keyword, name.text) for keyword, name in named if name
    ]
    if node.identified_by:
        first, last = node.identified_by[0].span, node.identified_by[-1].span
        identifiers = words.names(node.identified_by)
        items.append(words.stretch(first, last, "setting", "identified by", identifiers))
    ends = [day.span for day in (node.active_from, node.active_until) if day]
    if ends:
        window = words.window(source, node.active_from, node.active_until)
        items.append(words.stretch(ends[0], ends[-1], "setting", "active", window))
    if node.inactive:
        items.append(words.line(node.inactive, "setting", "inactive"))
    return items


def _prices(source: Source, node: ServiceDeclaration) -> list[Item]:
    items = [_recurring(source, price) for price in node.recurring_prices]
    items += [
        priced(source, each, "setting", [f"price{_version(source, each.version)}"], each.price)
        for each in node.one_time_prices
    ]
    items += [
        priced(
            source,
            charge,
            "charge",
            [f"on {charge.transition.text} charge {charge.service.text}"],
            charge.price,
        )
        for charge in node.transition_charges
    ]
    return items


def price_entry(source: Source, node: PriceEntry) -> Item:
    """Lay out a service's price in another set of prices."""
    header = f"service {node.service.text}"
    if node.one_time:
        return priced(source, node, "entry", [header], node.one_time.price)
    if node.charge:
        fee = f"on {node.charge.transition.text} charge {node.charge.service.text}"
        return priced(source, node, "entry charge", [f"{header} {fee}"], node.charge.price)
    assert node.recurring is not None, "the grammar has one of the three"
    header += f" {words.frequency(node.recurring.frequency)}"
    if node.recurring.price:
        return priced(source, node, "entry", [header], node.recurring.price)
    rows = [_status(source, each) for each in node.recurring.by_status]
    return words.group(source, node, header, rows)


def _recurring(source: Source, node: RecurringPrice) -> Item:
    header = f"price {words.frequency(node.frequency)}{_version(source, node.version)}"
    if node.derived:
        return words.line(node, "derived", f"{header} {_derived(source, node.derived)}")
    if node.price:
        return priced(source, node, "setting", [header], node.price)
    return words.group(source, node, header, [_status(source, each) for each in node.by_status])


def _version(source: Source, node: PriceVersion | None) -> str:
    if node is None:
        return ""
    return f" from {source.words(node.start.span)} for {words.choice(node.audience)}"


def _derived(source: Source, node: DerivedPrice) -> str:
    off = f" less {words.percent(source, node.off)}" if node.off else ""
    return f"derived from {words.frequency(node.base)}{off}"


def _status(source: Source, node: StatusPrice) -> Item:
    return priced(source, node, "status", [node.status.text], node.price)


def _usages(source: Source, node: ServiceDeclaration) -> list[Item]:
    return [_usage(source, node.usage)] if node.usage else []


def _usage(source: Source, node: ServiceUsage) -> Item:
    items: list[Item] = [words.line(name, "usage", "bucket", name.text) for name in node.buckets]
    if node.rates:
        items.append(words.line(node.rates, "usage", "rates", node.rates.text))
    return words.group(source, node, f"usage {words.frequency(node.frequency)}", items)
