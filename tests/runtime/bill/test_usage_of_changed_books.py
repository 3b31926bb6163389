"""Usage that was billed, or waits to be, when the book or the catalog becomes another."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from runtime.bill_result import BillResult
from runtime.program.model import Program
from tests.runtime.bill.books import Book, customer, lines, request, run, session, write_usage
from tests.runtime.price_rows import PriceRows
from tests.runtime.programs import connectivity_program

Sums = dict[tuple[str, str], Decimal]


def sums(*results: BillResult) -> Sums:
    """Give what each account service was billed, kind by kind; what adds up to nothing is not."""
    found: Sums = {}
    for result in results:
        for line in lines(result):
            key = (line.account_service, line.kind)
            found[key] = found.get(key, Decimal(0)) + line.net
    return {key: net for key, net in found.items() if net}


def billed_at_once(
    folder: Path, book: Book, as_of: str, *usage: str, program: Program | None = None
) -> Sums:
    """Give what one run that knew all from the start bills."""
    book.write(folder / "once" / "book")
    return sums(run(request(folder / "once", as_of, *usage, program=program)))


@pytest.fixture
def book() -> Book:
    return Book(customer("A1")).sell("P1", "A1", "2026-01-01")


@pytest.mark.feature("C4", "D9")
def test_usage_that_waits_is_billed_though_its_service_ended_before_the_run_that_rated_it(
    tmp_path: Path, book: Book
) -> None:
    # Rated on 15 February, to be billed on 1 March; then the service turns out to have ended
    # on the 10th.  9 of 28 days: 50 GB become 16.071..., 60 GB 19.285..., the rest 1.20 a GB.
    book.write(tmp_path / "book")
    usage = write_usage(tmp_path / "february.csv", session(1, "GW-P1", "2026-02-05", "100"))
    first = run(request(tmp_path, "2026-02-15", usage))
    assert first.usage.waiting == 1
    book.change("P1-data", "cancelled", "2026-02-10").write(tmp_path / "book")
    second = run(request(tmp_path, "2026-03-01"))
    billed = {line.kind: str(line.net) for line in lines(second, "P1-data")}
    assert billed == {"recurring": "-6.79", "usage": "96.86", "bucket": "9.00"}
    assert sums(first, second) == billed_at_once(tmp_path, book, "2026-03-01", usage)
    assert run(request(tmp_path, "2026-03-01")).invoices == ()


@pytest.mark.feature("C4", "D9")
def test_usage_after_a_backdated_end_is_given_back(tmp_path: Path, book: Book) -> None:
    book.write(tmp_path / "book")
    usage = write_usage(
        tmp_path / "usage.csv",
        session(1, "GW-P1", "2026-01-05", "10"),
        session(2, "GW-P1", "2026-01-20", "100"),
        session(3, "GW-P1", "2026-02-20", "70"),
    )
    first = run(request(tmp_path, "2026-03-01", usage))
    book.change("P1-data", "cancelled", "2026-01-10").write(tmp_path / "book")
    second = run(request(tmp_path, "2026-03-01"))
    given_back = [
        (line.description, f"{line.full_start:%m-%d}", str(line.net), line.corrects)
        for line in lines(second, "P1-data")
        if line.kind in ("usage", "bucket")
    ]
    # 10 GB lie in 9/31 of 50 GB; 50 of the 110 GB and 10 of the 70 GB were beyond 60 GB.
    assert given_back == [
        ("Web data", "01-01", "-60.00", "INV-000001:8"),
        ("Web data", "02-01", "-12.00", "INV-000001:9"),
        ("Included data, up to 60 GB", "01-01", "-9.00", "INV-000001:10"),
        ("Included data, up to 60 GB", "02-01", "-9.00", "INV-000001:11"),
    ]
    assert sums(first, second) == billed_at_once(tmp_path, book, "2026-03-01", usage)


@pytest.mark.feature("C4", "D9")
def test_usage_is_not_billed_twice_where_its_bill_day_moves(tmp_path: Path, book: Book) -> None:
    book.write(tmp_path / "book")
    usage = write_usage(tmp_path / "january.csv", session(1, "GW-P1", "2026-01-20", "100"))
    first = run(request(tmp_path, "2026-02-01", usage))
    book.rows["accounts"][1] = {**book.rows["accounts"][1], "usage_bill_day": 15}
    book.write(tmp_path / "book")
    second = run(request(tmp_path, "2026-02-20"))
    by_period = [
        (f"{line.period_start:%m-%d}", f"{line.period_end:%m-%d}", str(line.net), line.components)
        for line in lines(second, "P1-data")
        if line.kind == "usage"
    ]
    assert [row[:3] for row in by_period] == [
        ("01-01", "02-01", "-48.00"),
        ("01-15", "02-15", "48.00"),
    ]
    assert [part.quantity for part in by_period[0][3]] == [-50, -10, -40]
    assert sums(first, second) == billed_at_once(tmp_path, book, "2026-02-20", usage)


@pytest.mark.feature("C4", "D9")
def test_a_suspension_taken_back_restores_the_usage_it_took(tmp_path: Path, book: Book) -> None:
    usage = write_usage(tmp_path / "january.csv", session(1, "GW-P1", "2026-01-20", "100"))
    book.write(tmp_path / "book")
    results = [run(request(tmp_path, "2026-02-01", usage))]
    closed = {"account_package": "P1", "status": "pending", "effective": "2026-01-15"}
    book.rows["status_changes"].append(closed)
    book.write(tmp_path / "book")
    results.append(run(request(tmp_path, "2026-02-02")))
    assert ("P1-data", "usage") not in sums(*results)
    book.rows["status_changes"].remove(closed)
    book.write(tmp_path / "book")
    results.append(run(request(tmp_path, "2026-02-03")))
    assert sums(*results) == billed_at_once(tmp_path, book, "2026-02-03", usage)


@pytest.mark.feature("C4", "D9")
def test_a_changed_rate_credits_and_charges_the_usage_it_rated(tmp_path: Path, book: Book) -> None:
    # 10 GB beyond 60 GB: 12.00 at 1.20, 15.00 at 1.50.
    book.write(tmp_path / "book")
    usage = write_usage(tmp_path / "january.csv", session(1, "GW-P1", "2026-01-20", "70"))
    first = run(request(tmp_path, "2026-02-01", usage))
    program = connectivity_program()
    amounts = PriceRows(1000)
    dearer = tuple(
        row.model_copy(update={"price": amounts.of(Decimal("1.50"), "CAD", per=10**9, unit="GB")})
        if row.id == "home/web_data/north_america" and row.currency == "CAD"
        else row
        for row in program.rates
    )
    changed = amounts.into(program, rates=dearer, fingerprint="other")
    second = run(request(tmp_path, "2026-02-01", program=changed))
    assert [str(line.net) for line in lines(second, "P1-data")] == ["3.00"]
    assert sums(first, second) == billed_at_once(
        tmp_path, book, "2026-02-01", usage, program=changed
    )


def test_what_changed_for_no_usage_rates_none_again(tmp_path: Path, book: Book) -> None:
    book.sell("P2", "A1", "2026-01-01").write(tmp_path / "book")
    usage = write_usage(
        tmp_path / "january.csv",
        session(1, "GW-P1", "2026-01-20", "70"),
        session(2, "GW-P2", "2026-01-20", "70"),
    )
    run(request(tmp_path, "2026-02-01", usage))
    assert run(request(tmp_path, "2026-02-01")).usage.stored == 0
    book.change("P2-access", "suspended", "2026-01-16").write(tmp_path / "book")
    assert run(request(tmp_path, "2026-02-01")).usage.stored == 0
    book.change("P2-data", "suspended", "2026-01-16").write(tmp_path / "book")
    assert run(request(tmp_path, "2026-02-01")).usage.stored == 1
