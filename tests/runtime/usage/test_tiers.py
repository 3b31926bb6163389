"""Usage priced in tiers, by blocks, flats, events and shares of amounts; worked by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from runtime.program.unbillable import find_unbillable
from tests.runtime.usage.sheets import Use, compiled, rated


@pytest.mark.feature("A7", "A14", "D4")
def test_the_usage_of_a_period_goes_through_the_tiers_of_its_rate(tmp_path: Path) -> None:
    rows = {
        "calls": "calls graduated { up to 100  0 USD each; up to 150  0.02 USD each + 1 USD flat; "
        "beyond  0.01 USD each }",
        "volume": "volume volume { up to 100  0.05 USD each; beyond  0.04 USD each + 3 USD flat }",
        "blocks": "blocks 1.50 USD per block of 60 + 0.10 USD per event",
        "free": "free 0.10 USD each includes 15",
        "less": "less 0.10 USD each less 10%",
        "most": "most 0.10 USD each at most 4 USD",
        "least": "least 0.10 USD each at least 4 USD",
        "all": "all graduated { up to 10  1 USD each; beyond  0.50 USD each } includes 5 less 10% "
        "at most 7 USD at least 2 USD",
    }
    uses = [Use(name, quantity) for name in rows for quantity in (7, 0, 23)]
    uses += [Use("calls", 90), Use("calls", 60), Use("volume", 71)]
    found = rated(compiled("count", rows), uses, tmp_path)
    assert found.reasons == {"RATED": len(uses)}
    assert found.amounts == {
        "calls": 50 * Fraction("0.02") + 1 + 30 * Fraction("0.01"),  # 180 in all
        "volume": 101 * Fraction("0.04") + 3,
        # Blocks are started over the period, not over each event: 30 steps are one.
        "blocks": Fraction("1.50") + 3 * Fraction("0.10"),
        "free": 15 * Fraction("0.10"),
        "less": 30 * Fraction("0.10") * Fraction(9, 10),
        "most": Fraction(3),
        "least": Fraction(4),
        # 25 counted: 10 + 15 x 0.50 = 17.50, less 10% = 15.75, at most 7.
        "all": Fraction(7),
    }
    assert found.quantities == dict.fromkeys(rows, 30) | {"calls": 180, "volume": 101}


@pytest.mark.feature("A14", "C4")
def test_a_share_of_the_amount_asks_each_event_for_one(tmp_path: Path) -> None:
    rows = {
        "sale": "sale 2.9% of amount + 0.30 USD per event",
        "tip": "tip 1% of amount less 50% at most 0.10 USD",
        "plain": "plain 0.25 USD per event",
    }
    uses = [
        *(Use("sale", 1, amount=amount) for amount in ("100.00", "0.01", "19.99", "")),
        Use("tip", 1, amount="30"),
        Use("plain", 1),
    ]
    found = rated(compiled("count", rows), uses, tmp_path)
    assert found.reasons == {"NO_AMOUNT": 1, "RATED": 5}
    assert found.amounts == {
        "sale": Fraction("120.00") * Fraction("0.029") + 3 * Fraction("0.30"),
        "tip": Fraction("0.10"),
        "plain": Fraction("0.25"),
    }


@pytest.mark.feature("A14", "C4")
def test_each_event_is_rounded_up_before_anything_else(tmp_path: Path) -> None:
    rows = {
        "voice": "voice 0.60 USD per minute minimum 60 s increment 6 s",
        "tiers": "tiers graduated { up to 2 minute  1 USD per minute; beyond  0.5 USD per minute }"
        " increment 1 minute",
    }
    # 61 s count for 66, 1 s for 60; 61 + 61 s count for 4 minutes.
    uses = [Use("voice", 61), Use("voice", 1), Use("tiers", 61), Use("tiers", 61)]
    found = rated(compiled("time", rows), uses, tmp_path)
    assert found.quantities == {"voice": 126, "tiers": 240}
    assert found.amounts == {"voice": Fraction("1.26"), "tiers": Fraction(3)}


@pytest.mark.feature("A14", "C4")
def test_a_percentage_off_is_exact_in_more_decimals_than_an_amount_has(tmp_path: Path) -> None:
    # 1.00000000001% less 12.5% is 0.87500000000875%: 14 decimals.
    rows = {
        "plain": "plain 1.00000000001% of amount less 12.5%",
        "bound": "bound 1.00000000001% of amount + 1 USD flat less 12.5% at least 3 USD",
    }
    uses = [Use(name, 6, amount="3") for name in rows]
    found = rated(compiled("count", rows), uses, tmp_path)
    percent = Fraction("0.0100000000001") * Fraction(7, 8)
    assert found.amounts == {"plain": 3 * percent, "bound": Fraction(3)}


@pytest.mark.feature("A14", "C4")
def test_events_at_one_instant_go_through_the_tiers_by_their_ids(tmp_path: Path) -> None:
    # Ids 0 to 3 are one instant; the third event by its id is the first beyond.
    rows = {
        "call": "call graduated { up to 2  0.10 USD each + 1 USD per event; "
        "beyond  0.01 USD each + 5 USD per event + 100% of amount }"
    }
    uses = [
        Use("call", quantity, amount=amount)
        for quantity, amount in ((0, "7"), (2, "11"), (0, "13"), (1, "17"))
    ]
    found = rated(compiled("count", rows), uses, tmp_path)
    # One of nothing before any unit is in the first tier, and so is one at its bound.
    assert found.amounts == {"call": 2 * Fraction("0.10") + 3 * 1 + Fraction("0.01") + 5 + 17}
    assert found.quantities == {"call": 3}


@pytest.mark.feature("A14", "C4")
def test_a_record_has_its_share_of_what_its_rate_came_to(tmp_path: Path) -> None:
    rows = {
        "call": "call graduated { up to 4  1 USD each + 3 USD flat; beyond  0.10 USD each } "
        "at most 6 USD",
        "sale": "sale 2.9% of amount + 0.30 USD per event + 1 USD flat",
    }
    uses = [Use("call", quantity) for quantity in (0, 2, 6)]
    uses += [Use("sale", 1, amount=amount) for amount in ("100", "50.55")]
    found = rated(compiled("count", rows), uses, tmp_path)
    assert found.amounts == {"call": 6, "sale": Fraction("4.365950") + Fraction("1.60")}
    connection = duckdb.connect()
    amounts = connection.execute(
        "SELECT event_id::INTEGER, amount FROM "
        f"read_parquet('{tmp_path}/out/rated_usage/*/*/*.parquet') ORDER BY ALL"
    ).fetchall()
    # 4 + 3 + 0.40 are brought to 6.00, which eight units share: 0.75 each.  A sale has 2.9% of
    # its amount, 0.30, and half of 1.00.
    assert amounts == [
        *((number, Decimal(amount)) for number, amount in enumerate(("0", "1.5", "4.5"))),
        (3, Decimal("3.7")),
        (4, Decimal("2.26595")),
    ]


@pytest.mark.feature("A14")
def test_bounds_without_a_common_measure_are_refused() -> None:
    # 10^9 + 7 and 10^9 + 9 are prime: their product and a third prime are beyond 2^63 - 1.
    price = " + ".join(f"1 USD per {each} count" for each in (10**9 + 7, 10**9 + 9, 10**9 + 21))
    assert find_unbillable(compiled("count", {"calls": f"calls {price}"})) == ()
    (found,) = find_unbillable(compiled("count", {"calls": f"calls {price} at most 5 USD"}))
    assert found.startswith("sheets.ratebook:")
    assert "so many different units" in found
