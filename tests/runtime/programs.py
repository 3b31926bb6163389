"""The connectivity catalog as a program built by hand, for tests of the runtime alone.

It mirrors catalogs/connectivity; the line of each row is found by its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from runtime.program import model
from runtime.program.artifact import seal
from runtime.program.buckets import Bucket, BucketFlat, BucketTier, ServiceBucket
from runtime.program.expressions import (
    Calculate,
    Compare,
    Expression,
    FieldValue,
    InCountries,
    TextValue,
)
from runtime.program.prices import RecurringPrice, TransitionCharge
from tests.runtime.price_rows import PriceRows

CATALOG = Path(__file__).resolve().parents[2] / "catalogs" / "connectivity"
CURRENCIES = ("CAD", "USD")
GB = 1_000_000_000
NORTH_AMERICA = ("CA", "MX", "US")


class Sources:
    """Collects the source lines of the rows, one per place."""

    def __init__(self) -> None:
        self.rows: list[model.SourceLine] = []

    def at(self, path: str, words: str, after: str = "") -> int:
        """Give the id of the line with these words, the first one after `after`'s line."""
        lines = (CATALOG / path).read_text("utf-8").splitlines()
        plain = [re.sub(r"\s+", " ", line.strip()) for line in lines]
        first = next(i for i, line in enumerate(plain) if line.startswith(after)) if after else 0
        index = next(i for i in range(first, len(plain)) if plain[i].startswith(words))
        column = len(lines[index]) - len(lines[index].lstrip()) + 1
        for row in self.rows:
            if (row.path, row.line) == (path, index + 1):
                return row.id
        row = model.SourceLine(
            id=len(self.rows),
            path=path,
            line=index + 1,
            column=column,
            text=plain[index],
        )
        self.rows.append(row)
        return row.id


def _is(attribute: str, value: str) -> Expression:
    return Compare(
        operator="==", left=FieldValue(name=attribute), right=TextValue(value=value), numeric=False
    )


@cache
def connectivity_program() -> model.Program:
    """Build the program of catalogs/connectivity."""
    sources = Sources()
    at = sources.at
    prices = PriceRows()
    recurring_prices = tuple(_recurring_prices(sources, prices))
    transition_charges = tuple(_transition_charges(sources, prices))
    rates = tuple(_rates(sources, prices))
    return seal(
        model.Program(
            format_version=model.FORMAT_VERSION,
            fingerprint="",
            catalog="connectivity",
            title="Northwind Connectivity",
            timezone="America/Toronto",
            rounding="half_up",
            currencies=tuple(model.Currency(code=code, minor_units=2) for code in CURRENCIES),
            service_statuses=_statuses(
                sources, "service", "ordered", "active", "suspended", "cancelled"
            ),
            package_statuses=_statuses(sources, "package", "pending", "open", "closed"),
            transitions=tuple(_transitions(sources)),
            services=tuple(_services(sources)),
            recurring_prices=recurring_prices,
            one_time_prices=(),
            transition_charges=transition_charges,
            packages=(_package(sources),),
            package_frequencies=tuple(
                model.PackageFrequency(
                    package="business_connectivity",
                    name=name,
                    months=months,
                    source=at("packages.ratebook", "bills"),
                )
                for name, months in (("monthly", 1), ("yearly", 12))
            ),
            package_services=tuple(
                model.PackageService(
                    package="business_connectivity",
                    service=service,
                    minimum=minimum,
                    maximum=maximum,
                    default=minimum,
                    source=at("packages.ratebook", f"service {service}"),
                )
                for service, minimum, maximum in (
                    ("access", 1, 50),
                    ("data", 1, 1),
                    ("static_ip", 0, 8),
                )
            ),
            feeds=(_feed(sources),),
            usage_classes=tuple(
                model.UsageClass(
                    id=f"{kind}_data",
                    ordinal=ordinal,
                    type="internet",
                    measure="data",
                    criterion=_is("kind", kind),
                    source=at("usage.ratebook", f"usage class {kind}_data"),
                )
                for ordinal, kind in enumerate(("web", "backup"))
            ),
            zone_countries=tuple(
                model.ZoneCountry(zone="north_america", country=country)
                for country in NORTH_AMERICA
            ),
            zone_prefixes=(),
            time_bands=(),
            time_band_hours=(),
            rate_groups=tuple(
                model.RateGroup(
                    id=group, criterion=None, source=at("usage.ratebook", f"rate group {group}")
                )
                for group in ("home", "abroad")
            ),
            rates=rates,
            rate_plans=(
                model.RatePlan(
                    id="metered",
                    otherwise="reject",
                    source=at("usage.ratebook", "rate plan metered"),
                ),
            ),
            rate_plan_groups=tuple(
                model.RatePlanGroup(
                    plan="metered",
                    ordinal=ordinal,
                    group=group,
                    source=at("usage.ratebook", group, "rate plan metered"),
                )
                for ordinal, group in enumerate(("home", "abroad"))
            ),
            buckets=(
                Bucket(
                    id="included_data",
                    ordinal=0,
                    classes=("web_data",),
                    where=InCountries(value=FieldValue(name="country"), countries=NORTH_AMERICA),
                    measure="data",
                    unit="GB",
                    steps_per_unit=GB,
                    months=1,
                    prorate=True,
                    source=at("usage.ratebook", "bucket included_data"),
                ),
            ),
            bucket_tiers=tuple(_bucket_tiers(sources)),
            bucket_flats=tuple(
                BucketFlat(
                    bucket="included_data",
                    tier=1,
                    currency=currency,
                    amount=Decimal(amount),
                    source=at("usage.ratebook", "up to 60 GB"),
                )
                for currency, amount in (("CAD", "9.00"), ("USD", "7.00"))
            ),
            service_buckets=(
                ServiceBucket(
                    service="data",
                    bucket="included_data",
                    ordinal=0,
                    source=at("services.ratebook", "bucket included_data"),
                ),
            ),
            prices=tuple(prices.prices),
            price_tiers=tuple(prices.price_tiers),
            price_terms=tuple(prices.price_terms),
            tax_rates=tuple(_tax_rates(sources)),
            bill_groups=(
                model.BillGroup(
                    id="business",
                    bill_day=1,
                    terms_days=30,
                    source=at("catalog.ratebook", "bill group business"),
                ),
            ),
            sources=tuple(sources.rows),
        )
    )


