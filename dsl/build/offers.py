"""Packages."""

from __future__ import annotations

from dsl.build.literals import (
    frequency,
    name,
    names,
    number,
    optional_name,
    optional_number,
    optional_text,
    optional_word,
    window,
    word,
)
from dsl.build.reading import (
    Branch,
    Reading,
    all_of,
    branch,
    branches,
    statements,
    the,
    tokens,
)
from dsl.syntax.base import Word
from dsl.syntax.offers import PackageDeclaration, PackageService


def package(reading: Reading, tree: Branch) -> PackageDeclaration:
    """Build `package business_connectivity "..." { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "package_block"))
    currencies = block.one("currencies", "currencies")
    bills = block.one("bills", "bills")
    contracts = block.one("package_contracts", "contract")
    discounts = block.one("package_discounts", "discount")
    sold_from, sold_until = window(reading, block.one("sold", "sold"))
    return PackageDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        title=optional_text(reading, branch(tree, "title")),
        category=optional_name(reading, block.one("category", "category")),
        currencies=names(reading, currencies) if currencies else (),
        frequencies=all_of(reading, branches(bills), "frequency", frequency) if bills else (),
        timing=optional_word(reading, bills, "timing"),
        alignment=optional_word(reading, block.one("aligned", "aligned to"), "alignment"),
        activation=optional_word(
            reading, block.one("activation", "activation"), "activation_point"
        ),
        prorated=_prorated(reading, block.one("prorated", "prorated")),
        sold_from=sold_from,
        sold_until=sold_until,
        services=block.every("package_service", _package_service),
        contracts=names(reading, contracts) if contracts else (),
        discounts=names(reading, discounts) if discounts else (),
    )


def _prorated(reading: Reading, tree: Branch | None) -> Word | None:
    by = optional_word(reading, tree, "proration")
    return by or optional_word(reading, tree, "never")


def _package_service(reading: Reading, tree: Branch) -> PackageService:
    minimum = maximum = default = optional = None
    instances = branch(tree, "instances")
    if instances is not None:
        between = branch(instances, "range")
        if between is not None:
            minimum, maximum = (number(reading, end) for end in branches(between))
        default = optional_number(reading, branch(instances, "default"))
        chosen = branch(instances, "optional")
        if chosen is not None:
            optional = word(reading, chosen)
            most = branch(instances, "number")
            maximum = number(reading, most) if most else None
    return PackageService(
        reading.span(tree),
        service=name(reading, tokens(tree)[0]),
        minimum=minimum,
        maximum=maximum,
        default=default,
        optional=optional,
        rates=optional_name(reading, branch(tree, "package_rates")),
    )
