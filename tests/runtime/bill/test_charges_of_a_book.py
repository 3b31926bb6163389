"""Books of a few rows, billed from their files, every amount worked by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from runtime.program.model import Currency, Program
from runtime.program.prices import OneTimePrice, RecurringPrice
from tests.runtime.bill.books import (
    Book,
    customer,
    lines,
    request,
    run,
    session,
    shown,
    write_usage,
)
from tests.runtime.price_rows import PriceRows
from tests.runtime.programs import connectivity_program


@pytest.mark.feature("D1", "A9", "A8", "D3")
def test_a_first_partial_period_is_billed_for_its_days(tmp_path: Path) -> None:
    # Sold on 10 January, bill day 1: [Jan 10, Feb 1) is days 9 to 31 of 31.
    # Access 80.00: cum(9) = 8000 x 9 / 31 = 2322.58 -> 2323; 8000 - 2323 = 56.77.
    # Data 10.00: cum(9) = 290.32 -> 290; 1000 - 290 = 7.10.  Activation 75.00.
    # Tax 13 % of 138.87 = 18.0531 -> 18.05.
    Book(customer("A1")).sell("P1", "A1", "2026-01-10").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-10"))
    assert shown(result, "P1-access") == [
        ("Access line, active", "01-10..02-01", "56.77"),
        ("Activation", "01-10..01-11", "75.00"),
    ]
    assert shown(result, "P1-data") == [("Metered data, active", "01-10..02-01", "7.10")]
    (invoice,) = result.invoices
    assert (invoice.totals.net, invoice.totals.tax) == (Decimal("138.87"), Decimal("18.05"))
    assert invoice.number == "INV-000001"
    access, activation, _ = lines(result)
    assert (access.days, access.full_days, access.timing) == (22, 31, "advance")
    assert access.source is not None
    assert access.source.text.startswith("active 80.00 CAD")
    assert activation.source is not None
    assert activation.source.text.startswith("on activate charge activation")


@pytest.mark.feature("D2", "A6", "D1")
def test_a_suspension_known_before_billing_cuts_the_period(tmp_path: Path) -> None:
    # January, suspended from the 16th: 15 days at 80.00, 16 days at 20.00.
    # cum(15) of 80.00 = 3870.97 -> 38.71; of 20.00 cum(15) = 967.74 -> 968, 2000 - 968 = 10.32.
    book = Book(customer("A1")).sell("P1", "A1", "2026-01-01")
    book.change("P1-access", "suspended", "2026-01-16").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-20"))
    assert shown(result, "P1-access")[:2] == [
        ("Access line, active", "01-01..01-16", "38.71"),
        ("Access line, suspended", "01-16..02-01", "10.32"),
    ]
    (change,) = (each for each in result.invoices[0].changes if each.to_status == "suspended")
    assert (change.days, change.full_days) == (16, 31)
    assert (change.old_price, change.new_price) == (Decimal("80.00"), Decimal("20.00"))


@pytest.mark.feature("D2", "D6")
def test_a_suspension_known_afterwards_is_a_credit_and_a_charge(tmp_path: Path) -> None:
    # Run 1 bills January at 80.00.  On 20 January we learn of the suspension from the 16th.
    # Credit of the 16 days: 8000 - 3871 = 41.29; charge 2000 - 968 = 10.32; February at 20.00.
    book = Book(customer("A1")).sell("P1", "A1", "2026-01-01")
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-01-01"))
    book.change("P1-access", "suspended", "2026-01-16", recorded="2026-01-20")
    book.write(tmp_path / "book")
    result = run(request(tmp_path, "2026-02-01"))
    assert shown(result, "P1-access") == [
        ("Access line, active", "01-16..02-01", "-41.29"),
        ("Access line, suspended", "01-16..02-01", "10.32"),
        ("Access line, suspended", "02-01..03-01", "20.00"),
    ]
    credit, charge, _ = lines(result, "P1-access")
    assert (credit.is_credit, credit.corrects) == (True, "INV-000001:1")
    assert credit.quantity == -1
    assert credit.unit_price == Decimal("80.00")
    assert credit.source is not None
    assert credit.source.text.startswith("active 80.00 CAD")
    assert (charge.is_credit, charge.corrects) == (False, None)
    assert {(change.to_status, change.days) for change in result.invoices[0].changes} == {
        ("suspended", 16)
    }


@pytest.mark.feature("D2", "D5", "B4")
def test_a_backdated_cancellation_gives_a_credit_note(tmp_path: Path) -> None:
    # January billed: access 80.00, data 10.00.  Cancelled from 11 January on: 21 of 31 days.
    # cum(10) of 80.00 = 2580.65 -> 25.81, so 54.19 back; of 10.00 = 322.58 -> 3.23, 6.77 back.
    # Net -60.96; tax 13 % = -7.9248 -> -7.92.
    book = Book(customer("A1")).sell("P1", "A1", "2026-01-01")
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-01-01"))
    book.rows["account_packages"][0] = {
        **book.rows["account_packages"][0],
        "cancelled": "2026-01-11",
    }
    book.write(tmp_path / "book")
    result = run(request(tmp_path, "2026-02-01"))
    (note,) = result.invoices
    assert note.kind == "credit_note"
    assert [(line.net, line.is_credit) for line in lines(result)] == [
        (Decimal("-54.19"), True),
        (Decimal("-6.77"), True),
    ]
    assert (note.totals.net, note.totals.tax) == (Decimal("-60.96"), Decimal("-7.92"))
    # 80.00 + 75.00 + 10.00 = 165.00, tax 21.45: 186.45 owed; 68.88 of it taken back.
    assert note.summary.previous_balance == Decimal("186.45")
    assert note.summary.balance_due == Decimal("117.57")


@pytest.mark.feature("A2", "D1")
def test_a_yearly_package_bills_the_days_before_its_first_bill_day(tmp_path: Path) -> None:
    # Sold on 15 January 2026: [Jan 15, Feb 1) is days 348 to 365 of the year from Feb 1, 2025.
    # Access 864.00: cum(348) = 86400 x 348 / 365 = 82375.89 -> 82376; 86400 - 82376 = 40.24.
    book = Book(customer("A1")).sell("P1", "A1", "2026-01-15", "yearly")
    book.write(tmp_path / "book")
    result = run(request(tmp_path, "2026-02-01"))
    assert shown(result, "P1-access")[:2] == [
        ("Access line, active", "01-15..02-01", "40.24"),
        ("Access line, active", "02-01..02-01", "864.00"),
    ]
    assert [line.full_days for line in lines(result, "P1-access")[:2]] == [365, 365]


@pytest.mark.feature("A20", "B3")
def test_a_consolidated_invoice_shows_the_invoicer_first_and_one_currency(tmp_path: Path) -> None:
    # A2's services are invoiced to A1, A3 pays in USD for itself.
    book = Book(
        customer("A1", name="Zebra"),
        customer("A2", name="Apple", invoicer="A1", parent="A1", jurisdiction="CA-AB"),
        customer("A3", currency="USD", jurisdiction="US-NY"),
    )
    book.sell("P2", "A2", "2026-01-01").sell("P1", "A1", "2026-01-01")
    book.sell("P3", "A3", "2026-01-01").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-01"))
    group, single = result.invoices
    assert [section.account for section in group.sections] == ["A1", "A2"]
    assert [section.subtotal for section in group.sections] == [Decimal("165.00")] * 2
    # 13 % and 5 % of 165.00: 21.45 and 8.25.
    assert [(tax.jurisdiction, tax.amount) for tax in group.taxes] == [
        ("CA-ON", Decimal("21.45")),
        ("CA-AB", Decimal("8.25")),
    ]
    # 60.00 + 55.00 + 7.50 in USD; `otherwise 0%` covers New York.
    assert (single.currency, single.totals.gross) == ("USD", Decimal("122.50"))
    assert [total.currency for total in result.totals] == ["CAD", "USD"]


@pytest.mark.feature("A21", "D5")
def test_tax_is_rounded_once_and_shared_by_largest_remainder(tmp_path: Path) -> None:
    # Three data services at 0.01 and access at 0.01 for January, 13 %: six lines of 0.01 make
    # 0.06 x 13 % = 0.0078 -> 0.01, which goes to the first line: all remainders are equal.
    # The activation's 75.00 x 3 would hide it, so nothing is charged on activation here.
    amounts = PriceRows(1000)
    prices = tuple(
        RecurringPrice(
            service=service,
            months=1,
            status="active",
            currency="CAD",
            price=amounts.of(Decimal("0.01"), "CAD"),
            source=0,
        )
        for service in ("access", "data")
    )
    program = amounts.into(connectivity_program(), recurring_prices=prices, transition_charges=())
    book = Book(customer("A1"))
    for name in ("P1", "P2", "P3"):
        book.sell(name, "A1", "2026-01-01")
    book.write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-01", program=program))
    assert [line.tax for line in lines(result)] == [Decimal("0.01"), *[Decimal("0.00")] * 5]
    (tax,) = result.invoices[0].taxes
    assert (tax.base, tax.amount) == (Decimal("0.06"), Decimal("0.01"))


@pytest.mark.feature("D5", "D6")
def test_usage_is_billed_with_its_bucket_when_its_period_has_ended(tmp_path: Path) -> None:
    # January: 63.5 GB of web data at home: 50 GB included, 10 GB for 9.00 flat, 3.5 at 1.20.
    # 2.25 GB of backups abroad at 4.00 = 9.00.
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    usage = write_usage(
        tmp_path / "january.csv",
        session(1, "GW-P1", "2026-01-05", "48"),
        session(2, "GW-P1", "2026-01-06", "15.5"),
        session(3, "GW-P1", "2026-01-07", "2.25", kind="backup", country="FR"),
    )
    early = run(request(tmp_path, "2026-01-20", usage))
    assert not [line for line in lines(early) if line.kind in ("usage", "bucket")]
    result = run(request(tmp_path, "2026-02-01"))
    assert shown(result, "P1-data") == [
        ("Metered data, active", "02-01..03-01", "10.00"),
        ("Web data", "01-01..02-01", "4.20"),
        ("Backup data", "01-01..02-01", "9.00"),
        ("Included data, up to 60 GB", "01-01..02-01", "9.00"),
    ]
    _, web, backup, _ = lines(result, "P1-data")
    assert (web.quantity, web.unit, web.unit_price) == (Decimal("63.5"), "GB", None)
    assert [(part.component, part.quantity, part.amount) for part in web.components] == [
        ("included", Decimal(50), Decimal(0)),
        ("flat", Decimal(10), Decimal(0)),
        ("rated", Decimal("3.5"), Decimal("4.2")),
    ]
    assert (backup.unit_price, backup.unit_price_per) == (Decimal("4.00"), "GB")
    (bucket,) = result.invoices[0].buckets
    drawn = (bucket.included, bucket.used, bucket.left)
    assert drawn == (Decimal(50), Decimal("63.5"), Decimal(0))
    days = [(str(day.day), day.events, str(day.quantity)) for day in result.invoices[0].usage_days]
    assert days == [("2026-01-05", 1, "48"), ("2026-01-06", 1, "15.5"), ("2026-01-07", 1, "2.25")]


@pytest.mark.feature("C3", "D9", "D6")
def test_late_usage_bills_the_difference_and_shows_only_it(tmp_path: Path) -> None:
    # January's 49 GB are included.  In February 3 GB more of 20 January come in: 1 GB is still
    # included, 2 GB enter the flat tier: quantity 3, amount 0, and the flat 9.00.
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    first = write_usage(tmp_path / "one.csv", session(1, "GW-P1", "2026-01-05", "49"))
    run(request(tmp_path, "2026-02-01", first))
    late = write_usage(tmp_path / "two.csv", session(2, "GW-P1", "2026-01-20", "3"))
    result = run(request(tmp_path, "2026-02-10", late))
    assert shown(result, "P1-data") == [
        ("Web data", "01-01..02-01", "0.00"),
        ("Included data, up to 60 GB", "01-01..02-01", "9.00"),
    ]
    web, _ = lines(result, "P1-data")
    assert web.corrects == "INV-000001:6"
    assert web.quantity == 3
    assert [(part.component, part.quantity) for part in web.components] == [
        ("included", Decimal(1)),
        ("flat", Decimal(2)),
    ]


@pytest.mark.feature("A10", "D3")
def test_a_one_time_service_is_charged_once(tmp_path: Path) -> None:
    # A static IP address sold twice over, made non-recurring: 2 x 40.00, in the first run only.
    program = _with_one_time_price(connectivity_program())
    book = Book(customer("A1")).sell("P1", "A1", "2026-01-01")
    address = {"account_service": "P1-ip", "account_package": "P1", "service": "static_ip"}
    book.rows["account_services"].append(address | {"quantity": 2})
    book.write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-01", program=program))
    assert shown(result, "P1-ip") == [("Static IP address", "01-01..01-02", "80.00")]
    assert lines(run(request(tmp_path, "2026-02-01", program=program)), "P1-ip") == []


@pytest.mark.feature("A10", "D3")
def test_a_one_time_service_that_comes_later_is_charged_on_its_own_day(tmp_path: Path) -> None:
    program = _with_one_time_price(connectivity_program())
    book = Book(customer("A1")).sell("P1", "A1", "2026-01-01")
    address = {"account_service": "P1-ip", "account_package": "P1", "service": "static_ip"}
    book.rows["account_services"].append(address | {"effective": "2026-03-05"})
    book.write(tmp_path / "book")
    assert lines(run(request(tmp_path, "2026-03-04", program=program)), "P1-ip") == []
    result = run(request(tmp_path, "2026-03-05", program=program))
    assert shown(result, "P1-ip") == [("Static IP address", "03-05..03-06", "40.00")]


def _with_one_time_price(program: Program) -> Program:
    amounts = PriceRows(1000)
    amount = amounts.of(Decimal("40.00"), "CAD")
    price = OneTimePrice(service="static_ip", currency="CAD", price=amount, source=0)
    return amounts.into(
        program,
        one_time_prices=(price,),
        recurring_prices=tuple(
            row for row in program.recurring_prices if row.service != "static_ip"
        ),
        services=tuple(
            row.model_copy(update={"base": "non_recurring"}) if row.id == "static_ip" else row
            for row in program.services
        ),
    )


@pytest.mark.feature("A20")
def test_amounts_have_the_minor_units_of_their_currency(tmp_path: Path) -> None:
    # 1,000 a month from 10 January: cum(9) = 1000 x 9 / 31 = 290.3225806...
    # JPY has no minor units: 1000 - 290 = 710.  KWD has three: 1000.000 - 290.323 = 709.677.
    # Tax 13 %: 710 -> 92.3 -> 92; 709.677 -> 92.25801 -> 92.258.
    program = connectivity_program()
    currencies = (Currency(code="JPY", minor_units=0), Currency(code="KWD", minor_units=3))
    codes = tuple(currency.code for currency in currencies)
    rows = PriceRows(1000)
    prices = tuple(
        RecurringPrice(
            service=service,
            months=1,
            status="active",
            currency=code,
            price=rows.of(Decimal(amount), code),
            source=0,
        )
        for code in codes
        for service, amount in (("access", 1000), ("data", 0))
    )
    program = rows.into(
        program,
        currencies=(*program.currencies, *currencies),
        recurring_prices=prices,
        transition_charges=(),
        packages=tuple(row.model_copy(update={"currencies": codes}) for row in program.packages),
    )
    book = Book(customer("A1", currency="JPY"), customer("A2", currency="KWD"))
    book.sell("P1", "A1", "2026-01-10").sell("P2", "A2", "2026-01-10").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-10", program=program))
    totals = [(each.currency, str(each.net), str(each.tax)) for each in result.totals]
    assert totals == [("JPY", "710", "92"), ("KWD", "709.677", "92.258")]
    # Data at price zero is a charge of nothing, and is not printed.
    assert [line.account_service for line in lines(result)] == ["P1-access", "P2-access"]
