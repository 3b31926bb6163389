"""The prices of rates that are not plain, as tables: their tiers, terms, bounds and modifiers."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.program.model import Program
from runtime.program.usage_prices import usage_prices
from runtime.tables import PRICE_TYPE
from runtime.usage import sql


def asks_amount(program: Program) -> bool:
    """Whether a rate is a share of the event's amount."""
    return any(each.asks_amount for each in usage_prices(program).values())


def make_usage_prices(connection: DuckDBPyConnection, program: Program) -> None:
    """Make usage.tier_prices, usage.price_tiers and usage.price_terms of rates not plain.

    tier_prices: price_id -> how it applies; `is_ordered`, `asks_amount` and `asks_events` as in
    runtime.program.usage_prices.  price_terms: `amount` is for `per` of what the term counts,
    and a block is of `block` steps.
    """
    _make_prices(connection, program)
    prices = usage_prices(program)
    sql.make_table(
        connection,
        "price_tiers",
        {
            "price_id": "INTEGER",
            "price_tier": "INTEGER",
            "lower": "BIGINT",
            "upper": "BIGINT",
            "source": "INTEGER",
        },
        [
            (own, tier.ordinal, lower, tier.upper, tier.source)
            for own, each in prices.items()
            for tier, lower in zip(
                each.tiers, (0, *(tier.upper for tier in each.tiers)), strict=False
            )
        ],
    )
    sql.make_table(
        connection,
        "price_terms",
        {
            "price_id": "INTEGER",
            "price_tier": "INTEGER",
            "term": "INTEGER",
            "basis": "VARCHAR",
            "amount": PRICE_TYPE,
            "per": "BIGINT",
            "block": "BIGINT",
            "unit": "VARCHAR",
        },
        [
            (
                *(own, tier.ordinal, number, each.term.basis, each.amount, each.per),
                *(each.term.per if each.term.basis == "block" else None, each.term.unit),
            )
            for own, price in prices.items()
            for tier, terms in zip(price.tiers, price.terms, strict=True)
            for number, each in enumerate(terms)
        ],
    )


def _make_prices(connection: DuckDBPyConnection, program: Program) -> None:
    sql.make_table(
        connection,
        "tier_prices",
        {
            "price_id": "INTEGER",
            "mode": "VARCHAR",
            "counted_by": "VARCHAR",
            "includes": "BIGINT",
            "at_most": PRICE_TYPE,
            "at_least": PRICE_TYPE,
            "common": "HUGEINT",
            "is_due_at_zero": "BOOLEAN",
            "is_ordered": "BOOLEAN",
            "asks_amount": "BOOLEAN",
            "asks_events": "BOOLEAN",
        },
        [
            (
                *(own, price.mode, price.counted_by, price.includes, price.at_most),
                *(price.at_least, min(each.common, 2**63), each.is_due_at_zero),
                *(each.is_ordered, each.asks_amount, each.asks_events),
            )
            for own, each in usage_prices(program).items()
            for price in (each.price,)
        ],
    )
