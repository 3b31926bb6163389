"""What changes from a day on, from changes.csv to the invoice: the days before stay as posted."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from runtime.program.commercial import PricePlan
from runtime.program.model import Program, RatePlan, RatePlanGroup
from tests.runtime.bill.books import (
    Book,
    customer,
    lines,
    refuse,
    request,
    run,
    session,
    write_usage,
)
from tests.runtime.bill.test_commercial import CATALOG, CONTRACTS, SETS, program_of, sold
from tests.runtime.programs import connectivity_program

TEXT = CATALOG + SETS + CONTRACTS


def changed(book: Book, day: str, recorded: str = "", **what: object) -> Book:
    """Add a row to changes.csv."""
    book.rows["changes"].append({"effective": day, "recorded": recorded, **what})
    return book


def billed(folder: Path, book: Book, as_of: str, text: str = TEXT) -> list[tuple[str, str, str]]:
    """Bill and give quantity, stretch and net of all lines."""
    book.write(folder / "book")
    return [
        (str(line.quantity), f"{line.period_start:%m-%d}..{line.period_end:%m-%d}", str(line.net))
        for line in lines(run(request(folder, as_of, program=program_of(text))))
    ]


def total(found: list[tuple[str, str, str]]) -> Decimal:
    """Give the sum of the nets."""
    return sum((Decimal(net) for *_, net in found), Decimal(0))


@pytest.mark.feature("D2", "B5")
def test_a_quantity_changes_on_its_day_and_what_was_posted_is_credited_from_it(
    tmp_path: Path,
) -> None:
    book = sold({"account": "A"})
    assert billed(tmp_path, book, "2026-01-01") == [("2", "01-01..02-01", "24.00")]
    changed(book, "2026-01-16", account_service="A-sim", quantity=5)
    # Of 2 x 12.00 the first 15 of 31 days are 11.61, so that 12.39 is taken back; of 5 x 12.00
    # they are 29.03, and 30.97 is charged.  February has five.
    assert billed(tmp_path, book, "2026-02-01") == [
        ("-2", "01-16..02-01", "-12.39"),
        ("5", "01-16..02-01", "30.97"),
        ("5", "02-01..03-01", "60.00"),
    ]
    # One from 1 January on, learnt late, and five from the 16th as before: only the first
    # half is corrected, 11.61 of two and 5.81 of one.
    changed(book, "2026-01-01", account_service="A-sim", quantity=1)
    assert [net for *_, net in billed(tmp_path, book, "2026-02-02")] == ["-11.61", "5.81"]


@pytest.mark.feature("D2", "B5")
def test_a_quantity_changes_in_a_period_that_is_counted_by_seconds(tmp_path: Path) -> None:
    text = TEXT.replace("  bills    monthly\n", "  bills    monthly\n  prorated by seconds\n", 1)
    book = changed(sold({"account": "A"}), "2026-01-16", account_service="A-sim", quantity=5)
    # As by days: no clock changes in January.
    found = billed(tmp_path, book, "2026-01-01", text)
    assert [net for *_, net in found] == ["11.61", "30.97"]


@pytest.mark.feature("B5", "D2")
def test_a_change_is_not_known_before_it_was_recorded(tmp_path: Path) -> None:
    book = sold({"account": "A"})
    changed(book, "2026-01-01", "2026-01-20", account_service="A-sim", quantity=3)
    assert billed(tmp_path, book, "2026-01-19") == [("2", "01-01..02-01", "24.00")]
    assert billed(tmp_path, book, "2026-01-20") == [
        ("-2", "01-01..02-01", "-24.00"),
        ("3", "01-01..02-01", "36.00"),
    ]


@pytest.mark.feature("D3", "B5")
def test_a_one_time_charge_is_for_the_quantity_of_its_day(tmp_path: Path) -> None:
    text = TEXT.replace("setup optional up to 1\n}", "setup optional up to 9\n}", 1)
    book = sold({"account": "A"})
    setup = {"account_service": "A-setup", "account_package": "A", "service": "setup"}
    book.rows["account_services"].append(setup | {"quantity": 2})
    changed(book, "2026-01-02", account_service="A-setup", quantity=7)
    assert ("2", "01-01..01-02", "100.00") in billed(tmp_path, book, "2026-01-31", text)
    changed(book, "2026-01-01", account_service="A-setup", quantity=3)
    assert [net for *_, net in billed(tmp_path, book, "2026-01-31", text)] == ["-100.00", "150.00"]


@pytest.mark.feature("A12", "B5")
def test_a_counting_rule_counts_the_quantity_of_the_day(tmp_path: Path) -> None:
    text = TEXT.replace(
        "price monthly 12.00 CAD, 10.00 USD",
        "price monthly volume by sims { up to 2  12.00 CAD, 10.00 USD; "
        "beyond  11.00 CAD, 9.00 USD }",
    )
    text += "count sims = service sim across account\n"
    book = changed(sold({"account": "A"}), "2026-01-16", account_service="A-sim", quantity=3)
    found = billed(tmp_path, book, "2026-02-01", text)
    # 2 count on 1 January, which decides of both stretches of it; 3 on 1 February.
    assert [net for *_, net in found] == ["11.61", "18.58", "33.00"]


@pytest.mark.feature("A22", "A19", "B6")
def test_a_price_plan_and_a_price_book_hold_from_the_first_period_after_their_day(
    tmp_path: Path,
) -> None:
    book = sold({"account": "A", "price_book": "partner"})
    changed(book, "2026-01-10", account="A", price_plan="acme")
    changed(book, "2026-03-01", account="A", price_plan="-")
    changed(book, "2026-04-01", account="A", price_book="-")
    # The book's 9.00 in January, the plan's 8.00 in February, 9.00 in March, the catalog's 12.00.
    found = billed(tmp_path, book, "2026-04-01")
    assert [net for *_, net in found] == ["18.00", "16.00", "18.00", "24.00"]
    changed(book, "2026-02-01", account_package="A", price_book="partner")
    changed(book, "2026-05-01", account_package="A", price_book="-")
    # April is in the package's own book after all; May in the account's, which is none.
    assert [net for *_, net in billed(tmp_path, book, "2026-05-01")] == [
        "-24.00",
        "18.00",
        "24.00",
    ]


@pytest.mark.feature("A22", "A23", "B6")
def test_the_discounts_of_a_price_plan_hold_in_its_days_and_count_their_periods_in_them(
    tmp_path: Path,
) -> None:
    plan = 'price plan deal {\n  reason  "Agreed"\n  service sim  50% off for 1 period\n'
    text = TEXT + plan + "  package fleet  10% off\n}\n"
    book = sold({"account": "A"})
    changed(book, "2026-02-10", account="A", price_plan="deal")
    changed(book, "2026-05-01", account="A", price_plan="-")
    # 24.00 a month: half of March, and 10% off it and April, and nothing off May any more.
    found = billed(tmp_path, book, "2026-05-01", text)
    assert [net for *_, net in found] == [
        *("24.00", "24.00", "24.00", "-12.00", "-1.20", "24.00", "-2.40", "24.00"),
    ]


@pytest.mark.feature("A18", "B4")
def test_a_contract_that_takes_anothers_place_begins_its_term_on_its_day(tmp_path: Path) -> None:
    book = sold({"account": "A"}, package="phones", contract="rolling")
    changed(book, "2026-03-01", account_package="A", contract="one_year")
    # 2 x 7.50 in January and February, 2 x 7.00 for the 12 months from March on, then 2 x 12.00.
    found = billed(tmp_path, book, "2027-03-01")
    assert [net for *_, net in found] == ["15.00"] * 2 + ["14.00"] * 12 + ["24.00"]
    changed(book, "2026-05-01", account_package="A", contract="-")
    # The contract ends with April: from May on 10 x 10.00 more, of March 2027 24.00 already.
    assert total(billed(tmp_path, book, "2027-03-02")) == Decimal("100.00")


def with_rate_plans() -> Program:
    """Connectivity with the plans `near` (home's prices) and `far` (abroad's)."""
    program = connectivity_program()
    (home, abroad) = ("home", "abroad")
    plans = [("near", home), ("far", abroad)]
    return program.model_copy(
        update={
            "rate_plans": (
                *program.rate_plans,
                *(RatePlan(id=name, otherwise="reject", source=0) for name, _ in plans),
            ),
            "rate_plan_groups": (
                *program.rate_plan_groups,
                *(
                    RatePlanGroup(plan=name, ordinal=0, group=group, source=0)
                    for name, group in plans
                ),
            ),
            "price_plans": (
                PricePlan(id="deal", title="Deal", reason="Agreed", rate_plan="near", source=0),
            ),
        }
    )


def rated(folder: Path, program: Program, book: Book, *days: str) -> list[tuple[str, str]]:
    """Bill 70 GB on each day, 20 of them not included, and give the plan and net of each line."""
    book.write(folder / "book")
    sessions = (session(n, "GW-P1", day, "70") for n, day in enumerate(days))
    usage = write_usage(folder / "usage.csv", *sessions)
    result = run(request(folder, "2026-06-01", usage, program=program))
    return [
        (
            "/".join(sorted({part.rate_plan or "" for part in line.components if part.rate_plan})),
            str(line.net),
        )
        for line in lines(result, "P1-data")
        if line.kind == "usage"
    ]


@pytest.mark.feature("A15", "B6")
def test_the_rate_plan_nearest_to_the_use_rates_it(tmp_path: Path) -> None:
    program = with_rate_plans()

    def plan(name: str, of_service: str, **account: object) -> str:
        book = Book(customer("A1", **account)).sell("P1", "A1", "2026-01-01")
        data = book.rows["account_services"][1]
        book.rows["account_services"][1] = {**data, "rate_plan": of_service}
        ((found, _),) = rated(tmp_path / name, program, book, "2026-01-05")
        return found

    # The service has `metered` of its own, which is nearer than the account's.
    assert plan("account", "", rate_plan="far") == "metered"
    assert plan("price plan", "", rate_plan="far", price_plan="deal") == "near"
    assert plan("own", "far", rate_plan="near", price_plan="deal") == "far"
    bare = tuple(
        each.model_copy(update={"rate_plan": None}) if each.id == "data" else each
        for each in program.services
    )
    program = program.model_copy(update={"services": bare})
    assert plan("none nearer", "", rate_plan="far") == "far"


@pytest.mark.feature("A15", "B6", "C3")
def test_a_rate_plan_changes_with_the_usage_period_that_begins_on_its_day_or_later(
    tmp_path: Path,
) -> None:
    program = with_rate_plans()
    book = Book(customer("A1")).sell("P1", "A1", "2026-01-01")
    changed(book, "2026-01-20", account_service="P1-data", rate_plan="far")
    changed(book, "2026-03-01", account_service="P1-data", rate_plan="-")
    days = ("2026-01-25", "2026-02-25", "2026-03-25")
    # Of 70 GB 50 are included and 10 flat: 10 are rated, at 1.20, at 4.00, at 1.20 again.
    assert rated(tmp_path, program, book, *days) == [
        ("metered", "12.00"),
        ("far", "40.00"),
        ("metered", "12.00"),
    ]
    changed(book, "2026-03-01", account_service="P1-data", rate_plan="far")
    book.write(tmp_path / "book")
    again = run(request(tmp_path, "2026-06-02", program=program))
    assert [str(line.net) for line in lines(again)] == ["28.00"]
    assert run(request(tmp_path, "2026-06-03", program=program)).invoices == ()


@pytest.mark.feature("B6")
def test_a_change_that_cannot_be_ends_the_run_with_its_row(tmp_path: Path) -> None:
    book = changed(sold({"account": "A"}), "2026-01-16", account_service="A-sim", quantity=101)
    book.write(tmp_path / "book")
    refused = refuse(request(tmp_path, "2026-02-01", program=program_of(TEXT)))
    assert refused.reasons == (
        "account_packages.csv row 1: account_package `A`: holds 101 of `sim` on 2026-01-16, "
        "`fleet` allows 100",
    )


DEAR = TEXT.replace("12.00 CAD", "15.50 CAD", 1)
"""Two SIMs come to 31.00 a month."""


@pytest.mark.feature("A2", "B4", "D2")
def test_a_bill_day_cuts_the_period_that_runs_and_credits_what_is_cut_off(tmp_path: Path) -> None:
    book = sold({"account": "A"})
    assert billed(tmp_path, book, "2026-01-01", DEAR) == [("2", "01-01..02-01", "31.00")]
    changed(book, "2026-01-10", "2026-01-12", account="A", bill_day=15)
    assert billed(tmp_path, book, "2026-01-11", DEAR) == []
    # The 15th to the 31st are 17 of 31 days.
    assert billed(tmp_path, book, "2026-01-12", DEAR) == [("-2", "01-15..02-01", "-17.00")]
    assert billed(tmp_path, book, "2026-02-14", DEAR) == [("2", "01-15..02-15", "31.00")]
    assert billed(tmp_path, book, "2026-02-15", DEAR) == [("2", "02-15..03-15", "31.00")]
    assert billed(tmp_path, book, "2026-02-16", DEAR) == []


@pytest.mark.feature("A2", "B4", "D2")
def test_a_bill_day_that_becomes_known_late_is_the_difference_over_several_periods(
    tmp_path: Path,
) -> None:
    book = sold({"account": "A"})
    before = total(billed(tmp_path, book, "2026-03-20", DEAR))
    assert before == 93
    changed(book, "2026-01-20", "2026-03-21", account_package="A", bill_day=10)
    found = billed(tmp_path, book, "2026-03-21", DEAR)
    # January stays.  February is cut at the 10th: 9 of its 28 days are 9.96.
    assert ("-2", "02-10..03-01", "-21.04") in found
    assert ("-2", "03-01..04-01", "-31.00") in found
    assert [each for each in found if each[0] == "2"] == [
        ("2", "02-10..03-10", "31.00"),
        ("2", "03-10..04-10", "31.00"),
    ]
    assert billed(tmp_path, book, "2026-03-22", DEAR) == []
    at_once = total(billed(tmp_path / "once", book, "2026-03-22", DEAR))
    assert before + total(found) == at_once == Decimal("102.96")


@pytest.mark.feature("A2", "B4", "D1")
@pytest.mark.parametrize(
    ("said", "nets"),
    [
        ("in arrears", ["16.00", "15.50", "31.00"]),
        ("in arrears\n  aligned  to anniversary", ["31.00", "31.00"]),
        ("in arrears\n  prorated never", ["31.00", "31.00", "31.00"]),
    ],
)
def test_in_arrears_a_period_is_charged_where_it_is_cut(
    said: str, nets: list[str], tmp_path: Path
) -> None:
    # Sold on 16 January: 16 of 31 days.  Cut at 15 February: 14 of 28.
    text = DEAR.replace("  bills    monthly\n", f"  bills    monthly {said}\n", 1)
    book = sold({"account": "A"}, effective="2026-01-16")
    changed(book, "2026-02-02", account="A", bill_day=15)
    found = billed(tmp_path, book, "2026-03-20", text)
    assert [net for *_, net in found] == nets


@pytest.mark.feature("A18", "B4")
@pytest.mark.parametrize("said", ["", "  prorated never\n"])
def test_what_leaving_early_costs_goes_by_the_bill_day_of_then(said: str, tmp_path: Path) -> None:
    text = (
        DEAR
        + """
service exit {
  type  fee
}

contract fixed {
  term           3 months
  leaving early  costs 100% of remaining charges charge exit
}
"""
    )
    text = text.replace("  bills    monthly\n", f"  bills    monthly\n  contract fixed\n{said}", 1)
    book = changed(sold({"account": "A"}), "2026-01-10", account="A", bill_day=15)
    book.rows["account_packages"][0] |= {"cancelled": "2026-02-01"}  # type: ignore[operator]
    found = billed(tmp_path, book, "2026-02-01", text)
    # From 1 February to the term's end on 1 April: 14 of the 31 days to 14 February, all of
    # 15 February to 14 March, 17 of the 31 days to 14 April.  Charged whole, the periods from
    # 15 February and 15 March remain; January was charged beyond the cut, and is not in force.
    assert found[-1] == ("1", "02-01..02-02", "62.00")
