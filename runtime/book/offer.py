"""The catalog's rows that a book is joined with, as tables of the schema `offer`."""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from runtime.engine import fill_table
from runtime.program.model import NEW, Program

_COLUMNS: dict[str, dict[str, str]] = {
    "currencies": {"currency": "VARCHAR", "minor_units": "INTEGER"},
    "service_statuses": {"status": "VARCHAR", "base": "VARCHAR"},
    "package_statuses": {"status": "VARCHAR", "base": "VARCHAR"},
    "transitions": {
        "lifecycle": "VARCHAR",
        "transition": "VARCHAR",
        "from_status": "VARCHAR",
        "to_status": "VARCHAR",
    },
    # `entry_status`: where `new` leads; NULL where it may enter several.
    "lifecycles": {"lifecycle": "VARCHAR", "entry_status": "VARCHAR"},
    "services": {
        "service": "VARCHAR",
        "lifecycle": "VARCHAR",
        "tax_class": "VARCHAR",
        "is_active": "BOOLEAN",
        "active_from": "DATE",
        "active_until": "DATE",
        "usage_months": "INTEGER",
    },
    "service_identifiers": {"service": "VARCHAR", "identifier": "VARCHAR"},
    "packages": {
        "package": "VARCHAR",
        "timing": "VARCHAR",
        "alignment": "VARCHAR",
        "activation": "VARCHAR",
        "proration": "VARCHAR",
        "sold_from": "DATE",
        "sold_until": "DATE",
    },
    "package_currencies": {"package": "VARCHAR", "currency": "VARCHAR"},
    "frequencies": {"package": "VARCHAR", "frequency": "VARCHAR", "months": "INTEGER"},
    "package_services": {
        "package": "VARCHAR",
        "service": "VARCHAR",
        "minimum": "BIGINT",
        "maximum": "BIGINT",
    },
    "bill_groups": {"bill_group": "VARCHAR", "bill_day": "INTEGER"},
    "tax_exemptions": {"exemption": "VARCHAR"},
    "tax_rates": {"tax_class": "VARCHAR", "jurisdiction": "VARCHAR"},
    "price_books": {"price_book": "VARCHAR"},
    "price_book_regions": {"price_book": "VARCHAR", "region": "VARCHAR", "country": "VARCHAR"},
    "price_plans": {"price_plan": "VARCHAR"},
    "rate_plans": {"rate_plan": "VARCHAR"},
    "discounts": {"discount": "VARCHAR"},
    # What has a price: a service in a status, or, NULL, when it is sold.
    "priced": {"service": "VARCHAR", "status": "VARCHAR"},
    "package_contracts": {"package": "VARCHAR", "contract": "VARCHAR"},
}


def make_offer(connection: DuckDBPyConnection, program: Program) -> None:
    """Make the tables of the schema `offer` from the program, in place of any before."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS offer")
    for name, rows in _rows(program).items():
        fill_table(connection, f"offer.{name}", _COLUMNS[name], rows)


def _rows(program: Program) -> dict[str, Sequence[tuple[object, ...]]]:
    # The pools of a share plan are filled by the usage periods of its selling service.
    plans = {each.share_plan: each.months for each in program.buckets if each.share_plan}
    pools = {each.selling_service: plans.get(each.id) for each in program.share_plans}
    return {
        "currencies": [(each.code, each.minor_units) for each in program.currencies],
        "service_statuses": [(each.id, each.base) for each in program.service_statuses],
        "package_statuses": [(each.id, each.base) for each in program.package_statuses],
        "transitions": _transitions(program),
        "lifecycles": _lifecycles(program),
        "services": [
            (
                each.id,
                each.lifecycle,
                each.tax_class,
                each.is_active,
                each.active_from,
                each.active_until,
                each.usage_months or pools.get(each.id),
            )
            for each in program.services
        ],
        "service_identifiers": [
            (each.id, name) for each in program.services for name in each.identifiers
        ],
        "packages": [
            (
                each.id,
                each.timing,
                each.alignment,
                each.activation,
                each.proration,
                each.sold_from,
                each.sold_until,
            )
            for each in program.packages
        ],
        "package_currencies": [
            (each.id, currency) for each in program.packages for currency in each.currencies
        ],
        "frequencies": [
            (each.package, each.name, each.months) for each in program.package_frequencies
        ],
        "package_services": [
            (each.package, each.service, each.minimum, each.maximum)
            for each in program.package_services
        ],
        "bill_groups": [(each.id, each.bill_day) for each in program.bill_groups],
        "tax_exemptions": sorted({(each.id,) for each in program.tax_exemptions}),
        "tax_rates": sorted({(each.tax_class, each.jurisdiction) for each in program.tax_rates}),
        "price_books": [(each.id,) for each in program.price_books],
        "price_book_regions": [
            (each.book, each.region, each.country) for each in program.price_book_regions
        ],
        "price_plans": [(each.id,) for each in program.price_plans],
        "rate_plans": [(each.id,) for each in program.rate_plans],
        "discounts": [(each.id,) for each in program.discounts],
        "priced": [
            *sorted({(each.service, each.status) for each in program.recurring_prices}),
            *sorted({(each.service, None) for each in program.one_time_prices}),
        ],
        "package_contracts": [(each.package, each.contract) for each in program.package_contracts],
    }


def _transitions(program: Program) -> list[tuple[object, ...]]:
    """Give one transition for each pair of statuses: the first one declared."""
    first: dict[tuple[str, str, str], str] = {}
    for each in program.transitions:
        first.setdefault((each.lifecycle, each.from_status, each.to_status), each.id)
    return [
        (lifecycle, transition, origin, destination)
        for (lifecycle, origin, destination), transition in first.items()
    ]


def _lifecycles(program: Program) -> list[tuple[object, ...]]:
    entries: dict[str, set[str]] = {each.lifecycle: set() for each in program.transitions}
    for each in program.transitions:
        if each.from_status == NEW:
            entries[each.lifecycle].add(each.to_status)
    return [
        (lifecycle, next(iter(found)) if len(found) == 1 else None)
        for lifecycle, found in entries.items()
    ]
