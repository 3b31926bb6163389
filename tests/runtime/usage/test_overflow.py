"""Quantities and amounts at the bounds of what is counted: exact, or refused, never wrapped."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import pytest

from runtime.usage import kernel
from tests.runtime.bill.books import refuse, request, run
from tests.runtime.bill.tills import store, tills, usage_of, write_sales
from tests.runtime.usage.sheets import Use, compiled, rated

MOST = 2**63 - 1


@pytest.mark.feature("A14", "C4")
def test_quantities_add_up_beyond_what_one_event_holds(tmp_path: Path) -> None:
    rows = {
        "plain": "plain 0.000000000001 USD each + 0.01 USD per event",
        "tiers": "tiers graduated { up to 9_223_372_036_854_775_806  0 USD each; "
        "beyond  0.01 USD each + 1 USD flat }",
        "volume": "volume volume { up to 9_223_372_036_854_775_807  1 USD flat; "
        "beyond  0.000001 USD per block of 999_999_999_999_999 }",
        "shares": "shares graduated { up to 3  100% of amount; beyond  1% of amount }",
    }
    uses = [Use(name, MOST, amount="999999999999.999999") for name in rows for _ in range(3)]
    found = rated(compiled("count", rows), uses, tmp_path)
    # Of the first sale, three of 2^63 - 1 units have round(10^18 x 3 / 2^63) = 0 millionths.
    all_amounts = 3 * Fraction("999999999999.999999")
    assert found.amounts == {
        "plain": 3 * MOST * Fraction("0.000000000001") + Fraction("0.03"),
        "tiers": (3 * MOST - (MOST - 1)) * Fraction("0.01") + 1,
        "volume": -(-3 * MOST // (10**15 - 1)) * Fraction("0.000001"),
        "shares": all_amounts / 100,
    }
    assert found.quantities == dict.fromkeys(rows, 3 * MOST)


@pytest.mark.feature("A14", "C2", "C4")
def test_an_event_that_cannot_be_rounded_up_is_rejected(tmp_path: Path) -> None:
    rows = {"up": "up 1 USD per 1_000_000_000_000 count increment 10 count"}
    # 2^63 - 1 ends in 7: the next ten is beyond, the one before is not.
    uses = [Use("up", MOST), Use("up", MOST - 7), Use("up", MOST - 8)]
    found = rated(compiled("count", rows), uses, tmp_path)
    assert found.reasons == {"QUANTITY_TOO_LARGE": 1, "RATED": 2}
    assert found.quantities == {"up": 2 * (MOST - 7)}


@pytest.mark.feature("A16", "C4")
@pytest.mark.parametrize("compiled_from", [10**9, 0], ids=["interpreted", "compiled"])
def test_a_bucket_holds_what_fits_and_no_more(tmp_path: Path, compiled_from: int) -> None:
    program = tills("0.001 CAD each", "up to 5 count  included\n  beyond  rated")
    store("T1").write(tmp_path / "book")
    with patch.object(kernel, "COMPILED_FROM", compiled_from):
        fits = write_sales(
            tmp_path / "fits.csv",
            ("a", "01 09:00:00", MOST - 1, ""),
            ("b", "02 09:00:00", 1, ""),
        )
        result = run(request(tmp_path, "2026-02-01", fits, program=program, is_dry_run=True))
        # 2^63 - 6 at 0.001.
        assert usage_of(result) == ["9223372036854775.80"]
        over = write_sales(tmp_path / "over.csv", ("b2", "02 08:00:00", 2, ""))
        refused = refuse(request(tmp_path, "2026-02-01", fits, over, program=program))
    assert "2^63 - 1" in refused.reasons[0]


@pytest.mark.feature("A14", "D9")
@pytest.mark.parametrize(
    "price",
    [
        "999_999_999_999 CAD each",
        "graduated { up to 1  1 CAD each; beyond  999_999_999_999 CAD each }",
        "999_999_999_999 CAD each at most 999_999_999_999 CAD",
    ],
)
def test_an_amount_that_is_too_large_stops_the_run(tmp_path: Path, price: str) -> None:
    store("T1").write(tmp_path / "book")
    usage = write_sales(tmp_path / "january.csv", ("a", "01 09:00:00", MOST, ""))
    refused = refuse(request(tmp_path, "2026-02-01", usage, program=tills(price)))
    assert refused.stage in {"usage", "charges", "ledger"}
    assert any("exact" in each or "large" in each for each in refused.reasons)
    assert not any("Error" in each or "cast" in each for each in refused.reasons)
    # Nothing was posted: the same usage at another price is billed as if for the first time.
    result = run(
        request(tmp_path, "2026-02-01", usage, program=tills("0.01 CAD each at most 1 CAD"))
    )
    assert usage_of(result) == ["1.00"]


@pytest.mark.feature("A12", "A14")
def test_a_quantity_is_shared_over_a_count_without_a_loss(tmp_path: Path) -> None:
    rows = {
        "each": "each graduated by lines { up to 1  0 USD each; beyond  1 USD each } includes 1"
    }
    program = compiled("count", rows, "count lines = service line\n")
    found = rated(program, [Use("each", MOST), Use("each", MOST)], tmp_path, lines=3)
    # Three have round(q / 3) each at most: the included one and the first are free.
    whole = 2 * MOST
    free = (2 * whole + 3) // 6
    half = whole - free
    assert found.amounts == {"each": half - (2 * half + 2) // 4}
    assert found.quantities == {"each": whole}