def _statuses(sources: Sources, kind: str, *names: str) -> tuple[model.Status, ...]:
    bases: dict[str, model.StatusBase] = {
        "ordered": "non_billable",
        "pending": "non_billable",
        "cancelled": "canceled",
        "closed": "canceled",
    }
    return tuple(
        model.Status(
            id=name,
            base=bases.get(name, "billable"),
            source=sources.at("lifecycle.ratebook", f"{kind} status {name}"),
        )
        for name in names
    )


def _transitions(sources: Sources) -> Iterator[model.Transition]:
    for name, origins, destination in (
        ("order", ("new",), "ordered"),
        ("activate", ("ordered",), "active"),
        ("suspend", ("active",), "suspended"),
        ("resume", ("suspended",), "active"),
        ("terminate", ("ordered", "active", "suspended"), "cancelled"),
    ):
        for origin in origins:
            yield model.Transition(
                lifecycle="line",
                id=name,
                from_status=origin,
                to_status=destination,
                source=sources.at("lifecycle.ratebook", name),
            )


def _services(sources: Sources) -> Iterator[model.Service]:
    plain = {
        "is_active": True,
        "active_from": None,
        "active_until": None,
        "tax_class": "telecom",
    }
    for name, title, description, base, kind, lifecycle, identifiers in (
        (
            "activation",
            "Activation",
            "Charged by the visit that connects a site.",
            "fee",
            "activation_fees",
            None,
            (),
        ),
        (
            "access",
            "Access line",
            "One access line into one site.",
            "recurring",
            "access_charges",
            "line",
            (),
        ),
        (
            "data",
            "Metered data",
            "Metered data over the site's lines, known by the gateway's identifier.",
            "recurring",
            "access_charges",
            "line",
            ("gateway",),
        ),
        (
            "static_ip",
            "Static IP address",
            "A second address for the site, for those who host something.",
            "recurring",
            "access_charges",
            None,
            (),
        ),
    ):
        is_metered = name == "data"
        yield model.Service.model_validate(
            {
                **plain,
                "id": name,
                "title": title,
                "description": description,
                "base": base,
                "type": kind,
                "lifecycle": lifecycle,
                "identifiers": identifiers,
                "usage_months": 1 if is_metered else None,
                "rate_plan": "metered" if is_metered else None,
                "source": sources.at("services.ratebook", f"service {name} "),
            }
        )


def _transition_charges(sources: Sources, prices: PriceRows) -> Iterator[TransitionCharge]:
    for currency, amount in (("CAD", "75.00"), ("USD", "55.00")):
        yield TransitionCharge(
            service="access",
            transition="activate",
            fee_service="activation",
            currency=currency,
            price=prices.of(Decimal(amount), currency),
            source=sources.at("services.ratebook", "on activate"),
        )


