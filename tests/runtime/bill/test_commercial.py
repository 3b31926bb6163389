"""Price books, plans, contracts and overrides, from the book to the invoice."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from runtime.program.model import Program
from tests.compiler.catalogs import compile_text
from tests.runtime.bill.books import Book, customer, lines, request, run

CATALOG = """\
catalog tiny {
  currencies  CAD, USD
  timezone    "UTC"
}

bill group business {
  bill day  1
  terms     net 30 days
}

service sim {
  type  recurring
  price monthly 12.00 CAD, 10.00 USD
}

service setup {
  type   non_recurring
  price  50.00 CAD, 40.00 USD
}

package fleet {
  bills    monthly
  service  sim 1..100
  service  setup optional up to 1
}
"""

SETS = """\
price book partner {
  service sim monthly  9.00 CAD
  service setup        45.00 CAD
  region emea for countries DE, FR {
    service sim monthly  8.50 CAD
  }
}

price plan acme {
  reason  "Approved by the deal desk, 2026-01-12"
  service sim monthly  8.00 CAD
}
"""

CONTRACTS = """\
contract one_year {
  term  12 months
  service sim monthly  7.00 CAD
}

contract rolling {
  term    1 month
  renews  1 month
  service sim monthly  7.50 CAD
}

package phones {
  bills     monthly
  service   sim 1..100
  contract  one_year, rolling
}
"""


@cache
def program_of(text: str) -> Program:
    compilation = compile_text(text)
    assert compilation.program is not None, compilation.diagnostics
    return compilation.program


def sold(*accounts: Mapping[str, str], package: str = "fleet", **given: object) -> Book:
    """Sell one package with two SIMs to each account, named after it, on 1 January."""
    book = Book(*(customer(jurisdiction="", **each) for each in accounts))
    for each in accounts:
        name = str(each["account"])
        row = {"account_package": name, "account": name, "effective": "2026-01-01"}
        book.rows["account_packages"].append(
            row | {"package": package, "frequency": "monthly"} | given
        )
        instance = {"account_service": f"{name}-sim", "account_package": name}
        book.rows["account_services"].append(instance | {"service": "sim", "quantity": 2})
    return book


def billed(folder: Path, text: str, book: Book, as_of: str = "2026-01-31") -> list[str]:
    """Bill and give the nets of all lines."""
    book.write(folder / "book")
    return [str(line.net) for line in lines(run(request(folder, as_of, program=program_of(text))))]


@pytest.mark.feature("A19", "B4")
def test_an_account_in_a_book_is_billed_its_prices_and_the_catalogs_for_the_rest(
    tmp_path: Path,
) -> None:
    book = sold({"account": "A", "price_book": "partner"}, {"account": "B"})
    for name in ("A", "B"):
        book.rows["account_services"].append(
            {"account_service": f"{name}-setup", "account_package": name, "service": "setup"}
        )
    # A: 2 x 9.00 and 45.00 of the book; B: 2 x 12.00 and 50.00 of the catalog.
    assert billed(tmp_path, CATALOG + SETS, book) == ["18.00", "45.00", "24.00", "50.00"]


@pytest.mark.feature("A19", "A20")
def test_a_currency_that_a_book_does_not_price_is_the_catalogs(tmp_path: Path) -> None:
    book = sold({"account": "A", "price_book": "partner", "currency": "USD"})
    assert billed(tmp_path, CATALOG + SETS, book) == ["20.00"]  # 2 x 10.00


@pytest.mark.feature("A19", "B4")
def test_an_account_packages_book_comes_before_its_accounts(tmp_path: Path) -> None:
    text = CATALOG + SETS + "price book other {\n  service sim monthly  6.00 CAD\n}\n"
    book = sold({"account": "A", "price_book": "partner"}, price_book="other")
    assert billed(tmp_path, text, book) == ["12.00"]  # 2 x 6.00


@pytest.mark.feature("A19")
@pytest.mark.parametrize(
    ("country", "jurisdiction", "net"),
    [("DE", "", "17.00"), ("", "DE", "17.00"), ("", "DE-BY", "17.00"), ("CA", "DE", "18.00")],
)
def test_the_region_is_that_of_the_billing_contact_else_of_the_jurisdiction(
    tmp_path: Path, country: str, jurisdiction: str, net: str
) -> None:
    book = sold({"account": "A", "price_book": "partner"})
    book.rows["accounts"][1] = {**book.rows["accounts"][1], "jurisdiction": jurisdiction}
    book.rows["contacts"][1] = {**book.rows["contacts"][1], "country": country}
    assert billed(tmp_path, CATALOG + SETS, book) == [net]  # 2 x 8.50, or 2 x 9.00


@pytest.mark.feature("A22")
def test_an_accounts_price_plan_comes_before_its_book_and_region(tmp_path: Path) -> None:
    book = sold({"account": "A", "price_book": "partner", "price_plan": "acme"})
    book.rows["contacts"][1] = {**book.rows["contacts"][1], "country": "DE"}
    assert billed(tmp_path, CATALOG + SETS, book) == ["16.00"]  # 2 x 8.00


@pytest.mark.feature("A18")
def test_a_contract_prices_its_term_and_one_that_renews_for_ever(tmp_path: Path) -> None:
    text = CATALOG + SETS + CONTRACTS
    given = {"account": "A", "price_book": "partner"}
    book = sold(given, package="phones", contract="one_year")
    # 2 x 7.00 for 12 months, then the book's 2 x 9.00.
    assert billed(tmp_path / "one", text, book, "2027-02-01") == ["14.00"] * 12 + ["18.00"] * 2
    book = sold(given, package="phones", contract="rolling")
    assert billed(tmp_path / "two", text, book, "2026-03-31") == ["15.00"] * 3  # 2 x 7.50
    book = sold(given, package="phones")  # of several contracts it is under none
    assert billed(tmp_path / "three", text, book) == ["18.00"]


@pytest.mark.feature("A18")
def test_every_sale_of_a_package_with_one_contract_is_under_it(tmp_path: Path) -> None:
    text = CATALOG + CONTRACTS.replace("one_year, rolling", "one_year").replace("rolling", "spare")
    text = text[: text.index("contract spare")] + text[text.index("package phones") :]
    book = sold({"account": "A"}, package="phones")
    assert billed(tmp_path, text, book) == ["14.00"]  # 2 x 7.00


@pytest.mark.feature("D6", "A22")
def test_a_line_names_the_line_of_the_price_that_held(tmp_path: Path) -> None:
    sold({"account": "A", "price_plan": "acme"}).write(tmp_path / "book")
    text = CATALOG + SETS
    (line,) = lines(run(request(tmp_path, "2026-01-31", program=program_of(text))))
    assert line.source is not None
    assert line.source.text == "service sim monthly  8.00 CAD"


def given(book: Book, **cells: object) -> Book:
    """Add a row of overrides."""
    book.rows["overrides"].append(
        {"effective": "2026-01-01", "reason": "Promised by sales"} | cells
    )
    return book


@pytest.mark.feature("B6")
def test_a_price_given_to_one_account_service_comes_before_all_others(tmp_path: Path) -> None:
    book = sold({"account": "A", "price_plan": "acme"}, {"account": "B"})
    given(book, account_service="A-sim", price="5.25")
    assert billed(tmp_path, CATALOG + SETS, book) == ["10.50", "24.00"]  # 2 x 5.25


@pytest.mark.feature("B6", "D6")
def test_a_given_price_holds_for_the_periods_that_begin_in_its_days(tmp_path: Path) -> None:
    book = sold({"account": "A"})
    book.rows["account_services"][0] = {
        **book.rows["account_services"][0],
        "effective": "2026-01-16",
    }
    # The part of January from the 16th begins before the 20th: 2 x 12.00 x 16/31 = 12.39.
    given(book, account_service="A-sim", price="6.00", effective="2026-01-20", until="2026-03-02")
    found = billed(tmp_path, CATALOG, book, "2026-04-30")
    assert found == ["12.39", "12.00", "12.00", "24.00"]


@pytest.mark.feature("B6", "D6")
def test_a_line_at_a_given_price_names_the_row_and_its_reason(tmp_path: Path) -> None:
    given(sold({"account": "A"}), account_service="A-sim", price="5.25").write(tmp_path / "book")
    (line,) = lines(run(request(tmp_path, "2026-01-31", program=program_of(CATALOG))))
    assert line.source is not None
    assert (line.source.path, line.source.line) == ("overrides.csv", 1)
    assert line.source.text == "Promised by sales"


@pytest.mark.feature("B6", "D2")
def test_a_price_given_later_is_the_difference_to_what_was_posted(tmp_path: Path) -> None:
    program, book = program_of(CATALOG), sold({"account": "A"})
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-01-31", program=program))
    given(book, account_service="A-sim", price="5.25").write(tmp_path / "book")
    found = lines(run(request(tmp_path, "2026-01-31", program=program)))
    assert [str(line.net) for line in found] == ["-24.00", "10.50"]
    assert lines(run(request(tmp_path, "2026-01-31", program=program))) == []


@pytest.mark.feature("B6", "A10")
def test_a_sale_at_a_given_price(tmp_path: Path) -> None:
    book = sold({"account": "A"})
    book.rows["account_services"].append(
        {"account_service": "A-setup", "account_package": "A", "service": "setup"}
    )
    given(book, account_service="A-setup", price="30.00")
    assert billed(tmp_path, CATALOG, book) == ["24.00", "30.00"]
