"""Timed discounts, from the catalog's text and the book to the lines of invoices."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.explain.line import explain_line
from runtime.explain.text import render_text
from runtime.invoice.model import InvoiceLine
from tests.runtime.bill.books import lines, request, run
from tests.runtime.bill.test_commercial import CATALOG, billed, given, program_of, sold

STATUSES = """\
service status active    = billable
service status suspended = billable

lifecycle line {
  activate  new -> active
  suspend   active -> suspended
}

"""


def discounted(text: str) -> str:
    """Give the catalog with `discount launch` in its package."""
    sells = "  service  setup optional up to 1\n"
    return CATALOG.replace(sells, f"{sells}  discount launch\n") + text


def shown(found: list[InvoiceLine]) -> list[tuple[str, str, str]]:
    return [
        (line.description, f"{line.period_start:%m-%d}..{line.period_end:%m-%d}", str(line.net))
        for line in found
    ]


@pytest.mark.feature("A23")
def test_a_percentage_is_a_line_beside_the_one_it_lowers_for_its_periods(tmp_path: Path) -> None:
    text = discounted('discount launch "Launch promotion" = 10% off for 2 periods\n')
    sold({"account": "A"}).write(tmp_path / "book")
    found = lines(run(request(tmp_path, "2026-03-31", program=program_of(text))))
    # 2 x 12.00 = 24.00 a month, 10% of it 2.40, in January and February.
    assert shown(found) == [
        ("sim", "01-01..02-01", "24.00"),
        ("sim, Launch promotion", "01-01..02-01", "-2.40"),
        ("sim", "02-01..03-01", "24.00"),
        ("sim, Launch promotion", "02-01..03-01", "-2.40"),
        ("sim", "03-01..04-01", "24.00"),
    ]
    assert [line.kind for line in found[:2]] == ["recurring", "discount"]
    assert lines(run(request(tmp_path, "2026-03-31", program=program_of(text)))) == []


@pytest.mark.feature("A23")
@pytest.mark.parametrize(
    ("terms", "nets"),
    [
        # 2 x 1.50 off; 2 x 13.00 is more than there is; 2 x 5.00 in place of 2 x 12.00.
        ("1.50 CAD off, 1.00 USD off", ["24.00", "-3.00"]),
        ("13.00 CAD off, 1.00 USD off", ["24.00", "-24.00"]),
        ("at 5.00 CAD, 4.00 USD", ["24.00", "-14.00"]),
        ("at 15.00 CAD, 4.00 USD", ["24.00"]),  # no discount is a surcharge
        ("100% off", ["24.00", "-24.00"]),
        ("12.5% off", ["24.00", "-3.00"]),
    ],
)
def test_each_form_takes_off_what_it_says_and_never_more(
    tmp_path: Path, terms: str, nets: list[str]
) -> None:
    text = discounted(f"discount launch = {terms}\n")
    assert billed(tmp_path, text, sold({"account": "A"})) == nets


@pytest.mark.feature("A23", "A22", "B6")
def test_a_price_comes_first_then_percentages_then_amounts(tmp_path: Path) -> None:
    text = discounted(
        "discount launch = 1.00 CAD off, 1.00 USD off\n"
        "price plan acme {\n"
        '  reason  "Agreed"\n'
        "  service sim  at 10.00 CAD, 9.00 USD for 1 period\n"
        "  package fleet  10% off\n"
        "}\n"
    )
    book = sold({"account": "A", "price_plan": "acme"})
    # January: 12.00 to 10.00, less 10% 9.00, less 1.00 8.00; February: 12.00, 10.80, 9.80; x 2.
    assert billed(tmp_path, text, book, "2026-02-28") == [
        *("24.00", "-4.00", "-2.00", "-2.00"),
        *("24.00", "-2.40", "-2.00"),
    ]


@pytest.mark.feature("A23", "D2")
def test_a_part_of_a_period_has_the_same_part_of_the_discount(tmp_path: Path) -> None:
    text = discounted("discount launch = 10% off for 1 period\n")
    book = sold({"account": "A"})
    book.rows["account_packages"][0] = {
        **book.rows["account_packages"][0],
        "effective": "2026-01-16",
    }
    # 16 of 31 days: 24.00 - round(24.00 x 15/31) = 24.00 - 11.61 = 12.39;
    # 2.40 - round(2.40 x 15/31) = 2.40 - 1.16 = 1.24.  The part is the one period.
    assert billed(tmp_path, text, book, "2026-02-28") == ["12.39", "-1.24", "24.00"]


@pytest.mark.feature("A23", "D2")
def test_a_discount_follows_the_status_and_its_change_is_the_difference(tmp_path: Path) -> None:
    text = discounted("discount launch = 10% off\n").replace(
        "  type  recurring\n  price monthly 12.00 CAD, 10.00 USD\n",
        "  type       recurring\n  lifecycle  line\n"
        "  price monthly { active 12.00 CAD, 10.00 USD; suspended 3.00 CAD, 2.00 USD }\n",
    )
    program = program_of(STATUSES + text)
    book = sold({"account": "A"})
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-04-01", program=program))
    book.change("A-sim", "suspended", "2026-04-16", "2026-04-20").write(tmp_path / "book")
    found = lines(run(request(tmp_path, "2026-04-30", program=program)))
    # The last 15 of 30 days: -12.00 of 24.00 and -(-1.20), then 3.00 of 6.00 and -0.30.
    assert shown(found) == [
        ("sim, active", "04-16..05-01", "-12.00"),
        ("sim, suspended", "04-16..05-01", "3.00"),
        ("sim, launch", "04-16..05-01", "1.20"),
        ("sim, launch", "04-16..05-01", "-0.30"),
    ]
    assert [line.is_credit for line in found] == [True, False, True, False]


@pytest.mark.feature("B6", "A23")
def test_a_discount_given_to_an_account_counts_from_the_first_period_of_its_days(
    tmp_path: Path,
) -> None:
    text = CATALOG + "discount launch = 50% off for 2 periods\n"
    book = given(
        sold({"account": "A"}), account_package="A", discount="launch", effective="2026-02-01"
    )
    found = billed(tmp_path, text, book, "2026-04-30")
    assert found == ["24.00", "24.00", "-12.00", "24.00", "-12.00", "24.00"]


@pytest.mark.feature("A23", "D2")
def test_a_discount_taken_back_is_credited(tmp_path: Path) -> None:
    text = CATALOG + "discount launch = 50% off\n"
    program, book = program_of(text), sold({"account": "A"})
    given(book, account_service="A-sim", discount="launch").write(tmp_path / "book")
    run(request(tmp_path, "2026-01-31", program=program))
    book.rows["overrides"].clear()
    book.write(tmp_path / "book")
    (line,) = lines(run(request(tmp_path, "2026-01-31", program=program)))
    assert (line.kind, line.is_credit, str(line.net)) == ("discount", True, "12.00")


@pytest.mark.feature("A23", "A21")
def test_tax_is_due_on_what_the_discount_leaves(tmp_path: Path) -> None:
    text = discounted("discount launch = 10% off\n").replace(
        "  type  recurring\n", "  type  recurring\n  tax   telecom\n"
    )
    text += "tax vat {\n  telecom  DE 20%\n}\n"
    book = sold({"account": "A"})
    book.rows["accounts"][1] = {**book.rows["accounts"][1], "jurisdiction": "DE"}
    book.write(tmp_path / "book")
    (invoice,) = run(request(tmp_path, "2026-01-31", program=program_of(text))).invoices
    # 20% of 24.00 - 2.40 = 21.60
    assert (str(invoice.totals.net), str(invoice.totals.tax)) == ("21.60", "4.32")


@pytest.mark.feature("A23", "D6")
def test_a_discounts_line_is_explained_with_its_line_in_the_catalog(tmp_path: Path) -> None:
    text = discounted('discount launch "Launch promotion" = 10% off\n')
    sold({"account": "A"}).write(tmp_path / "book")
    (invoice,) = run(request(tmp_path, "2026-01-31", program=program_of(text))).invoices
    told = render_text(explain_line(invoice, 2))
    assert "The discount takes off 1.20 CAD for one and a full period" in told
    assert 'discount launch "Launch promotion" = 10% off' in told
    assert "2 × -1.20" in told