def _recurring_prices(sources: Sources, rows: PriceRows) -> Iterator[RecurringPrice]:
    def prices(
        service: str,
        months: int,
        status: str,
        words: str,
        amounts: tuple[str, str],
        after: str = "",
    ) -> Iterator[RecurringPrice]:
        source = sources.at("services.ratebook", words, after or f"service {service} ")
        for currency, amount in zip(CURRENCIES, amounts, strict=True):
            yield RecurringPrice(
                service=service,
                months=months,
                status=status,
                currency=currency,
                price=rows.of(Decimal(amount), currency),
                source=source,
            )

    yield from prices("access", 1, "active", "active 80.00", ("80.00", "60.00"))
    yield from prices("access", 1, "suspended", "suspended 20.00", ("20.00", "15.00"))
    yield from prices("access", 12, "active", "active 864.00", ("864.00", "648.00"))
    yield from prices("access", 12, "suspended", "suspended 216.00", ("216.00", "162.00"))
    yield from prices("data", 1, "active", "active 10.00", ("10.00", "7.50"))
    yield from prices("data", 1, "suspended", "suspended 0.00 CAD, 0.00", ("0.00", "0.00"))
    yield from prices("data", 12, "active", "active 108.00", ("108.00", "81.00"))
    yield from prices("data", 12, "suspended", "suspended 0.00", ("0.00", "0.00"), "active 108")
    yield from prices("static_ip", 1, model.IN_SERVICE, "price monthly", ("6.00", "4.50"))
    yield from prices("static_ip", 12, model.IN_SERVICE, "price yearly", ("60.00", "45.00"))


def _package(sources: Sources) -> model.Package:
    return model.Package(
        id="business_connectivity",
        title="Business Connectivity",
        description="The offer for one business with one or many sites.",
        category="connectivity",
        currencies=CURRENCIES,
        timing="advance",
        alignment="bill_day",
        activation="first_billable_status",
        sold_from=date(2025, 1, 1),
        sold_until=None,
        source=sources.at("packages.ratebook", "package business_connectivity"),
    )


def _feed(sources: Sources) -> model.Feed:
    return model.Feed(
        id="sessions",
        formats=("csv", "parquet"),
        columns=("record_id", "started", "gateway", "bytes_up", "bytes_down", "kind", "country"),
        id_fields=("record_id",),
        time_field="started",
        time_pattern="%Y-%m-%dT%H:%M:%S",
        timezone="UTC",
        identifier="gateway",
        identifier_value=FieldValue(name="gateway"),
        events=(
            model.FeedEvent(
                name=None,
                criterion=None,
                quantity=Calculate(
                    operator="+",
                    left=FieldValue(name="bytes_up"),
                    right=FieldValue(name="bytes_down"),
                ),
                measure="data",
                steps_per_unit=1,
                attributes=tuple(
                    model.FeedAttribute(name=name, expression=FieldValue(name=name))
                    for name in ("kind", "country")
                ),
            ),
        ),
        skip=(_is("kind", "probe"),),
        source=sources.at("usage.ratebook", "feed sessions"),
    )


def _rates(sources: Sources, prices: PriceRows) -> Iterator[model.Rate]:
    sheet = (
        ("home", 0, "web_data", "north_america", ("1.20", "0.90")),
        ("home", 1, "backup_data", "north_america", ("0.40", "0.30")),
        ("abroad", 0, "web_data", None, ("4.00", "3.00")),
        ("abroad", 1, "backup_data", None, ("4.00", "3.00")),
    )
    for group, ordinal, usage_class, zone, amounts in sheet:
        for currency, amount in zip(CURRENCIES, amounts, strict=True):
            yield model.Rate(
                id="/".join(part for part in (group, usage_class, zone) if part),
                group=group,
                ordinal=ordinal,
                usage_class=usage_class,
                zone=zone,
                currency=currency,
                price=prices.of(Decimal(amount), currency, per=GB, unit="GB"),
                source=sources.at("usage.ratebook", usage_class, f"rate group {group}"),
            )


def _bucket_tiers(sources: Sources) -> Iterator[BucketTier]:
    tiers: tuple[tuple[int | None, Literal["included", "flat", "rated"], str], ...] = (
        (50 * GB, "included", "up to 50 GB"),
        (60 * GB, "flat", "up to 60 GB"),
        (None, "rated", "beyond rated"),
    )
    for ordinal, (upper, charge, words) in enumerate(tiers):
        yield BucketTier(
            bucket="included_data",
            ordinal=ordinal,
            upper=upper,
            charge=charge,
            source=sources.at("usage.ratebook", words),
        )


def _tax_rates(sources: Sources) -> Iterator[model.TaxRate]:
    rows = [
        ("telecom", "CA-ON", "13"),
        ("telecom", "CA-QC", "14.975"),
        ("telecom", "CA-BC", "12"),
        ("telecom", "CA-AB", "5"),
        ("*", "*", "0"),
    ]
    for tax_class, jurisdiction, percent in rows:
        words = "otherwise" if tax_class == "*" else "telecom"
        yield model.TaxRate(
            tax="sales_tax",
            tax_class=tax_class,
            jurisdiction=jurisdiction,
            percent=Decimal(percent),
            start=None,
            source=sources.at("catalog.ratebook", words),
        )
