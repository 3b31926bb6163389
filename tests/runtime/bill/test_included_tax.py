"""Prices that include a tax, and exemptions of the catalog, billed from files to documents."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from runtime.explain.line import explain_line
from runtime.explain.text import render_text
from runtime.invoice.html import render_html
from runtime.program.model import Program, TaxExemption, TaxInclusion
from tests.runtime.bill.books import Book, customer, lines, refuse, request, run, shown
from tests.runtime.programs import connectivity_program

WORDS = "Reverse charge: tax is due by the recipient"


def program_with_tax() -> Program:
    """Connectivity, whose prices include its sales tax, with one exemption of it."""
    program = connectivity_program()
    return program.model_copy(
        update={
            "tax_inclusions": (TaxInclusion(tax="sales_tax", source=0),),
            "tax_exemptions": (
                TaxExemption(tax="sales_tax", id="reverse_charge", text=WORDS, source=0),
            ),
        }
    )


@pytest.mark.feature("A21", "D5", "D6")
def test_the_customer_pays_the_price_and_sees_the_tax_in_it(tmp_path: Path) -> None:
    # January in advance: 80.00 + 10.00, and activation 75.00: 165.00 with 13 % of tax.
    # 165.00 x 13 / 113 = 18.9823 -> 18.98, 146.02 net.
    # Exact shares: 9.2035, 8.6283, 1.1504: floors 9.20, 8.62, 1.15, the odd cent to 8.63.
    program = program_with_tax()
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-01", program=program))
    (invoice,) = result.invoices
    totals = invoice.totals
    assert (totals.net, totals.tax, totals.gross) == (
        Decimal("146.02"),
        Decimal("18.98"),
        Decimal("165.00"),
    )
    assert [(str(line.with_tax), str(line.net), str(line.tax)) for line in lines(result)] == [
        ("80.00", "70.80", "9.20"),
        ("75.00", "66.37", "8.63"),
        ("10.00", "8.85", "1.15"),
    ]
    told = render_text(explain_line(invoice, 1))
    assert "1 × 80.00 = 80.00 CAD" in told
    assert "The price of 80.00 CAD holds 9.20 CAD of tax" in told
    assert "80.00 with tax" in render_html(invoice)


@pytest.mark.feature("A21", "D2", "D9")
def test_what_is_given_back_is_given_back_with_its_tax(tmp_path: Path) -> None:
    # Suspended from 16 January: -41.29 and 10.32, as without tax; -30.97 in all.
    # 30.97 x 13 / 113 = 3.5629 -> 3.56.
    program = program_with_tax()
    book = Book(customer("A1")).sell("P1", "A1", "2026-01-01")
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-01-01", program=program))
    book.change("P1-access", "suspended", "2026-01-16").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-20", program=program))
    (note,) = result.invoices
    assert (note.totals.gross, note.totals.tax) == (Decimal("-30.97"), Decimal("-3.56"))
    assert [str(line.with_tax) for line in lines(result)] == ["-41.29", "10.32"]
    assert run(request(tmp_path, "2026-01-21", program=program)).invoices == ()


@pytest.mark.feature("A21", "B1", "D5")
def test_an_exempt_account_pays_the_price_without_tax_and_reads_why(tmp_path: Path) -> None:
    # Of 165.00, 18.98 are tax that is not due: 146.02 is what is paid.
    account = customer("A1", tax_exemption="reverse_charge")
    Book(account).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-01", program=program_with_tax()))
    (invoice,) = result.invoices
    assert (invoice.totals.net, invoice.totals.tax) == (Decimal("146.02"), Decimal("0.00"))
    assert [tax.exemption for tax in invoice.taxes] == [WORDS]
    assert f"Exempt: {WORDS}" in render_html(invoice)
    told = render_text(explain_line(invoice, 1))
    assert f"none of it is due: {WORDS}" in told


@pytest.mark.feature("A21", "B1")
def test_an_exemption_that_the_catalog_lacks_is_a_fault_of_the_book(tmp_path: Path) -> None:
    account = customer("A1", tax_exemption="reverse_chage")
    Book(account).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    refused = refuse(request(tmp_path, "2026-01-01", program=program_with_tax()))
    assert refused.stage == "book"
    assert [fault.code for fault in refused.faults] == ["unknown_exemption"]
    assert "did you mean `reverse_charge`?" in refused.reasons[0]


@pytest.mark.feature("A21", "D5")
def test_a_catalogs_words_are_printed_where_prices_exclude_tax_too(tmp_path: Path) -> None:
    program = program_with_tax().model_copy(update={"tax_inclusions": ()})
    account = customer("A1", tax_exemption="reverse_charge")
    Book(account).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-01", program=program))
    (invoice,) = result.invoices
    assert (invoice.totals.net, invoice.totals.tax) == (Decimal("165.00"), Decimal("0.00"))
    assert [tax.exemption for tax in invoice.taxes] == [WORDS]
    assert shown(result, "P1-data") == [("Metered data, active", "01-01..02-01", "10.00")]
