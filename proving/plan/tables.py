"""Which tables of the program are compared, by which columns a row is known, and what a change is.

A row is known by its key columns.  What its other columns say is compared one by one; those of
TEXT_COLUMNS are only read by people.  A price stands as what it says, never as its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Bound = Literal["low", "high"]
"""How a bound widens: `low` by going down, `high` by going up or away."""


@dataclass(frozen=True, slots=True)
class TableOfEdits:
    """How the rows of one table are compared.

    Attributes:
        noun: what a row is.
        key: the columns by which a row is the same one in both catalogs.
        entity: the kind of declaration a row belongs to, and the column that names it.
        names_things: its rows are what books, usage and posted lines refer to by name.
        bounds: columns whose change widens or narrows what is sold.
        reach: columns whose change widens or narrows what those get who are billed already.
        is_open: a row that is gone narrows what is sold, and one more widens it.
        dated: rows say from which day they hold.
        places: columns that only say where a row stands among others.
    """

    noun: str
    key: tuple[str, ...]
    entity: tuple[str, str] | None = None
    names_things: bool = False
    bounds: Mapping[str, Bound] = field(default_factory=dict)
    reach: Mapping[str, Bound] = field(default_factory=dict)
    is_open: bool = False
    dated: bool = False
    places: frozenset[str] = frozenset()


TEXT_COLUMNS = frozenset({"title", "description", "category", "reason", "text", "type"})
"""What a reader sees and no amount follows from."""

IGNORED_COLUMNS = frozenset({"source", "id_fields"})

_OWNED = ("level", "owner")

TABLES: Mapping[str, TableOfEdits] = MappingProxyType(
    {
        "currencies": TableOfEdits("currency", ("code",), names_things=True),
        "service_statuses": TableOfEdits(
            "service status", ("id",), ("service_status", "id"), names_things=True
        ),
        "package_statuses": TableOfEdits(
            "package status", ("id",), ("package_status", "id"), names_things=True
        ),
        "transitions": TableOfEdits(
            "transition", ("lifecycle", "id", "from_status"), ("lifecycle", "lifecycle")
        ),
        "services": TableOfEdits(
            "service",
            ("id",),
            ("service", "id"),
            names_things=True,
            bounds={"active_from": "low", "active_until": "high"},
        ),
        "packages": TableOfEdits(
            "package",
            ("id",),
            ("package", "id"),
            names_things=True,
            bounds={"sold_from": "low", "sold_until": "high"},
        ),
        "package_frequencies": TableOfEdits(
            "package frequency", ("package", "name"), ("package", "package"), names_things=True
        ),
        "package_services": TableOfEdits(
            "package service",
            ("package", "service"),
            ("package", "package"),
            names_things=True,
            bounds={"minimum": "low", "maximum": "high"},
        ),
        "package_contracts": TableOfEdits(
            "package contract", ("package", "contract"), ("package", "package"), is_open=True
        ),
        "recurring_prices": TableOfEdits(
            "recurring price",
            (*_OWNED, "service", "months", "status", "currency", "start", "audience"),
            ("service", "service"),
            dated=True,
        ),
        "one_time_prices": TableOfEdits(
            "one-time price",
            (*_OWNED, "service", "currency", "start", "audience"),
            ("service", "service"),
            dated=True,
        ),
        "transition_charges": TableOfEdits(
            "transition charge",
            (*_OWNED, "service", "transition", "currency"),
            ("service", "service"),
        ),
        "counting_rules": TableOfEdits("counting rule", ("id",), ("count", "id")),
        "counted_things": TableOfEdits("counted thing", ("rule", "thing"), ("count", "rule")),
        "counted_statuses": TableOfEdits(
            "counted status", ("rule", "of", "status"), ("count", "rule")
        ),
        "units": TableOfEdits("unit", ("id",), ("unit", "id")),
        "feeds": TableOfEdits("feed", ("id",), ("feed", "id"), names_things=True),
        "usage_classes": TableOfEdits("usage class", ("id",), ("usage_class", "id")),
        "zone_countries": TableOfEdits(
            "country of a zone", ("zone", "country"), ("zone", "zone"), is_open=True
        ),
        "zone_prefixes": TableOfEdits(
            "prefix of a zone", ("zone", "prefix"), ("zone", "zone"), is_open=True
        ),
        "time_band_hours": TableOfEdits(
            "hours of a time band", ("band", "weekday", "day", "start"), ("time_band", "band")
        ),
        "rate_groups": TableOfEdits("rate group", ("id",), ("rate_group", "id")),
        "rates": TableOfEdits(
            "rate",
            (
                *("group", "usage_class", "zone", "country", "prefix", "carrier", "band"),
                "currency",
            ),
            ("rate_group", "group"),
            places=frozenset({"ordinal"}),  # the most specific row rates, wherever it stands
        ),
        "rate_plans": TableOfEdits("rate plan", ("id",), ("rate_plan", "id")),
        "rate_plan_groups": TableOfEdits(
            "group of a rate plan", ("plan", "group"), ("rate_plan", "plan")
        ),
        "buckets": TableOfEdits("bucket", ("id",), ("bucket", "id")),
        "bucket_tiers": TableOfEdits(
            "bucket tier", ("bucket", "ordinal"), ("bucket", "bucket"), reach={"upper": "high"}
        ),
        "bucket_flats": TableOfEdits(
            "flat amount of a bucket", ("bucket", "tier", "currency"), ("bucket", "bucket")
        ),
        "bucket_prices": TableOfEdits(
            "price of a bucket tier", ("bucket", "tier", "currency"), ("bucket", "bucket")
        ),
        "service_buckets": TableOfEdits(
            "bucket of a service", ("service", "bucket"), ("service", "service")
        ),
        "share_plans": TableOfEdits("share plan", ("id",), ("share_plan", "id")),
        "pool_terms": TableOfEdits(
            "part of a pool", ("bucket", "ordinal"), reach={"steps": "high"}
        ),
        "pool_consumers": TableOfEdits("consumer of a pool", ("bucket", "service")),
        "price_books": TableOfEdits("price book", ("id",), ("price_book", "id"), names_things=True),
        "price_book_regions": TableOfEdits(
            "country of a region", ("book", "region", "country"), ("price_book", "book")
        ),
        "price_plans": TableOfEdits("price plan", ("id",), ("price_plan", "id"), names_things=True),
        "discounts": TableOfEdits("discount", ("id",), ("discount", "id"), names_things=True),
        "discount_amounts": TableOfEdits(
            "amount of a discount", ("discount", "currency"), ("discount", "discount")
        ),
        "discount_uses": TableOfEdits(
            "use of a discount", ("level", "owner", "kind", "target", "discount")
        ),
        "contracts": TableOfEdits("contract", ("id",), ("contract", "id"), names_things=True),
        "contract_minimums": TableOfEdits(
            "minimum of a contract", ("contract", "ordinal"), ("contract", "contract")
        ),
        "contract_minimum_amounts": TableOfEdits(
            "amount of a minimum", ("contract", "ordinal", "currency"), ("contract", "contract")
        ),
        "contract_penalties": TableOfEdits(
            "penalty of a contract", ("contract",), ("contract", "contract")
        ),
        "contract_penalty_amounts": TableOfEdits(
            "amount of a penalty", ("contract", "currency"), ("contract", "contract")
        ),
        "tax_rates": TableOfEdits(
            "tax rate", ("tax", "tax_class", "jurisdiction", "start"), ("tax", "tax"), dated=True
        ),
        "tax_inclusions": TableOfEdits("tax that prices include", ("tax",), ("tax", "tax")),
        "tax_exemptions": TableOfEdits(
            "tax exemption", ("tax", "id"), ("tax", "tax"), names_things=True
        ),
        "bill_groups": TableOfEdits("bill group", ("id",), ("bill_group", "id"), names_things=True),
        "invoice_templates": TableOfEdits("invoice template", ("path",)),
        "invoice_attachments": TableOfEdits(
            "attachment", ("bill_group", "report", "format"), ("bill_group", "bill_group")
        ),
        "carry_forwards": TableOfEdits(
            "amount carried forward", ("bill_group", "currency"), ("bill_group", "bill_group")
        ),
    }
)
"""Every table but those that others stand for: prices, their tiers and terms, statuses of pools."""

UNCOMPARED = frozenset(
    {"sources", "prices", "price_tiers", "price_terms", "time_bands", "pool_statuses"}
)
"""What others stand for: prices as what they say, bands by their hours, pools by their parts."""
