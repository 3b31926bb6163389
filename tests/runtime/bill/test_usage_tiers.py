"""Usage at a rate in tiers, billed, explained and printed; every amount worked by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from runtime.explain.line import explain_line
from runtime.explain.text import render_text
from runtime.invoice.html import render_html
from runtime.invoice.invariants import broken_components
from runtime.program.model import Program
from runtime.program.terms import Basis
from tests.runtime.bill.books import Book, customer, lines, request, run, session, write_usage
from tests.runtime.price_rows import PriceRows
from tests.runtime.programs import GB, connectivity_program

TIERS: tuple[tuple[int | None, tuple[tuple[Basis, Decimal, int], ...]], ...] = (
    (5 * GB, (("share", Decimal("1.20"), GB), ("flat", Decimal(2), 1))),
    (None, (("share", Decimal(1), GB),)),
)


def program(**changes: Decimal) -> Program:
    """Connectivity, whose web data at home costs 1.20 and 2.00, and 1.00 beyond 5 GB."""
    plain = connectivity_program()
    prices = PriceRows(first=1 + max(price.id for price in plain.prices))
    rates = tuple(
        rate.model_copy(update={"price": prices.tiered(rate.currency, TIERS, "GB", **changes)})
        if (rate.group, rate.usage_class) == ("home", "web_data")
        else rate
        for rate in plain.rates
    )
    return prices.into(plain, rates=rates)


@pytest.mark.feature("A7", "A14", "D4", "D6", "C3")
def test_a_rate_in_tiers_is_billed_in_parts_that_add_up(tmp_path: Path) -> None:
    # 70 GB at home: 50 included, 10 flat, 10 rated: 5 x 1.20 + 2.00 + 5 x 1.00 = 13.00.
    # 4 GB more, known later: 4.00.
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    usage = write_usage(tmp_path / "january.csv", session(1, "GW-P1", "2026-01-05", "70"))
    first = run(request(tmp_path, "2026-02-01", usage, program=program()))
    (line,) = (each for each in lines(first, "P1-data") if each.kind == "usage")
    assert str(line.net) == "13.00"
    parts = [each for each in line.components if each.component == "rated"]
    assert [(each.price_tier, each.basis, str(each.amount)) for each in parts] == [
        (0, "flat", "2"),
        (0, "share", "6"),
        (1, "share", "5"),
    ]
    (invoice,) = first.invoices
    assert broken_components(invoice) == ()
    told = render_text(explain_line(invoice, line.number))
    assert "5 GB × 1.20 per GB = 6.00" in told
    assert "5 GB × 1.00 per GB = 5.00" in told
    assert "price tier  2" in told
    assert '<span class="id">, tier 2</span>' in render_html(invoice)
    late = write_usage(tmp_path / "late.csv", session(2, "GW-P1", "2026-01-06", "4"))
    second = run(request(tmp_path, "2026-02-02", late, program=program()))
    (more,) = lines(second)
    assert str(more.net) == "4.00"
    assert [(each.price_tier, str(each.quantity)) for each in more.components] == [(1, "4")]


@pytest.mark.feature("A7", "A14", "D4")
def test_a_price_brought_to_its_most_is_told_of(tmp_path: Path) -> None:
    # 13.00 less 10% is 11.70, at most 10.00; with 1 GB less it is 10.80, and 10.00 too.
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    usage = write_usage(tmp_path / "january.csv", session(1, "GW-P1", "2026-01-05", "70"))
    bounded = program(percent_off=Decimal(10), at_most=Decimal(10))
    result = run(request(tmp_path, "2026-02-01", usage, program=bounded))
    (line,) = (each for each in lines(result, "P1-data") if each.kind == "usage")
    assert str(line.net) == "10.00"
    (invoice,) = result.invoices
    assert broken_components(invoice) == ()
    assert "To the most or the least of the price: -1.70" in render_text(
        explain_line(invoice, line.number)
    )


@pytest.mark.feature("A7", "C3", "D9")
def test_a_price_that_was_corrected_is_billed_anew(tmp_path: Path) -> None:
    # 13.00 at the price that stood there; less 10% it is 11.70.
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    usage = write_usage(tmp_path / "january.csv", session(1, "GW-P1", "2026-01-05", "70"))
    run(request(tmp_path, "2026-02-01", usage, program=program()))
    second = run(request(tmp_path, "2026-02-02", program=program(percent_off=Decimal(10))))
    assert [str(line.net) for line in lines(second)] == ["-1.30"]
    assert (
        run(request(tmp_path, "2026-02-03", program=program(percent_off=Decimal(10)))).invoices
        == ()
    )
