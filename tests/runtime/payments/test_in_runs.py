"""Payments of the book, and the credit that invoices of a run are paid by."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.bill_result import BillResult
from runtime.ledger.connect import hold_ledger, read_ledger
from runtime.payments.apply import unapply
from runtime.payments.balances import read_balances
from tests.runtime.bill.books import Book, Row, customer, ledger_of, refuse, request, run
from tests.runtime.payments.accounts import day, working_on


def book(*payments: Row) -> Book:
    made = Book(customer("A1"), customer("B1", invoicer="A1")).sell("P1", "A1", "2026-01-01")
    made.rows["payments"] += [
        {"account": "A1", "currency": "CAD", "payment": f"PAY-{number}", **each}
        for number, each in enumerate(payments, start=1)
    ]
    return made


def told(result: BillResult) -> list[tuple[str, str, str, str]]:
    return [
        (
            str(each.totals.gross),
            str(each.totals.paid),
            str(each.summary.carried_forward),
            str(each.summary.balance_due),
        )
        for each in result.invoices
    ]


@pytest.mark.feature("D5", "D7", "D9")
def test_a_run_records_the_books_payments_of_its_day_and_a_dry_run_shows_the_same(
    tmp_path: Path,
) -> None:
    # January is 186.45 and February 101.70.  100.00 were paid ahead, and 250.00 on 20 January:
    # of 350.00, 186.45 are used and 163.55 left, of which February takes 101.70.
    ahead = {"received": "2025-12-20", "amount": "100.00", "reference": "deposit"}
    late = {"received": "2026-01-20", "amount": "250"}
    book(ahead, late).write(tmp_path / "book")
    first = run(request(tmp_path, "2026-01-01"))
    assert first.payments == 1
    assert told(first) == [("186.45", "100.00", "-100.00", "86.45")]
    draft = run(request(tmp_path, "2026-02-01", is_dry_run=True))
    second = run(request(tmp_path, "2026-02-01"))
    assert told(second) == [("101.70", "101.70", "-163.55", "-61.85")]
    assert (draft.payments, second.payments) == (1, 1)
    shown = [each.model_copy(update={"number": None, "run": None}) for each in second.invoices]
    assert [each.model_dump_json() for each in draft.invoices] == [
        each.model_dump_json() for each in shown
    ]
    assert run(request(tmp_path, "2026-02-01")).payments == 0


@pytest.mark.feature("D7")
def test_a_fault_of_a_payment_ends_the_run_before_anything_is_posted(tmp_path: Path) -> None:
    rows = (
        {"received": "2026-01-01", "amount": "1", "account": "B1"},
        {"received": "2026-01-01", "amount": "1", "account": "northwind"},
        {"received": "2026-01-01", "amount": "1", "currency": "USD"},
        {"received": "2026-01-02", "amount": "0"},  # of the next run
    )
    book(*rows).write(tmp_path / "book")
    refused = refuse(request(tmp_path, "2026-01-01"))
    assert refused.stage == "payments"
    assert [(each.file, each.row, each.code) for each in refused.faults] == [
        ("payments.csv", 1, "payer_not_invoiced"),
        ("payments.csv", 2, "unknown_payer"),
        ("payments.csv", 3, "payment_currency"),
    ]
    with read_ledger(ledger_of(tmp_path / "out")) as ledger:
        assert read_balances(ledger, day("01-01")) == ()


@pytest.mark.feature("D7", "D9")
def test_a_payment_that_is_changed_in_the_book_is_refused(tmp_path: Path) -> None:
    made = book({"received": "2026-01-01", "amount": "100.00"})
    made.write(tmp_path / "book")
    run(request(tmp_path, "2026-01-01"))
    made.rows["payments"][0] = {**made.rows["payments"][0], "amount": "90.00"}
    made.write(tmp_path / "book")
    refused = refuse(request(tmp_path, "2026-01-02"))
    assert [each.code for each in refused.faults] == ["payment_conflict"]


@pytest.mark.feature("D2", "D7")
def test_a_credit_note_of_a_run_pays_what_is_due_first_and_frees_nothing(tmp_path: Path) -> None:
    # The access line is suspended from 16 January on: 80.00 - 38.71 are given back, and 10.32
    # charged, -30.97 and 4.03 of tax.  January's 186.45 are not paid: 151.45 are left.
    made = book()
    made.write(tmp_path / "book")
    run(request(tmp_path, "2026-01-01"))
    made.change("P1-access", "suspended", "2026-01-16").write(tmp_path / "book")
    (note,) = run(request(tmp_path, "2026-01-20")).invoices
    assert (note.kind, str(note.totals.gross)) == ("credit_note", "-35.00")
    with read_ledger(ledger_of(tmp_path / "out")) as ledger:
        (found,) = read_balances(ledger, day("01-20"))
    assert (found.open, found.credit, found.balance) == (15_145, 0, 15_145)


@pytest.mark.feature("D7")
def test_what_was_taken_back_is_used_by_the_next_invoice(tmp_path: Path) -> None:
    made = book({"received": "2026-01-10", "amount": "186.45"})
    made.write(tmp_path / "book")
    run(request(tmp_path, "2026-01-01"))
    run(request(tmp_path, "2026-01-10"))
    with hold_ledger(ledger_of(tmp_path / "out")) as ledger:
        with working_on(ledger, "PAY-1") as (journal, standing, credit):
            unapply(journal, standing, credit, None, day("01-20"), "disputed")
        ledger.commit()
    result = run(request(tmp_path, "2026-02-01"))
    assert told(result) == [("101.70", "101.70", "0.00", "101.70")]
    with read_ledger(ledger_of(tmp_path / "out")) as ledger:
        (found,) = read_balances(ledger, day("02-01"))
    assert (found.open, found.credit, found.due) == (18_645, 8_475, 10_170)
