"""Tiers, blocks and bounds: the engine against unit by unit, and the figures of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.charges.quotes import load_price_rows, make_quotes, price_of_scaled_sql
from runtime.engine import open_engine
from runtime.program.model import Program
from runtime.program.prices import Price, PriceTerm, PriceTier
from runtime.program.service_prices import exact_prices
from runtime.program.terms import Basis
from tests.conformance.differences import DIFFERENCES
from tests.reference.prices import Expression, Tier, amount_of
from tests.runtime.programs import connectivity_program

AMOUNTS = st.decimals(min_value=0, max_value=100, places=2, allow_nan=False)
FLATS = st.one_of(st.none(), AMOUNTS)
BLOCKS = st.one_of(st.none(), st.tuples(st.integers(1, 7), AMOUNTS))


@st.composite
def expressions(draw: st.DrawFn) -> Expression:
    mode = draw(st.sampled_from(["volume", "graduated"]))
    bounds = sorted(draw(st.sets(st.integers(1, 20), max_size=3)))
    tiers = tuple(
        Tier(
            upper,
            each=draw(AMOUNTS),
            block=draw(BLOCKS),
            flat=draw(FLATS),
            instance=draw(FLATS) if mode == "volume" else None,
            even_at_zero=number == 0 and draw(st.booleans()),
        )
        for number, upper in enumerate([*bounds, None])
    )
    return Expression(
        mode,
        tiers,
        includes=draw(st.sampled_from([0, 0, 1, 5])),
        less=draw(st.sampled_from([Decimal(0), Decimal(10), Decimal("12.5"), Decimal(100)])),
        at_most=draw(st.one_of(st.none(), AMOUNTS)),
        at_least=draw(st.one_of(st.none(), AMOUNTS)),
    )


def program_of(*prices: Expression) -> Program:
    """Give a program with these prices alone, their ids from 0."""
    return connectivity_program().model_copy(
        update={
            "prices": tuple(
                Price(
                    id=own,
                    currency="CAD",
                    mode="volume" if price.mode == "volume" else "graduated",
                    counted_by=None,
                    includes=price.includes,
                    percent_off=price.less,
                    at_most=price.at_most,
                    at_least=price.at_least,
                )
                for own, price in enumerate(prices)
            ),
            "price_tiers": tuple(
                PriceTier(
                    price=own,
                    ordinal=number,
                    upper=tier.upper,
                    even_at_zero=tier.even_at_zero,
                    source=None,
                )
                for own, price in enumerate(prices)
                for number, tier in enumerate(price.tiers)
            ),
            "price_terms": tuple(
                PriceTerm(
                    price=own,
                    tier=number,
                    ordinal=ordinal,
                    basis=basis,
                    amount=amount,
                    per=per,
                    unit="",
                )
                for own, price in enumerate(prices)
                for number, tier in enumerate(price.tiers)
                for ordinal, (basis, amount, per) in enumerate(terms(tier))
            ),
        }
    )


def terms(tier: Tier) -> Iterator[tuple[Basis, Decimal, int]]:
    if tier.each:
        yield "share", tier.each, 1
    if tier.block is not None:
        yield "block", tier.block[1], tier.block[0]
    if tier.flat is not None:
        yield "flat", tier.flat, 1
    if tier.instance is not None:
        yield "instance", tier.instance, 1


@cache
def engine() -> DuckDBPyConnection:
    return open_engine(threads=1)


def quoted(price: Expression, *asked: tuple[int, int]) -> list[Fraction]:
    """Give the amount of each (counted, instances); the rows of each add up to it."""
    connection = engine()
    load_price_rows(connection, program_of(price))
    values = ", ".join(f"(0, {instances}, {counted})" for counted, instances in asked)
    make_quotes(connection, f"SELECT * FROM (VALUES {values}) AS v (price, quantity, counted)")
    rows = connection.execute(f"""
        SELECT q.counted, q.quantity, q.gross, {price_of_scaled_sql("q.bounded")},
               (SELECT coalesce(sum(r.scaled), 0) FROM charge.quote_rows AS r
                WHERE r.quote = q.quote)
        FROM charge.quotes AS q
    """).fetchall()
    found = {}
    for counted, instances, gross, amount, total in rows:
        assert gross == total
        found[counted, instances] = Fraction(amount)
    return [found[each] for each in asked]


@pytest.mark.feature("A11", "A9")
@settings(max_examples=60, deadline=None)
@given(expressions(), st.lists(st.integers(0, 30), min_size=1, max_size=4), st.integers(1, 3))
def test_a_quote_is_what_its_units_cost_one_by_one(
    price: Expression, counts: list[int], instances: int
) -> None:
    assert exact_prices(program_of(price)) == {0}
    asked = [(counted, instances) for counted in counts]
    for (counted, held), amount in zip(asked, quoted(price, *asked), strict=True):
        assert amount == amount_of(price, counted, held)


@pytest.mark.feature("A11")
def test_flat_amounts_of_the_tier_reached_and_of_each_tier_entered() -> None:
    # 12 units: volume is in the second tier, 12 x 4.00 + 3.00 = 51.00.
    # Graduated: 10 x 5.00 + 2.00, and 2 x 4.00 + 3.00: 52.00 + 11.00 = 63.00.
    tiers = (
        Tier(10, each=Decimal("5.00"), flat=Decimal("2.00")),
        Tier(None, each=Decimal("4.00"), flat=Decimal("3.00")),
    )
    assert quoted(Expression("volume", tiers), (12, 1)) == [Fraction(51)]
    assert quoted(Expression("graduated", tiers), (12, 1)) == [Fraction(63)]
    # A bound belongs to its tier; nothing counted enters none.
    assert quoted(Expression("volume", tiers), (10, 1), (0, 1)) == [Fraction(52), Fraction(0)]


@pytest.mark.feature("A11")
def test_what_is_done_to_a_sum_is_done_in_the_order_of_the_language() -> None:
    # 15 counted, 3 included: 12 x 5.00 = 60.00; less 10% = 54.00; at most 50.00; at least 20.00.
    tiers = (Tier(None, each=Decimal("5.00")),)
    price = Expression("graduated", tiers, 3, Decimal(10), Decimal("50.00"), Decimal("20.00"))
    assert quoted(price, (15, 1), (3, 1), (8, 1)) == [
        Fraction(50),
        Fraction(20),  # nothing is left to charge: raised to 20.00
        Fraction("22.5"),  # 5 x 5.00 = 25.00 less 10%
    ]


@pytest.mark.feature("A11")
def test_a_price_that_cannot_be_exact_is_none_of_a_service() -> None:
    # 0.00000000001 less 10% has 13 decimals, and a third of a unit none that ends.
    tiers = (Tier(None, each=Decimal("0.00000000001")),)
    assert exact_prices(program_of(Expression("volume", tiers, less=Decimal(10)))) == frozenset()
    assert exact_prices(program_of(Expression("volume", tiers))) == {0}


# ---- the figures of other projects -------------------------------------------------------


@pytest.mark.feature("A11")
def test_the_tiered_charges_that_others_assert_are_those_of_services_too(shared: Path) -> None:
    cases = [each for each in read(shared, "tiers") if each["kind"] == "tiered_charge"]
    assert len(cases) == 22
    for each in cases:
        if "tier_selecting_quantity" in each["given"]:
            continue  # two quantities: one is a counting rule's, which a quote has been given
        own, expect = tiered(each["given"]), Decimal(each["expect"]["amount"])
        assert (own == Fraction(expect)) != (each["id"] in DIFFERENCES), (each["id"], own)


@pytest.mark.feature("A11", "A18")
def test_the_bounds_of_amounts_that_others_assert(shared: Path) -> None:
    cases = [
        each
        for each in read(shared, "minimums_discounts")
        if each["kind"] == "spend_commitment" and "already_billed" not in each["given"]
    ]
    assert cases
    for each in cases:
        facts = each["given"]
        price = Expression(
            "volume",
            (Tier(None, flat=Decimal(facts["charge"]), even_at_zero=True),),
            less=Decimal(facts.get("discount_percent", 0)),
            at_most=Decimal(facts["maximum_spend"]) if "maximum_spend" in facts else None,
            at_least=Decimal(facts["minimum_spend"]) if "minimum_spend" in facts else None,
        )
        (amount,) = quoted(price, (1, 1))
        assert amount == Fraction(Decimal(each["expect"]["amount"])), each["id"]


def tiered(facts: dict[str, Any]) -> Fraction:
    """Give our amount of a tiered charge, its quantity counted in whole steps."""
    numbers = [facts["quantity"], *(tier["to"] for tier in facts.get("tiers", []) if tier["to"])]
    steps = 10 ** max(places(number) for number in numbers)
    counted = int(Decimal(facts["quantity"]) * steps)
    if facts["mode"] == "package":
        block = (int(facts["package_size"]), Decimal(facts["package_price"]))
        price = Expression(
            "volume", (Tier(None, block=block),), includes=int(facts.get("free_units", 0))
        )
    else:
        # The first tier's flat amount is due at nothing too, unless the peer says otherwise.
        at_zero = facts.get("first_flat_at_zero", True)
        price = Expression(
            facts["mode"],
            tuple(
                Tier(
                    None if tier["to"] is None else int(Decimal(tier["to"]) * steps),
                    each=Decimal(tier.get("unit_price") or 0) / steps,
                    flat=Decimal(tier["flat"]) if Decimal(tier.get("flat") or 0) else None,
                    even_at_zero=number == 0 and at_zero,
                )
                for number, tier in enumerate(facts["tiers"])
            ),
        )
    (amount,) = quoted(price, (counted, 1))
    return amount


def places(number: str) -> int:
    return len(number.partition(".")[2])


def read(shared: Path, name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((shared / "cases" / f"{name}.json").read_text())
    return cases
