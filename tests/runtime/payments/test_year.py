"""A year of one account: what it owes each day, worked by hand.

It has one access line with data from 1 January: 80.00 and 10.00 a month, and 75.00 once.  With
13 % of tax January is 186.45 and every other month 101.70, due after 30 days.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from runtime.bill_result import BillResult
from runtime.invoice.invariants import broken_invariants
from runtime.invoice.model import Invoice
from runtime.ledger.connect import hold_ledger, read_ledger
from runtime.ledger.history import read_invoice, read_invoice_numbers
from runtime.payments.apply import refund, reverse
from runtime.payments.balances import read_balances
from runtime.payments.credit_notes import draft_note, post_note
from runtime.payments.credited import Asked
from tests.runtime.bill.books import Book, customer, ledger_of, request, run
from tests.runtime.payments.accounts import day, given, paid, working_on

# From which day on: what is left to pay of invoices, and what is to the account's credit.
BY_HAND = {
    "01-01": ("186.45", "0.00"),  # INV-000001
    "01-20": ("0.00", "0.00"),  # paid in time
    "02-01": ("101.70", "0.00"),  # INV-000002, due on 3 March
    "03-01": ("203.40", "0.00"),  # INV-000003
    "03-10": ("101.70", "0.00"),  # 101.70 come late, and go to INV-000002, which is due first
    "04-01": ("203.40", "0.00"),  # INV-000004
    "04-05": ("0.00", "46.60"),  # 250.00 come: 101.70 to each, 46.60 too much
    "05-01": ("55.10", "0.00"),  # INV-000005: 101.70 - 46.60
    "05-20": ("0.00", "0.00"),  # 55.10 come
    "06-01": ("101.70", "0.00"),  # INV-000006
    "06-03": ("156.80", "0.00"),  # the 55.10 bounce, and INV-000005 is to be paid again
    "06-10": ("0.00", "0.00"),  # 156.80 come, for both
    "07-01": ("101.70", "0.00"),  # INV-000007
    "07-08": ("0.00", "0.00"),  # paid
    "07-15": ("0.00", "45.20"),  # 40.00 of it and 5.20 of tax are credited: INV-000008
    "07-20": ("0.00", "25.20"),  # 20.00 are refunded
    "08-01": ("76.50", "0.00"),  # INV-000009: 101.70 - 25.20
    "08-25": ("0.00", "0.00"),  # 76.50 come
    "09-01": ("101.70", "0.00"),  # INV-000010, due on 1 October
    "10-01": ("203.40", "0.00"),  # INV-000011, due on 31 October
    "11-01": ("305.10", "0.00"),  # INV-000012, due on 1 December
    "12-01": ("406.80", "0.00"),  # INV-000013, due on 31 December
}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The year, month by month; each thing is posted when it happens."""
    folder = tmp_path_factory.mktemp("year")
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(folder / "book")
    url = ledger_of(folder / "out")

    def pay(name: str, received: str, amount: str) -> None:
        with hold_ledger(url) as ledger:
            paid(ledger, given(name, "A1", received, amount), until=received)
            ledger.commit()

    bill(folder, 1)
    pay("JAN", "01-20", "186.45")
    bill(folder, 2, 3)
    pay("FEB", "03-10", "101.70")
    bill(folder, 4)
    pay("MAR-APR", "04-05", "250.00")
    bill(folder, 5)
    pay("MAY", "05-20", "55.10")
    bill(folder, 6)
    with hold_ledger(url) as ledger:
        with working_on(ledger, "MAY") as (journal, standing, credit):
            reverse(journal, standing, credit, day("06-03"), "the bank took it back")
        ledger.commit()
    pay("MAY-JUN", "06-10", "156.80")
    bill(folder, 7)
    pay("JUL", "07-08", "101.70")
    with hold_ledger(url) as ledger:
        asked = [Asked(1, Decimal("40.00"))]
        post_note(ledger, draft_note(ledger, "INV-000007", asked, day("07-15"), "an outage"))
        with working_on(ledger, "JUL") as (journal, standing, credit):
            refund(journal, standing, credit, 2_000, day("07-20"), reference="R1", reason=None)
        ledger.commit()
    bill(folder, 8)
    pay("AUG", "08-25", "76.50")
    bill(folder, 9, 10, 11, 12)
    return folder


