"""Usage by counting rules, by the order of events, and of nothing: from a text to its bill."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.bill_result import BillResult
from runtime.program.model import Program
from tests.runtime.bill.books import Book, request, run
from tests.runtime.bill.tills import explained, store, tills, usage_of, write_sales


def bill_january(folder: Path, program: Program, book: Book, *usage: str) -> BillResult:
    book.write(folder / "book")
    return run(request(folder, "2026-02-01", *usage, program=program))


SALES = (
    ("c", "03 09:00:00", 1, "10.00"),
    ("a", "01 09:00:00", 1, "100.00"),
    ("b", "02 09:00:00", 1, "50.00"),
)


@pytest.mark.feature("A14", "C4", "D4", "D6")
def test_each_event_and_its_amount_are_charged_by_their_own_tier(tmp_path: Path) -> None:
    # In the order of their times the sales are 100.00, 50.00 and 10.00.  The first two are
    # 3% x 150.00 + 2 x 0.30 = 5.10, the third 2% x 10.00 + 0.20 = 0.40.
    price = (
        "graduated { up to 2  3% of amount + 0.30 CAD per event; "
        "beyond  2% of amount + 0.20 CAD per event }"
    )
    usage = write_sales(tmp_path / "january.csv", *SALES)
    result = bill_january(tmp_path, tills(price), store("T1"), usage)
    assert usage_of(result) == ["5.50"]
    told = explained(result)
    assert "150 CAD × 0.03 per CAD = 4.50" in told
    assert "2 event × 0.30 per event = 0.60" in told
    assert "10 CAD × 0.02 per CAD = 0.20" in told
    # A sale of 1.00 comes late, from the morning before all: 101.00 + 100.00 are in the first
    # tier, 50.00 and 10.00 beyond: 3% x 101 + 0.60 + 2% x 60 + 0.40 = 5.23; 0.27 is given back.
    late = write_sales(tmp_path / "late.csv", ("d", "01 08:00:00", 1, "1.00"))
    second = run(request(tmp_path, "2026-02-02", late, program=tills(price)))
    assert usage_of(second) == ["-0.27"]


@pytest.mark.feature("A14", "C4")
def test_the_amount_of_an_event_that_crosses_a_bound_is_shared_by_its_units(
    tmp_path: Path,
) -> None:
    # One unit of 1.00, then three of 10.00: one of them is within the first two, and has
    # round(10.00 x 1 / 3) = 3.333333 of the amount; beyond are 6.666667.
    # 10% x 4.333333 + 1% x 6.666667 = 0.4333333 + 0.06666667 = 0.50000; fees 0.50 + 0.50: the
    # second event begins in the first tier.
    price = (
        "graduated { up to 2  10% of amount + 0.50 CAD per event; "
        "beyond  1% of amount + 0.25 CAD per event }"
    )
    sales = (("a", "01 09:00:00", 1, "1.00"), ("b", "02 09:00:00", 3, "10.00"))
    usage = write_sales(tmp_path / "january.csv", *sales)
    result = bill_january(tmp_path, tills(price), store("T1"), usage)
    assert usage_of(result) == ["1.50"]
    told = explained(result)
    assert "4.333333 CAD × 0.10 per CAD = 0.4333333" in told
    assert "6.666667 CAD × 0.01 per CAD = 0.06666667" in told


@pytest.mark.feature("A14", "C4")
def test_the_units_that_a_price_includes_bring_their_events_to_the_first_tier(
    tmp_path: Path,
) -> None:
    # The first unit is included, the next two are in the first tier: so are all three events'
    # fees; a fourth is beyond, at 1.00.  2 x 0.10 + 3 x 0.50 + 1 x 0.01 + 1.00 = 2.71.
    price = (
        "graduated { up to 2  0.10 CAD each + 0.50 CAD per event; "
        "beyond  0.01 CAD each + 1.00 CAD per event } includes 1"
    )
    usage = write_sales(tmp_path / "january.csv", *SALES, ("d", "04 09:00:00", 1, "1.00"))
    result = bill_january(tmp_path, tills(price), store("T1"), usage)
    assert usage_of(result) == ["2.71"]


@pytest.mark.feature("A14", "A16", "C4")
def test_of_an_event_that_a_bucket_takes_a_part_of_the_rest_has_its_part_of_the_amount(
    tmp_path: Path,
) -> None:
    # Three units are included; of the sale of five, two are left: 2/5 of 10.00 = 4.00, and 10%
    # of it, and the event's 0.20.  The sale before is taken whole.
    program = tills(
        "10% of amount + 0.20 CAD per event", "up to 3 count  included\n  beyond  rated"
    )
    sales = (("a", "01 09:00:00", 0, "7.00"), ("b", "02 09:00:00", 5, "10.00"))
    usage = write_sales(tmp_path / "january.csv", *sales)
    result = bill_january(tmp_path, program, store("T1"), usage)
    assert usage_of(result) == ["0.60"]
    assert "4 CAD × 0.10 per CAD = 0.40" in explained(result)


@pytest.mark.feature("A14", "D4", "D6", "C3")
def test_a_row_that_says_so_costs_its_flat_amount_even_where_nothing_was_used(
    tmp_path: Path,
) -> None:
    # T1 sold nothing in January: 5.00 less 10% = 4.50.  T2 is not open: nothing.
    price = (
        "graduated { up to 2  1.00 CAD each + 5.00 CAD flat  even at zero; beyond  0.50 CAD each } "
        "less 10%"
    )
    book = store("T1")
    shut = store("T1", "T2")
    for row in ("account_services", "identifiers"):
        book.rows[row].append(shut.rows[row][1])
    book.change("T2", "ordered", "2026-01-01")
    result = bill_january(tmp_path, tills(price), book)
    assert usage_of(result) == ["4.50"]
    assert usage_of(result, "T2") == []
    told = explained(result)
    assert "1 × 4.50 flat = 4.50" in told
    assert "even at zero" in told
    assert run(request(tmp_path, "2026-02-02", program=tills(price))).invoices == ()
    # Three sales come late: (5.00 + 2 x 1.00 + 0.50) less 10% = 6.75; 2.25 are left to bill.
    late = write_sales(tmp_path / "late.csv", *SALES)
    assert usage_of(run(request(tmp_path, "2026-02-03", late, program=tills(price)))) == ["2.25"]


@pytest.mark.feature("A14", "D4")
def test_what_a_price_includes_leaves_nothing_counted(tmp_path: Path) -> None:
    # Three sales are all included, which is nothing counted: nothing, or the flat amount.
    usage = write_sales(tmp_path / "january.csv", *SALES)
    tiers = "{{ up to 2  1.00 CAD each + 5.00 CAD flat{}; beyond  0.50 CAD each }} includes 3"
    for number, (words, amount) in enumerate((("", "0.00"), ("  even at zero", "5.00"))):
        program = tills("graduated " + tiers.format(words))
        found = bill_january(tmp_path / str(number), program, store("T1"), usage)
        assert usage_of(found) == [amount]


@pytest.mark.feature("A12", "A14", "D4", "D6", "D2")
def test_a_rule_that_counts_picks_the_tier_of_a_rate(tmp_path: Path) -> None:
    # Three tills are open on 31 January: 3 sales at 0.50.  That T3 closed on the 20th becomes
    # known later: two were open, 3 x 1.00, so 1.50 more.  T4 opened on 1 February.
    price = "volume by open_tills { up to 2  1.00 CAD each; beyond  0.50 CAD each }"
    book = store("T1", "T2", "T3", "T4")
    later = {"effective": "2026-02-01"}
    for name in ("account_services", "status_changes"):
        book.rows[name] = [
            {**row, **later} if row["account_service"] == "T4" else row for row in book.rows[name]
        ]
    usage = write_sales(tmp_path / "january.csv", *SALES)
    result = bill_january(tmp_path, tills(price), book, usage)
    assert usage_of(result) == ["1.50"]
    told = explained(result)
    assert "3 × 0.50 each = 1.50" in told
    assert "3 by open tills" in told
    book.change("T3", "closed", "2026-01-20", "2026-02-05").write(tmp_path / "book")
    second = run(request(tmp_path, "2026-02-05", program=tills(price)))
    assert usage_of(second) == ["1.50"]
    assert run(request(tmp_path, "2026-02-06", program=tills(price))).invoices == ()


@pytest.mark.feature("A12", "A14", "D4")
def test_by_graduated_the_usage_is_shared_over_what_is_counted(tmp_path: Path) -> None:
    # 7 sales over three tills: the first two have round(7 x 2 / 3) = 5 of them, 5 x 1.00; the
    # third 2 x 0.50, and each tier that the count enters its flat amount: 5 + 2 + 1 + 3 = 11.00.
    price = (
        "graduated by open_tills { up to 2  1.00 CAD each + 2.00 CAD flat; "
        "beyond  0.50 CAD each + 3.00 CAD flat }"
    )
    usage = write_sales(tmp_path / "january.csv", ("a", "01 09:00:00", 7, "1.00"))
    result = bill_january(tmp_path, tills(price), store("T1", "T2", "T3"), usage)
    assert usage_of(result) == ["11.00"]
    # The price includes one of the three: it has round(7 / 3) = 2 of the sales for nothing, and
    # the other two are in the first tier: 5 x 1.00 + 2.00.
    less = bill_january(
        tmp_path / "less", tills(f"{price} includes 1"), store("T1", "T2", "T3"), usage
    )
    assert usage_of(less) == ["7.00"]


@pytest.mark.feature("A12", "A16", "D4", "D6")
def test_a_rule_that_counts_picks_the_tier_of_a_buckets_price(tmp_path: Path) -> None:
    # Two of seven are included, five cost 0.50 each, as three tills are open.
    program = tills(
        "9.00 CAD each",
        "up to 2 count  included\n"
        "  beyond  volume by open_tills { up to 2  1.00 CAD each; beyond  0.50 CAD each }",
    )
    usage = write_sales(tmp_path / "january.csv", ("a", "01 09:00:00", 7, "1.00"))
    result = bill_january(tmp_path, program, store("T1", "T2", "T3"), usage)
    assert usage_of(result) == ["0.00", "2.50"]
    # That T3 was never open becomes known: five at 1.00.
    book = store("T1", "T2", "T3").change("T3", "closed", "2026-01-02", "2026-02-05")
    book.write(tmp_path / "book")
    second = run(request(tmp_path, "2026-02-05", program=program))
    assert usage_of(second) == ["-2.50", "5.00"]
