"""Packages that count the parts of a period by other than days, billed from their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.explain.line import explain_line
from runtime.explain.text import render_text
from runtime.program.model import Program
from runtime.program.terms import Proration
from tests.runtime.bill.books import Book, customer, lines, request, run, shown
from tests.runtime.programs import connectivity_program


def program_with(proration: Proration) -> Program:
    program = connectivity_program()
    packages = tuple(
        package.model_copy(update={"proration": proration}) for package in program.packages
    )
    return program.model_copy(update={"packages": packages})


def book_of(start: str) -> Book:
    return Book(customer("A1")).sell("P1", "A1", start)


@pytest.mark.feature("D1", "D6")
def test_months_of_30_days(tmp_path: Path) -> None:
    # Sold on 10 January: 9 of 30 have gone by.  80.00 - round(80.00 x 9 / 30) = 56.00; by
    # January's own days it would be 56.77.
    program = program_with("fixed_30")
    book_of("2026-01-10").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-10", program=program))
    assert shown(result, "P1-access")[0] == ("Access line, active", "01-10..02-01", "56.00")
    (line,) = (each for each in lines(result, "P1-access") if each.kind == "recurring")
    assert (line.days, line.full_days, line.proration) == (21, 30, "fixed_30")
    told = render_text(explain_line(result.invoices[0], line.number))
    assert "Days 10 to 30 of 30: 80.00 − 24.00 = 56.00 CAD" in told
    assert "each month has 30 days" in told


@pytest.mark.feature("D1", "D2")
def test_a_suspension_on_the_31st_of_a_month_of_30_days(tmp_path: Path) -> None:
    # January whole in advance: 80.00.  Suspended from the 31st, which weighs nothing:
    # cum(30) = 80.00 already, so nothing is given back, and nothing is printed for it.
    program = program_with("fixed_30")
    book = book_of("2026-01-01")
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-01-01", program=program))
    book.change("P1-access", "suspended", "2026-01-31").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-02-01", program=program))
    assert shown(result, "P1-access") == [
        ("Access line, suspended", "02-01..03-01", "20.00"),
    ]


@pytest.mark.feature("D1", "D2")
def test_february_by_30_360(tmp_path: Path) -> None:
    # February 2026 whole in advance: 80.00.  Suspended from the 27th: 26 of 30 have gone by,
    # so 80.00 - round(80.00 x 26 / 30) = 80.00 - 69.33 = 10.67 is given back, and of 20.00
    # 20.00 - round(20.00 x 26 / 30) = 20.00 - 17.33 = 2.67 is charged.
    program = program_with("thirty_360")
    book = book_of("2026-02-01")
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-02-01", program=program))
    book.change("P1-access", "suspended", "2026-02-27").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-02-28", program=program))
    assert shown(result, "P1-access") == [
        ("Access line, active", "02-27..03-01", "-10.67"),
        ("Access line, suspended", "02-27..03-01", "2.67"),
    ]


@pytest.mark.feature("D1", "D2", "D6")
def test_by_seconds_a_day_of_23_hours_weighs_less(tmp_path: Path) -> None:
    # March 2026 in Toronto has 31 x 86400 - 3600 = 2674800 seconds: the clock goes forward on
    # the 8th.  Suspended from the 9th: 8 x 86400 - 3600 = 687600 have gone by.
    # 80.00 x 687600 / 2674800 = 20.565 -> 20.57; 59.43 is given back (by days 59.35).
    # 20.00 x 687600 / 2674800 = 5.141 -> 5.14; 14.86 is charged.
    program = program_with("seconds")
    book = book_of("2026-03-01")
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-03-01", program=program))
    book.change("P1-access", "suspended", "2026-03-09").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-03-09", program=program))
    assert shown(result, "P1-access") == [
        ("Access line, active", "03-09..04-01", "-59.43"),
        ("Access line, suspended", "03-09..04-01", "14.86"),
    ]
    credit = lines(result, "P1-access")[0]
    assert (credit.days, credit.full_days) == (23, 31)
    told = render_text(explain_line(result.invoices[0], credit.number))
    assert "Seconds 687601 to 2674800 of 2674800: −(80.00 − 20.57) = -59.43 CAD" in told
    assert "seconds between midnights in America/Toronto" in told


@pytest.mark.feature("D1", "D2", "A7")
def test_a_period_that_was_begun_is_charged_whole(tmp_path: Path) -> None:
    # Sold on 10 January: January whole.  Suspended on the 20th: 20.00 from February on.
    # Cancelled on 10 February: February stays charged, and nothing follows.
    program = program_with("never")
    book = book_of("2026-01-10")
    book.write(tmp_path / "book")
    first = run(request(tmp_path, "2026-01-10", program=program))
    assert shown(first, "P1-access")[0] == ("Access line, active", "01-01..02-01", "80.00")
    book.change("P1-access", "suspended", "2026-01-20").write(tmp_path / "book")
    second = run(request(tmp_path, "2026-02-01", program=program))
    assert shown(second, "P1-access") == [("Access line, suspended", "02-01..03-01", "20.00")]
    book.change("P1-access", "cancelled", "2026-02-10").write(tmp_path / "book")
    third = run(request(tmp_path, "2026-03-01", program=program))
    assert lines(third, "P1-access") == []


@pytest.mark.feature("D1", "D2")
def test_a_sale_taken_back_to_before_a_begun_period_gives_all_of_it_back(tmp_path: Path) -> None:
    program = program_with("never")
    book = book_of("2026-01-10")
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-02-01", program=program))
    book.change("P1-data", "cancelled", "2026-02-01").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-02-02", program=program))
    assert shown(result, "P1-data") == [("Metered data, active", "02-01..03-01", "-10.00")]


@pytest.mark.feature("D1", "D2", "D9")
def test_what_was_posted_by_days_is_taken_back_by_days(tmp_path: Path) -> None:
    # Sold on 10 January and billed by days: 56.77.  The package now counts months of 30 days:
    # 56.77 is given back and 56.00 charged; the next run finds nothing to do.
    book_of("2026-01-10").write(tmp_path / "book")
    run(request(tmp_path, "2026-01-10"))
    program = program_with("fixed_30")
    result = run(request(tmp_path, "2026-01-11", program=program))
    assert shown(result, "P1-access") == [
        ("Access line, active", "01-10..02-01", "-56.77"),
        ("Access line, active", "01-10..02-01", "56.00"),
    ]
    again = run(request(tmp_path, "2026-01-12", program=program))
    assert again.invoices == ()
