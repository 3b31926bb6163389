"""What is sold: packages with all they cost, and each service by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from compiler.catalog.model import Catalog
from compiler.catalog.offers import Package, PackageService
from compiler.catalog.services import Service, ServiceUsage
from compiler.facts import frequency_words
from proving.pricesheet.model import Cell, Chapter, Code, Item, Row, anchor, facts, joined
from proving.pricesheet.prices import (
    charge_rows,
    one_time_rows,
    price_table,
    recurring_rows,
    service_rows,
)
from proving.pricesheet.words import Words, codes, window

HOW_TO_READ = (
    "They are in major units of the currency at the head of the column. By `volume`, everything "
    "is at the price of the tier that the quantity reaches; `graduated`, each part of the "
    "quantity is at the price of its own tier."
)

PRORATIONS = {
    "days": "by days of the period",
    "seconds": "by elapsed seconds",
    "fixed_30": "by days of months of 30 days",
    "thirty_360": "by 30/360",
    "never": "never: a period that has begun is charged whole",
}


def packages(catalog: Catalog, words: Words) -> Chapter:
    """Give the packages, with the prices of their services in their frequencies."""
    services = {each.id: each for each in catalog.services}
    return Chapter(
        "Packages",
        _intro(catalog),
        tuple(_package(each, services, words) for each in catalog.packages),
    )


def _intro(catalog: Catalog) -> str:
    return f"{_tax_in_amounts(catalog)} {HOW_TO_READ}"


def _tax_in_amounts(catalog: Catalog) -> str:
    """Say which amounts have tax in them; all of a tax class have it, or none."""
    included = [each for each in catalog.taxes if each.included_at is not None]
    if not included:
        return "Amounts are before tax."
    if len(included) == len(catalog.taxes):
        return "Amounts include tax."
    classes = dict.fromkeys(rate.tax_class for each in included for rate in each.rates)
    names = " or ".join(f"`{each}`" for each in classes)
    return f"Amounts are before tax, but for those of the tax class {names}, which include it."


def _package(own: Package, services: Mapping[str, Service], words: Words) -> Item:
    often = " or ".join(frequency_words(each.months).replace("_", " ") for each in own.frequencies)
    begins = "its sale" if own.activation == "sale" else "its first day in a billable status"
    align = "the bill day" if own.alignment == "bill_day" else "its own first day"
    rows = [row for each in own.services for row in _service_rows(own, each, services, words)]
    return Item(
        anchor=anchor("package", own.id),
        title=own.title,
        name=own.id,
        tags=() if own.category is None else (own.category,),
        description=own.description,
        blocks=(
            facts(
                ("Billed", f"{often}, in {own.timing}" if often else ""),
                ("Begins with", f"{begins}; periods from {align}"),
                ("Parts of a period", PRORATIONS[own.proration]),
                ("Sold", window(own.sold_from, own.sold_until)),
                ("Currencies", ", ".join(own.currencies)),
                ("Contracts", joined(words.to("contract", each.id) for each in own.contracts)),
                (
                    "Discounts with every sale",
                    joined(words.to("discount", each.id) for each in own.discounts),
                ),
            ),
            price_table(rows, words, ("Service", "Instances")),
        ),
    )


def _service_rows(
    package: Package, held: PackageService, services: Mapping[str, Service], words: Words
) -> Iterator[Row]:
    """Give the rows of a service in a package; the first says which it is."""
    months = {each.months for each in package.frequencies}
    own = services[held.service]
    priced = [
        *recurring_rows((each for each in own.recurring_prices if each.months in months), words),
        *one_time_rows(own.one_time_prices, words),
        *charge_rows(own.transition_charges, words),
    ]
    sold = frozenset(package.currencies)
    rows: list[Row] = [_sold_in(row, sold, words) for row in priced]
    rows = [row for row in rows if sold & row.keys()]
    rows += _usage_rows(own.usage, held.rate_plan, words)
    head: Row = {
        "Service": (words.to("service", own.id),),
        "Instances": (_instances(held),),
    }
    yield {**(rows[0] if rows else {}), **head}
    yield from rows[1:]


def _sold_in(row: Row, sold: frozenset[str], words: Words) -> Row:
    """Leave out the currencies in which a package is not sold."""
    return {
        head: cell for head, cell in row.items() if head in sold or head not in words.currencies
    }


def _usage_rows(usage: ServiceUsage | None, other: str | None, words: Words) -> Iterator[Row]:
    if usage is not None:
        yield {"For": ("usage, by ", words.to("rate_plan", other or usage.rate_plan))}


def _instances(held: PackageService) -> str:
    if held.minimum == held.maximum:
        return f"{held.minimum:,}"
    if (held.minimum, held.maximum) == (0, 1):
        return "optional" if not held.default else "optional, 1 by default"
    most = "or more" if held.maximum is None else f"to {held.maximum:,}"
    return f"{held.minimum:,} {most}, {held.default:,} by default"


def services(catalog: Catalog, words: Words) -> Chapter:
    """Give the services, with all their prices."""
    packages_of: dict[str, list[str]] = {}
    for package in catalog.packages:
        for each in package.services:
            packages_of.setdefault(each.service, []).append(package.id)
    charged: dict[str, list[Cell]] = {}
    for service in catalog.services:
        for charge in service.transition_charges:
            when: Cell = ("on ", Code(charge.transition), " of ", words.to("service", service.id))
            charged.setdefault(charge.fee_service, []).append(when)
    return Chapter(
        "Services",
        _intro(catalog),
        tuple(
            _service(each, packages_of.get(each.id, ()), charged.get(each.id, ()), words)
            for each in catalog.services
        ),
    )


def _service(own: Service, packages: Sequence[str], charged: Sequence[Cell], words: Words) -> Item:
    """Give a service; `charged`: the transitions of which services charge it."""
    rows = list(service_rows(own, words))
    whens = (
        piece for place, when in enumerate(charged) for piece in ((", ", *when) if place else when)
    )
    return Item(
        anchor=anchor("service", own.id),
        title=own.title,
        name=own.id,
        tags=(own.type, *(() if own.is_active else ("inactive",))),
        description=own.description,
        blocks=(
            facts(
                ("In packages", joined(words.to("package", each) for each in packages)),
                ("Kind of charge", own.base.replace("_", "-")),
                ("Charged", tuple(whens)),
                (
                    "Lifecycle",
                    () if own.lifecycle is None else (words.to("lifecycle", own.lifecycle),),
                ),
                ("Tax class", () if own.tax_class is None else (Code(own.tax_class),)),
                ("Identified by", codes(own.identifiers)),
                ("Active", window(own.active_from, own.active_until)),
                ("Usage", _usage(own.usage, words)),
            ),
            *((price_table(rows, words),) if rows else ()),
        ),
    )


def _usage(own: ServiceUsage | None, words: Words) -> Cell:
    if own is None:
        return ()
    often = frequency_words(own.months).replace("_", " ")
    buckets = joined(words.to("bucket", each.bucket) for each in own.buckets)
    first: Cell = ("; drawn first from ", *buckets) if buckets else ()
    return (f"{often}, by ", words.to("rate_plan", own.rate_plan), *first)