def bill(folder: Path, *months: int) -> list[BillResult]:
    return [run(request(folder, f"2026-{month:02d}-01")) for month in months]


def invoices(folder: Path) -> list[Invoice]:
    with read_ledger(ledger_of(folder / "out")) as ledger:
        found = [read_invoice(ledger, number) for number in read_invoice_numbers(ledger)]
    return [each for each in found if each is not None]


@pytest.mark.feature("D7")
def test_the_balance_of_each_day_is_the_one_worked_by_hand(lived: Path) -> None:
    expected, on = ("0.00", "0.00"), date(2025, 12, 31)
    with read_ledger(ledger_of(lived / "out")) as ledger:
        while on < date(2026, 12, 31):
            on += timedelta(days=1)
            expected = BY_HAND.get(f"{on:%m-%d}", expected)
            (found,) = read_balances(ledger, on)
            left, credit = (int(each.replace(".", "")) for each in expected)
            assert (found.open, found.credit) == (left, credit), on
            assert found.balance == found.invoiced - found.applied - found.credit_notes == left
            assert found.due == left - credit
        assert read_balances(ledger, date(2025, 12, 31)) == ()


@pytest.mark.feature("D7")
@pytest.mark.parametrize(
    ("on", "aged"),
    [
        ("03-03", (20_340, 0, 0, 0, 0)),  # INV-000002 is due on this day
        ("03-04", (10_170, 10_170, 0, 0, 0)),
        ("12-31", (10_170, 10_170, 0, 10_170, 10_170)),  # 0, 30, 61 and 91 days
        ("12-30", (10_170, 10_170, 10_170, 10_170, 0)),  # due tomorrow; 29, 60 and 90 days
    ],
)
def test_what_is_left_to_pay_stands_under_the_days_since_it_was_due(
    lived: Path, on: str, aged: tuple[int, ...]
) -> None:
    with read_ledger(ledger_of(lived / "out")) as ledger:
        (found,) = read_balances(ledger, day(on))
    assert found.aged == aged


@pytest.mark.feature("D5", "D7")
def test_each_invoice_goes_on_from_where_the_last_one_ended(lived: Path) -> None:
    given_notes = {"INV-000008"}
    before = Decimal("0.00")
    for invoice in invoices(lived):
        assert broken_invariants(invoice) == ()
        if invoice.number in given_notes:
            continue
        assert invoice.summary.previous_balance == before, invoice.number
        before = invoice.summary.balance_due
        owed, credit = BY_HAND[f"{invoice.issue_date:%m-%d}"]
        assert before == Decimal(owed) - Decimal(credit)


@pytest.mark.feature("D5", "D7")
def test_an_invoice_shows_what_was_paid_credited_and_given_back_since_the_last(
    lived: Path,
) -> None:
    by_number = {each.number: each for each in invoices(lived)}
    may, august = by_number["INV-000005"], by_number["INV-000009"]
    assert [(each.kind, each.name, str(each.amount)) for each in may.summary.entries] == [
        ("payment", "MAR-APR", "-250.00")
    ]
    assert str(may.summary.previous_balance) == "203.40"
    assert str(may.summary.carried_forward) == "-46.60"
    assert (str(may.totals.paid), str(may.totals.due)) == ("46.60", "55.10")
    assert str(may.summary.balance_due) == "55.10"
    shown = [
        (each.kind, each.name, each.reference, str(each.amount)) for each in august.summary.entries
    ]
    assert shown == [
        ("payment", "JUL", None, "-101.70"),
        ("credit_note", "INV-000008", "INV-000007", "-45.20"),
        ("refund", "JUL", "R1", "20.00"),
    ]
    assert str(august.summary.carried_forward) == "-25.20"
    assert (str(august.totals.paid), str(august.totals.due)) == ("25.20", "76.50")
    reversal = by_number["INV-000007"].summary.entries
    assert [(each.kind, str(each.amount)) for each in reversal] == [
        ("reversal", "55.10"),
        ("payment", "-156.80"),
    ]


@pytest.mark.feature("D7", "D9")
def test_a_credit_note_stands_beside_the_target_and_no_run_bills_it_back(lived: Path) -> None:
    # August is 101.70 as every month, and after December nothing is due any more.
    august = next(each for each in invoices(lived) if each.number == "INV-000009")
    assert str(august.totals.gross) == "101.70"
    assert run(request(lived, "2026-12-02", is_dry_run=True)).invoices == ()
