"""Packages, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.model import Catalog
from compiler.facts import frequency_name
from compiler.lower.lines import Lines
from runtime.program.commercial import PackageContract
from runtime.program.model import Package, PackageFrequency, PackageService


def packages(catalog: Catalog, lines: Lines) -> Iterator[Package]:
    """Give the packages."""
    for package in catalog.packages:
        yield Package(
            id=package.id,
            title=package.title,
            description=package.description,
            category=package.category,
            currencies=package.currencies,
            timing=package.timing,
            alignment=package.alignment,
            activation=package.activation,
            proration=package.proration,
            sold_from=package.sold_from,
            sold_until=package.sold_until,
            source=lines.id_of(package.span),
        )


def package_frequencies(catalog: Catalog, lines: Lines) -> Iterator[PackageFrequency]:
    """Give the frequencies each package is sold at, in the order written."""
    for package in catalog.packages:
        for frequency in package.frequencies:
            yield PackageFrequency(
                package=package.id,
                name=frequency_name(frequency.months),
                months=frequency.months,
                source=lines.id_of(frequency.span),
            )


def package_services(catalog: Catalog, lines: Lines) -> Iterator[PackageService]:
    """Give the services in each package, in the order written."""
    for package in catalog.packages:
        for item in package.services:
            yield PackageService(
                package=package.id,
                service=item.service,
                minimum=item.minimum,
                maximum=item.maximum,
                default=item.default,
                rate_plan=item.rate_plan,
                source=lines.id_of(item.span),
            )


def package_contracts(catalog: Catalog, lines: Lines) -> Iterator[PackageContract]:
    """Give the contracts that sales of each package may be under, in the order written."""
    for package in catalog.packages:
        for contract in package.contracts:
            yield PackageContract(
                package=package.id, contract=contract.id, source=lines.id_of(contract.span)
            )
