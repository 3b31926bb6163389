"""Payments, refunds and credit notes that are refused, each with its reason, nothing posted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from runtime.ledger.schema import entries
from runtime.payments.apply import Part, apply_oldest, apply_parts, refund, reverse, unapply
from runtime.payments.credit_notes import draft_note
from runtime.payments.model import PaymentRefused
from tests.runtime.payments.accounts import (
    balance,
    day,
    given,
    invoice,
    new_ledger,
    paid,
    post,
    refused,
    working_on,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Connection]:
    """INV-000001 of A1 over 100.00, INV-000002 of B1 over 50.00, INV-000003 gives A1 8.00 back."""
    with new_ledger(tmp_path) as ledger:
        drafts = (invoice("A1", "02-01", 10_000), invoice("B1", "02-01", 5_000))
        post(ledger, 1, *drafts, invoice("A1", "02-01", -800))
        yield ledger


def count(ledger: Connection) -> int:
    return ledger.execute(select(func.count()).select_from(entries)).scalar() or 0


@pytest.mark.feature("D7")
@pytest.mark.parametrize(
    ("payment", "code"),
    [
        (given("P1", "A9", "02-05", "10"), "unknown_payer"),
        (given("P1", "A1", "02-05", "0"), "payment_of_nothing"),
        (given("P1", "A1", "02-05", "-5"), "payment_of_nothing"),
        (given("P1", "A1", "02-05", "10", currency="EUR"), "payment_currency"),
        (given("P1", "A1", "02-05", "10.001"), "payment_decimals"),
        (given("P1", "A1", "02-05", "99999999999999"), "payment_too_large"),
        (given("P1", "A1", "02-06", "10"), "payment_in_future"),
        (given("INV-000009", "A1", "02-05", "10"), "number_of_invoice"),
        (given("P1", "A1", "02-05", "10", invoices="INV-000009"), "unknown_invoice"),
        (given("P1", "A1", "02-05", "10", invoices="INV-000002"), "invoice_of_other"),
        (given("P1", "A1", "02-05", "10", invoices="INV-000003"), "invoice_is_credit"),
        (given("P1", "A1", "02-05", "10", invoices="INV-000001 INV-000001"), "invoice_twice"),
        (given("P1", "A1", "02-05", "10", invoices="INV-000001=x"), "bad_direction"),
        (given("P1", "A1", "02-05", "10", invoices="INV-000001=0.001"), "bad_direction"),
        (given("P1", "A1", "02-05", "10", invoices="INV-000001=11"), "directed_too_much"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(
    ledger: Connection, payment: object, code: str
) -> None:
    sound = given("P0", "A1", "02-05", "1")
    assert refused(ledger, sound, payment, until="02-05") == [code]  # type: ignore[arg-type]
    assert count(ledger) == 0


@pytest.mark.feature("D7")
def test_every_fault_of_a_file_is_told_at_once(ledger: Connection) -> None:
    rows = (given("P1", "A9", "02-05", "0"), given("P2", "A1", "02-05", "1", currency="USD"))
    found = refused(ledger, *rows)
    assert found == ["unknown_payer", "payment_of_nothing", "payment_currency"]


@pytest.mark.feature("D7", "D9")
def test_a_payment_is_recorded_once_and_another_of_its_id_is_a_conflict(
    ledger: Connection,
) -> None:
    first = given("P1", "A1", "02-05", "10", reference="wire 7")
    assert len(paid(ledger, first).journal.payments) == 1
    before = count(ledger)
    again = paid(ledger, first)
    assert (again.journal.payments, again.repeated) == ([], 1)
    for other in (
        given("P1", "A1", "02-05", "10.01", reference="wire 7"),
        given("P1", "A1", "02-04", "10", reference="wire 7"),
        given("P1", "B1", "02-05", "10", reference="wire 7"),
        given("P1", "A1", "02-05", "10", reference="wire 8"),
        given("P1", "A1", "02-05", "10", reference="wire 7", invoices="INV-000001"),
    ):
        assert refused(ledger, other) == ["payment_conflict"]
    assert count(ledger) == before


@pytest.mark.feature("D7")
def test_no_more_is_refunded_than_was_paid_and_is_not_applied(ledger: Connection) -> None:
    paid(ledger, given("P1", "A1", "02-05", "130"))  # 100.00 to the invoice, 30.00 are left
    for minor in (3_001, 13_000):
        with (
            pytest.raises(PaymentRefused, match=r"more than the 30\.00 CAD of P1"),
            working_on(ledger, "P1") as (journal, standing, credit),
        ):
            refund(journal, standing, credit, minor, day("02-06"), reference=None, reason=None)
    with working_on(ledger, "P1") as (journal, standing, credit):
        refund(journal, standing, credit, 3_000, day("02-06"), reference=None, reason=None)
    with (
        pytest.raises(PaymentRefused, match="nothing of P1 is left to refund"),
        working_on(ledger, "P1") as (journal, standing, credit),
    ):
        refund(journal, standing, credit, None, day("02-07"), reference=None, reason=None)
    assert balance(ledger, "A1", "02-07").account_credit == 0


@pytest.mark.feature("D7")
def test_a_refund_of_a_later_credit_is_not_dated_before_it(ledger: Connection) -> None:
    # Received on the 5th and free only from the 10th on, when it is unapplied.
    paid(ledger, given("P1", "A1", "02-05", "100"))
    with working_on(ledger, "P1") as (journal, standing, credit):
        unapply(journal, standing, credit, None, day("02-10"), None)
    with (
        pytest.raises(PaymentRefused, match="nothing of P1 is left to refund on 2026-02-09"),
        working_on(ledger, "P1") as (journal, standing, credit),
    ):
        refund(journal, standing, credit, None, day("02-09"), reference=None, reason=None)


@pytest.mark.feature("D7")
def test_a_credit_note_is_neither_paid_nor_refunded_nor_reversed(ledger: Connection) -> None:
    with working_on(ledger, "INV-000003") as (journal, standing, credit):
        with pytest.raises(PaymentRefused, match="only a payment can be refunded"):
            refund(journal, standing, credit, None, day("02-06"), reference=None, reason=None)
        with pytest.raises(PaymentRefused, match="only a payment can be reversed"):
            reverse(journal, standing, credit, day("02-06"), "bounced")
        with pytest.raises(PaymentRefused, match="nothing is to be paid of it"):
            apply_parts(journal, standing, credit, [Part("INV-000003")], day("02-06"))
        assert journal.entries == []


@pytest.mark.feature("D7")
def test_more_than_is_left_is_not_applied_nor_taken_back(ledger: Connection) -> None:
    paid(ledger, given("P1", "A1", "02-05", "130"))
    with working_on(ledger, "P1") as (journal, standing, credit):
        unapply(journal, standing, credit, Part("INV-000001", 4_000), day("02-06"), None)
        for part, words in (
            (Part("INV-000001", 4_001), "is left to pay of INV-000001"),
            (Part("INV-000002", 1), "no invoice of account A1"),
        ):
            with pytest.raises(PaymentRefused, match=words):
                apply_parts(journal, standing, credit, [part], day("02-06"))
        for part, words in (
            (Part("INV-000001", 6_001), r"more than the 60\.00 CAD of P1"),
            (Part("INV-000002", 1), "no invoice of account A1"),
        ):
            with pytest.raises(PaymentRefused, match=words):
                unapply(journal, standing, credit, part, day("02-06"), None)
        with pytest.raises(PaymentRefused, match="applied on 2026-02-05, after 2026-02-04"):
            unapply(journal, standing, credit, None, day("02-04"), None)
        assert len(journal.entries) == 1


@pytest.mark.feature("D7")
def test_a_payment_is_reversed_once_and_not_before_it_was_received(ledger: Connection) -> None:
    paid(ledger, given("P1", "A1", "02-05", "130"))
    with working_on(ledger, "P1") as (journal, standing, credit):
        with pytest.raises(PaymentRefused, match="received on 2026-02-05, after 2026-02-04"):
            reverse(journal, standing, credit, day("02-04"), "bounced")
        reverse(journal, standing, credit, day("02-06"), "bounced")
        with pytest.raises(PaymentRefused, match="nothing is left of P1"):
            reverse(journal, standing, credit, day("02-07"), "bounced")
        assert apply_oldest(journal, standing, credit, day("02-07")) == []


@pytest.mark.feature("D7")
def test_a_payment_is_reversed_whole_or_not_at_all(ledger: Connection) -> None:
    # 100.00 were applied from the 5th to the 10th: on the 7th only 30.00 could be taken back.
    paid(ledger, given("P1", "A1", "02-05", "130"))
    with working_on(ledger, "P1") as (journal, standing, credit):
        unapply(journal, standing, credit, None, day("02-10"), None)
        with pytest.raises(PaymentRefused, match="still applied after 2026-02-07"):
            reverse(journal, standing, credit, day("02-07"), "bounced")
        reverse(journal, standing, credit, day("02-10"), "bounced")
    found = balance(ledger, "A1", "02-10")
    assert (found.open, found.account_credit, found.open_credit_notes) == (10_000, 0, 800)


@pytest.mark.feature("D7")
@pytest.mark.parametrize(
    ("number", "on", "words"),
    [
        ("INV-000009", "02-05", "no invoice"),
        ("INV-000003", "02-05", "is a credit note"),
        ("INV-000001", "01-31", "issued on 2026-02-01"),
        ("INV-000001", "02-05", "nothing is left to credit"),  # it has no lines
    ],
)
def test_what_cannot_be_credited_is_refused(
    ledger: Connection, number: str, on: str, words: str
) -> None:
    with pytest.raises(PaymentRefused, match=words):
        draft_note(ledger, number, None, day(on), "goodwill")
