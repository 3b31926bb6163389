"""Minimums of contracts that are charged ahead, and drawn down by what is used."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from runtime.explain.line import explain_line
from runtime.explain.text import render_text
from runtime.invoice.invariants import all_lines
from tests.runtime.bill.books import Book, customer, lines, request, run, session, write_usage
from tests.runtime.bill.test_commercial import program_of
from tests.runtime.bill.test_contracts import QUANTITY, SPEND, connectivity, sold, under

PREPAID = SPEND.replace("charge shortfall", "charge shortfall prepaid")
INSTANCES = QUANTITY.replace("charge shortfall", "charge shortfall prepaid")


def billed(folder: Path, text: str, book: Book, as_of: str) -> list[tuple[str, str, str]]:
    """Bill and give kind, stretch and net of what the contract charges."""
    book.write(folder / "book")
    found = lines(run(request(folder, as_of, program=program_of(text))))
    return [
        (line.kind, f"{line.period_start:%m-%d}..{line.period_end:%m-%d}", str(line.net))
        for line in found
        if line.service in ("shortfall", "early_exit")
    ]


@pytest.mark.feature("A18")
def test_a_prepaid_spend_is_charged_ahead_and_drawn_down_by_what_is_charged(
    tmp_path: Path,
) -> None:
    book = sold()
    # Of 100.00 paid ahead the SIMs' 24.00 are drawn at once: 100.00 is paid in all.
    january = [("prepaid", "01-01..02-01", "100.00"), ("drawdown", "01-01..02-01", "-24.00")]
    assert billed(tmp_path, PREPAID, book, "2026-01-01") == january
    assert billed(tmp_path, PREPAID, book, "2026-01-31") == []
    # Three more SIMs from 16 January cost 12.39 + 6.19 = 3 x 12.00 x 16/31 = 18.58.
    more = {"account_service": "P-more", "account_package": "P", "service": "sim"}
    book.rows["account_services"].append(more | {"effective": "2026-01-16", "quantity": 3})
    assert billed(tmp_path, PREPAID, book, "2026-01-31") == [("drawdown", "01-01..02-01", "-18.58")]
    # In February five cost 60.00.  Of January 57.42 were left, which are not paid back.
    assert billed(tmp_path, PREPAID, book, "2026-02-01") == [
        ("prepaid", "02-01..03-01", "100.00"),
        ("drawdown", "02-01..03-01", "-60.00"),
    ]


@pytest.mark.feature("A18")
def test_what_is_beyond_a_prepaid_spend_is_paid_besides(tmp_path: Path) -> None:
    # 9 x 12.00 = 108.00: 100.00 + 108.00 - 100.00.
    assert billed(tmp_path, PREPAID, sold(9), "2026-01-01") == [
        ("prepaid", "01-01..02-01", "100.00"),
        ("drawdown", "01-01..02-01", "-100.00"),
    ]


@pytest.mark.feature("A18", "D2")
def test_what_is_taken_back_is_given_back_to_what_was_paid_ahead(tmp_path: Path) -> None:
    assert billed(tmp_path, PREPAID, sold(4), "2026-01-01")[1][2] == "-48.00"
    # Two of the four were never there: 24.00 is credited, and drawn from the prepaid no more.
    assert billed(tmp_path, PREPAID, sold(2), "2026-01-02") == [
        ("drawdown", "01-01..02-01", "24.00")
    ]
    assert billed(tmp_path, PREPAID, sold(2), "2026-01-02") == []


@pytest.mark.feature("A18", "D2")
def test_a_stretch_that_is_cut_short_commits_to_its_part(tmp_path: Path) -> None:
    assert len(billed(tmp_path, PREPAID, sold(), "2026-02-01")) == 4
    # 14 of 28 days are 50.00; the SIMs come to 12.00 in them.
    assert billed(tmp_path, PREPAID, sold(cancelled="2026-02-15"), "2026-02-20") == [
        ("prepaid", "02-01..03-01", "-100.00"),
        ("prepaid", "02-01..02-15", "50.00"),
        ("drawdown", "02-01..02-15", "12.00"),
    ]
    # A stretch that never began is taken back with all that was drawn from it.
    gone = billed(tmp_path, PREPAID, sold(cancelled="2026-02-01"), "2026-02-21")
    assert gone == [("prepaid", "02-01..02-15", "-50.00"), ("drawdown", "02-01..02-15", "12.00")]


@pytest.mark.feature("A18")
def test_prepaid_instances_are_drawn_down_by_those_there_are(tmp_path: Path) -> None:
    book = sold()
    # Of 5 at 3.00 two bill on the first day: 15.00 - 6.00, as 3 x 3.00 short would be.
    assert billed(tmp_path, INSTANCES, book, "2026-01-01") == [
        ("prepaid", "01-01..02-01", "15.00"),
        ("drawdown", "01-01..02-01", "-6.00"),
    ]
    more = {"account_service": "P-more", "account_package": "P", "service": "sim"}
    book.rows["account_services"].append(more | {"effective": "2026-01-31", "quantity": 2})
    # On the last day of January there are four; on the first of February too.
    assert billed(tmp_path, INSTANCES, book, "2026-01-31") == []
    assert billed(tmp_path, INSTANCES, book, "2026-02-01") == [
        ("prepaid", "02-01..03-01", "15.00"),
        ("drawdown", "01-01..02-01", "-6.00"),
        ("drawdown", "02-01..03-01", "-12.00"),
    ]


@pytest.mark.feature("A18")
@pytest.mark.parametrize(
    ("text", "quantity", "cancelled"),
    [
        (SPEND, 2, ""),
        (SPEND, 9, "2026-02-10"),
        (QUANTITY, 4, "2026-03-17"),
    ],
)
def test_prepaid_or_not_a_stretch_that_has_ended_comes_to_the_same(
    tmp_path: Path, text: str, quantity: int, cancelled: str
) -> None:
    ahead = text.replace("charge shortfall", "charge shortfall prepaid")
    total = {}
    for name, catalog, days in (
        ("prepaid", ahead, ("2026-01-20", "2026-03-31")),
        ("at the end", text, ("2026-03-31",)),
    ):
        book = sold(quantity, cancelled=cancelled)
        nets = [net for day in days for *_, net in billed(tmp_path / name, catalog, book, day)]
        total[name] = sum(map(Decimal, nets), Decimal(0))
    # The stretch from 1 March has not ended; it is charged ahead only where it is prepaid.
    open_stretch = 0 if cancelled else open_march(quantity, text)
    assert total["prepaid"] - open_stretch == total["at the end"]


def open_march(quantity: int, text: str) -> Decimal:
    """Give what March comes to by its first day: what is paid ahead less what is drawn."""
    if text == QUANTITY:
        return 3 * Decimal(max(5 - quantity, 0))
    return max(Decimal(100) - 12 * quantity, Decimal(0))


@pytest.mark.feature("A18", "C3")
def test_late_usage_draws_from_the_stretch_it_lies_in(tmp_path: Path) -> None:
    program = connectivity("300.00")
    prepaid = tuple(
        each.model_copy(update={"is_prepaid": True}) for each in program.contract_minimums
    )
    program = program.model_copy(update={"contract_minimums": prepaid})
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    first = write_usage(tmp_path / "january.csv", session(1, "GW-P1", "2026-01-05", "70"))
    result = run(request(tmp_path, "2026-02-01", first, program=program))
    drawn = [line for line in lines(result) if line.kind == "drawdown"]
    assert [f"{line.period_start:%m}" for line in drawn] == ["01", "02"]
    late = write_usage(tmp_path / "late.csv", session(2, "GW-P1", "2026-01-20", "10"))
    result = run(request(tmp_path, "2026-02-10", late, program=program))
    # 10 GB of web data more at 1.20: 12.00 is charged, and drawn from what January had left.
    assert {line.kind: str(line.net) for line in lines(result)} == {
        "usage": "12.00",
        "drawdown": "-12.00",
    }


@pytest.mark.feature("A18", "D5")
def test_the_tax_of_what_was_paid_ahead_is_given_back_with_it(tmp_path: Path) -> None:
    text = PREPAID.replace("type  fee", "type  fee\n  tax   fees", 1)
    text += "tax vat {\n  fees       CA-ON 20%\n  otherwise  0%\n}\n"
    book = sold(9)
    book.rows["accounts"][1] = {**book.rows["accounts"][1], "jurisdiction": "CA-ON"}
    book.write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-01", program=program_of(text)))
    taxes = {line.kind: str(line.tax) for line in lines(result) if line.service == "shortfall"}
    assert taxes == {"prepaid": "20.00", "drawdown": "-20.00"}


@pytest.mark.feature("A18", "D6")
def test_prepaid_lines_say_what_was_paid_ahead_and_what_of_it_is_left(tmp_path: Path) -> None:
    sold().write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-01", program=program_of(PREPAID)))
    (invoice,) = result.invoices
    ahead, drawn = (each for each in all_lines(invoice) if each.service == "shortfall")
    assert ahead.description == "shortfall, 100.00 CAD prepaid"
    assert drawn.description == "shortfall, 100.00 CAD committed, 24.00 used"
    assert (str(drawn.quantity), str(drawn.unit_price)) == ("-1", "24.00")
    assert "100.00 CAD committed, paid ahead" in render_text(explain_line(invoice, ahead.number))
    told = render_text(explain_line(invoice, drawn.number))
    assert "100.00 CAD prepaid, 24.00 CAD used until now: 76.00 CAD left" in told


@pytest.mark.feature("A18")
def test_a_prepaid_term_is_charged_with_each_term(tmp_path: Path) -> None:
    text = under(
        "term    3 months",
        "renews  2 months",
        "minimum  200.00 CAD, 90.00 USD per term charge shortfall prepaid",
    )
    found = billed(tmp_path, text, sold(), "2026-04-01")
    assert [each for each in found if each[0] == "prepaid"] == [
        ("prepaid", "01-01..04-01", "200.00"),
        ("prepaid", "04-01..06-01", "200.00"),
    ]
    assert [net for kind, _, net in found if kind == "drawdown"] == ["-72.00", "-24.00"]
