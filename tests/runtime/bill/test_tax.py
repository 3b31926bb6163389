"""Which tax rate a line bears, and how an invoice's tax is rounded and shared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.money import rounded
from runtime.program.model import Program, Rounding, TaxRate
from runtime.tax import (
    AppliedRate,
    TaxRates,
    largest_remainder,
    rates_from_text,
    rates_to_text,
    share_taxes,
)
from tests.runtime.programs import connectivity_program

DAY = date(2026, 6, 15)


def rates(*rows: tuple[str, str, str, str, date | None]) -> TaxRates:
    table = tuple(
        TaxRate(
            tax=tax,
            tax_class=tax_class,
            jurisdiction=jurisdiction,
            percent=Decimal(percent),
            start=start,
            source=0,
        )
        for tax, tax_class, jurisdiction, percent, start in rows
    )
    program: Program = connectivity_program().model_copy(update={"tax_rates": table})
    return TaxRates(program)


def percents(found: tuple[AppliedRate, ...]) -> list[str]:
    return [str(rate.percent) for rate in found]


@pytest.mark.feature("A21")
def test_the_nearest_row_is_the_class_in_its_jurisdiction_then_anywhere_then_otherwise() -> None:
    table = rates(
        ("vat", "*", "*", "1", None),
        ("vat", "*", "FR", "2", None),
        ("vat", "telecom", "*", "3", None),
        ("vat", "telecom", "FR", "4", None),
    )
    assert percents(table.find("telecom", "FR", DAY, None)) == ["4"]
    assert percents(table.find("telecom", "DE", DAY, None)) == ["3"]
    assert percents(table.find("books", "FR", DAY, None)) == ["2"]
    assert percents(table.find("books", None, DAY, None)) == ["1"]


@pytest.mark.feature("A21")
def test_a_rate_counts_from_its_day_on() -> None:
    table = rates(
        ("vat", "telecom", "FR", "19.6", None),
        ("vat", "telecom", "FR", "20", date(2026, 6, 15)),
    )
    assert percents(table.find("telecom", "FR", date(2026, 6, 14), None)) == ["19.6"]
    assert percents(table.find("telecom", "FR", date(2026, 6, 15), None)) == ["20"]


@pytest.mark.feature("A21")
def test_two_taxes_may_both_cover_a_class_and_each_is_a_line() -> None:
    # 100.00 at 5 % and at 9.975 %: 5.00 and 9.975 -> 9.98, 14.98 on the one line.
    table = rates(("gst", "telecom", "QC", "5", None), ("qst", "telecom", "QC", "9.975", None))
    found = table.find("telecom", "QC", DAY, None)
    taxes, (line,) = share_taxes([(10_000, found)], "half_up")
    assert [(tax.rate.tax, tax.minor) for tax in taxes] == [("gst", 500), ("qst", 998)]
    assert (line.minor, line.percent) == (1498, Decimal("14.975"))


@pytest.mark.feature("A21")
def test_no_row_for_a_class_is_no_rate_and_not_zero() -> None:
    assert rates(("vat", "telecom", "FR", "20", None)).find("telecom", "DE", DAY, None) == ()


@pytest.mark.feature("A21")
def test_an_exemption_makes_the_rate_zero_and_gives_its_reason() -> None:
    (rate,) = rates(("vat", "*", "*", "20", None)).find("telecom", "FR", DAY, "Diplomatic")
    assert (rate.percent, rate.exemption) == (Decimal(0), "Diplomatic")


def test_what_is_left_goes_to_the_largest_remainder_and_ties_to_the_first() -> None:
    # 0.65 + 0.65 + 1.30 rounds to 3 (2.60): floors 0, 0, 1 leave two for the two at .65.
    parts = {1: Fraction(65, 100), 2: Fraction(65, 100), 3: Fraction(130, 100)}
    assert largest_remainder(3, parts) == {1: 1, 2: 1, 3: 1}
    assert largest_remainder(2, parts) == {1: 1, 2: 0, 3: 1}


def test_rates_survive_the_ledger() -> None:
    found = (
        AppliedRate("gst", "telecom", "QC", Decimal("9.975"), None),
        AppliedRate("gst", "telecom", "", Decimal(0), "Église «exempte»"),
    )
    assert rates_from_text(rates_to_text(found)) == found


RATE = AppliedRate("vat", "telecom", "FR", Decimal("19.6"), None)
OTHER = AppliedRate("vat", "books", "FR", Decimal("5.5"), None)


@pytest.mark.feature("A21")
@given(
    lines=st.lists(
        st.tuples(
            st.integers(-(10**6), 10**6), st.sampled_from([(RATE,), (OTHER,), (RATE, OTHER), ()])
        ),
        max_size=12,
    ),
    rounding=st.sampled_from(["half_up", "half_even"]),
)
def test_each_rate_is_rounded_once_and_the_lines_add_up_to_it(
    lines: list[tuple[int, tuple[AppliedRate, ...]]], rounding: Rounding
) -> None:
    taxes, shares = share_taxes(lines, rounding)
    for tax in taxes:
        base = sum(net for net, rates in lines if tax.rate in rates)
        assert tax.base == base
        exact = base * Fraction(tax.rate.percent) / 100
        assert tax.minor == rounded(exact, rounding)
    assert sum(share.minor for share in shares) == sum(tax.minor for tax in taxes)
    for (net, rates), share in zip(lines, shares, strict=True):
        exact = sum((net * Fraction(rate.percent) / 100 for rate in rates), Fraction(0))
        assert abs(share.minor - exact) <= len(rates)
