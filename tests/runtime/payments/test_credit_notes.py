"""Credit notes: whole, by line and in parts, their tax to the cent, and what they free."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given as draws
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from runtime.invoice.documents import write_documents
from runtime.invoice.invariants import all_lines, broken_invariants
from runtime.invoice.model import Invoice
from runtime.ledger.connect import commit_run, hold_ledger
from runtime.payments.credit_notes import draft_note, post_note
from runtime.payments.credited import Asked
from runtime.payments.model import PaymentRefused
from runtime.tax import AppliedRate, share_taxes
from tests.runtime.bill.books import Book, customer, ledger_of, request, run
from tests.runtime.payments.accounts import balance, day, given, paid

NUMBER = "INV-000001"


@pytest.fixture
def billed(tmp_path: Path) -> str:
    """Two lines of 80.00 and 10.00, and 75.00 once: 165.00 and 21.45 of tax."""
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    run(request(tmp_path, "2026-01-01"))
    return ledger_of(tmp_path / "out")


def credit(ledger: Connection, *asked: Asked, on: str = "01-10") -> Invoice:
    draft = draft_note(ledger, NUMBER, list(asked) or None, day(on), "goodwill")
    note, _ = post_note(ledger, draft)
    assert broken_invariants(note) == ()
    return note


def sums(note: Invoice) -> tuple[str, str, str]:
    return (str(note.totals.net), str(note.totals.tax), str(note.totals.gross))


@pytest.mark.feature("D7")
def test_an_invoice_that_is_credited_whole_owes_nothing_and_frees_what_paid_it(
    billed: str, tmp_path: Path
) -> None:
    with hold_ledger(billed) as ledger:
        paid(ledger, given("P1", "A1", "01-05", "100.00"))
        note = credit(ledger)
        assert sums(note) == ("-165.00", "-21.45", "-186.45")
        assert note.number == "INV-000002"
        assert note.credits is not None
        assert (note.credits.invoice, note.credits.reason) == (NUMBER, "goodwill")
        assert {line.corrects for line in all_lines(note)} == {
            f"{NUMBER}:{number}" for number in (1, 2, 3)
        }
        found = balance(ledger, "A1", "01-10")
        assert (found.open, found.account_credit, found.due) == (0, 10_000, -10_000)
        assert balance(ledger, "A1", "01-09").open == 8_645
        assert str(note.summary.previous_balance) == "86.45"
        with pytest.raises(PaymentRefused, match="nothing is left to credit"):
            credit(ledger)
        documents = write_documents(note, tmp_path / "documents")
        html = next(path for path in documents.paths if path.suffix == ".html").read_text("utf-8")
        assert "goodwill" in html
        assert NUMBER in html


@pytest.mark.feature("D7", "A21")
def test_parts_of_lines_give_back_the_tax_of_the_whole(billed: str) -> None:
    # 13 % of 0.50, then of 1.00 less that, then of all: 0.07 and 0.06, and 21.45 - 0.13.
    with hold_ledger(billed) as ledger:
        half = Asked(1, Decimal("0.50"))
        assert sums(credit(ledger, half)) == ("-0.50", "-0.07", "-0.57")
        assert sums(credit(ledger, half)) == ("-0.50", "-0.06", "-0.56")
        with pytest.raises(PaymentRefused, match=r"more than the 79\.00 left to credit"):
            credit(ledger, Asked(1, Decimal("79.01")))
        assert sums(credit(ledger)) == ("-164.00", "-21.32", "-185.32")
        assert balance(ledger, "A1", "01-10").due == 0


@pytest.mark.feature("D7")
def test_a_note_is_not_dated_before_what_was_applied(billed: str) -> None:
    with hold_ledger(billed) as ledger:
        paid(ledger, given("P1", "A1", "01-05", "100.00"))
        with pytest.raises(PaymentRefused, match=r"applied to INV-000001.*2026-01-05"):
            credit(ledger, on="01-04")


@pytest.mark.feature("D7", "A21")
@settings(max_examples=max(settings().max_examples // 3, 1))
@draws(
    st.lists(st.integers(1, 5_000), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5_000)), max_size=12),
    st.sampled_from((None, Decimal("20"))),
)
def test_the_taxes_of_parts_add_up_to_that_of_the_whole(
    amounts: list[int], parts: list[tuple[int, int]], held: Decimal | None
) -> None:
    rate = AppliedRate("vat", "telecom", "DE", Decimal("20"), None, held, held or Decimal(0))
    (whole,), _ = share_taxes([(each, (rate,)) for each in amounts], "half_up")
    left = list(amounts)
    before = total = 0
    for line, minor in [*parts, *enumerate([5_000] * 4)]:
        taken = min(minor, left[line]) if line < len(left) else 0
        if taken:
            left[line] -= taken
            (tax,), _ = share_taxes([(-taken, (rate,))], "half_up", {rate: before})
            before -= taken
            total += tax.minor
    assert left == [0] * len(left)
    assert total == -whole.minor


@pytest.mark.feature("D7", "D9")
@pytest.mark.parametrize(("given_back", "is_too_much"), [("38.72", True), ("38.71", False)])
def test_a_run_says_what_it_takes_back_although_it_was_credited_by_hand(
    given_back: str, *, is_too_much: bool, billed: str, tmp_path: Path
) -> None:
    with hold_ledger(billed) as ledger:
        credit(ledger, Asked(1, Decimal(given_back)), Asked(2))
        commit_run(ledger)
    book = Book(customer("A1")).sell("P1", "A1", "2026-01-01")
    book.change("P1-access", "suspended", "2026-01-16").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-20", is_dry_run=is_too_much))
    told = (
        "INV-000001:1 came to 80.00 CAD; INV-000002 gave 38.72 of it by hand, and with this run "
        "41.29 are taken back besides"
    )
    assert [str(each) for each in result.credited_again] == ([told] if is_too_much else [])
    if is_too_much:
        run(request(tmp_path, "2026-01-20"))
        summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
        assert [each["line"] for each in summary["credited_again"]] == ["INV-000001:1"]
