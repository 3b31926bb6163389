"""Packages of a resolved catalog; `optional` and omitted bounds become numbers."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.catalog.known import optional_target, target_name
from compiler.catalog.offers import Named, Package, PackageFrequency, PackageService
from compiler.facts import PRORATIONS, package_currencies
from compiler.instances import instances
from compiler.resolve.model import Resolved
from dsl.syntax import offers as written
from dsl.syntax.base import Name
from runtime.program.terms import Proration


def packages(resolved: Resolved) -> tuple[Package, ...]:
    """Give the packages, in order."""
    return tuple(_package(resolved, node) for node in resolved.all(written.PackageDeclaration))


def _package(resolved: Resolved, node: written.PackageDeclaration) -> Package:
    timing = None if node.timing is None else node.timing.text
    alignment = None if node.alignment is None else node.alignment.text
    activation = None if node.activation is None else node.activation.text
    return Package(
        id=node.name.text,
        description=node.doc,
        span=node.name.span,
        title=node.name.text if node.title is None else node.title.value,
        category=None if node.category is None else node.category.text,
        currencies=package_currencies(resolved, node),
        frequencies=tuple(
            PackageFrequency(months=frequency.months, span=frequency.span)
            for frequency in node.frequencies
        ),
        timing="arrears" if timing == "arrears" else "advance",
        alignment="anniversary" if alignment == "anniversary" else "bill_day",
        activation=("first_billable_status" if activation == "first_billable_status" else "sale"),
        proration=_proration(node),
        sold_from=None if node.sold_from is None else node.sold_from.value,
        sold_until=None if node.sold_until is None else node.sold_until.value,
        services=tuple(_package_service(resolved, item) for item in node.services),
        contracts=_named(resolved, node.contracts),
        discounts=_named(resolved, node.discounts),
    )


def _proration(node: written.PackageDeclaration) -> Proration:
    return "days" if node.prorated is None else PRORATIONS[node.prorated.text]


def _named(resolved: Resolved, names: Iterable[Name]) -> tuple[Named, ...]:
    return tuple(Named(id=target_name(resolved, name), span=name.span) for name in names)


def _package_service(resolved: Resolved, item: written.PackageService) -> PackageService:
    own = instances(item)
    return PackageService(
        service=target_name(resolved, item.service),
        minimum=own.minimum,
        maximum=own.maximum,
        default=own.default,
        rate_plan=optional_target(resolved, item.rates),
        span=item.span,
    )
