"""Which tax rate a line bears, and how an invoice's tax is rounded and shared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.money import rounded
from runtime.program.model import Program, Rounding, TaxExemption, TaxInclusion, TaxRate
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


def held(*rows: tuple[str, str]) -> TaxRates:
    """Give taxes in DE that prices of telecom hold, and an exemption of the first of them."""
    table = tuple(
        TaxRate(
            tax=tax,
            tax_class="telecom",
            jurisdiction="DE",
            percent=Decimal(percent),
            start=None,
            source=0,
        )
        for tax, percent in rows
    )
    return TaxRates(
        connectivity_program().model_copy(
            update={
                "tax_rates": table,
                "tax_inclusions": tuple(TaxInclusion(tax=tax, source=0) for tax, _ in rows),
                "tax_exemptions": (
                    TaxExemption(tax=rows[0][0], id="reverse", text="Reverse charge", source=0),
                ),
            }
        )
    )


@pytest.mark.feature("A21")
def test_of_a_price_that_includes_tax_the_tax_is_taken_out() -> None:
    # 119.00 at 19 %: 19.00 are tax, 100.00 are left.
    found = held(("vat", "19")).find("telecom", "DE", DAY, None)
    (tax,), (line,) = share_taxes([(11_900, found)], "half_up")
    assert (tax.base, tax.minor) == (10_000, 1_900)
    assert (line.held, line.minor, line.percent) == (1_900, 1_900, Decimal(19))


@pytest.mark.feature("A21")
def test_what_lines_hold_is_rounded_once_and_shared() -> None:
    # 19.98 x 19 / 119 = 3.1901 -> 3.19; 1.595 each, the odd cent to the first.
    found = held(("vat", "19")).find("telecom", "DE", DAY, None)
    (tax,), (first, second) = share_taxes([(999, found), (999, found)], "half_up")
    assert (tax.base, tax.minor) == (1_679, 319)
    assert (first.minor, second.minor) == (160, 159)


@pytest.mark.feature("A21")
def test_two_taxes_that_a_price_includes_are_taken_out_of_it_together() -> None:
    # 126.00 at 19 % and 7 %: 126 / 1.26 = 100.00 net, 19.00 and 7.00.
    found = held(("vat", "19"), ("levy", "7")).find("telecom", "DE", DAY, None)
    taxes, (line,) = share_taxes([(12_600, found)], "half_up")
    assert [(tax.rate.tax, tax.base, tax.minor) for tax in taxes] == [
        ("vat", 10_000, 1_900),
        ("levy", 10_000, 700),
    ]
    assert line.held == 2_600


@pytest.mark.feature("A21")
def test_an_exempt_account_pays_the_price_without_the_tax_it_is_exempt_of() -> None:
    # Of 126.00, 19.00 are not owed: 100.00 net and 7.00 of the other tax.
    rates = held(("vat", "19"), ("levy", "7"))
    found = rates.find("telecom", "DE", DAY, "reverse")
    taxes, (line,) = share_taxes([(12_600, found)], "half_up")
    assert [(tax.rate.exemption, tax.base, tax.minor) for tax in taxes] == [
        ("Reverse charge", 10_000, 0),
        (None, 10_000, 700),
    ]
    assert (line.held, line.minor) == (2_600, 700)
    assert rates_from_text(rates_to_text(found)) == found


@pytest.mark.feature("A21")
@given(
    amounts=st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=12),
    percents=st.lists(st.sampled_from(["7", "19", "9.975", "0"]), min_size=1, max_size=2),
    is_exempt=st.booleans(),
)
def test_net_and_held_tax_always_add_up_to_the_amount(
    amounts: list[int], percents: list[str], is_exempt: bool
) -> None:
    rates = held(*zip(("vat", "levy"), percents, strict=False))
    found = rates.find("telecom", "DE", DAY, "reverse" if is_exempt else None)
    taxes, lines = share_taxes([(amount, found) for amount in amounts], "half_up")
    taken = [line.held or 0 for line in lines]
    whole = 100 + sum(map(Fraction, percents), Fraction(0))
    for percent, tax in zip(percents, taxes, strict=True):
        is_owed = tax.rate.exemption is None
        exact = sum(amounts) * Fraction(percent) / whole
        assert tax.minor == (rounded(exact, "half_up") if is_owed else 0)
        assert tax.base == sum(amounts) - sum(taken)
    assert sum(line.minor for line in lines) == sum(tax.minor for tax in taxes)
    if not is_exempt:
        assert [line.minor for line in lines] == taken


@pytest.mark.feature("A21")
def test_taxes_of_an_older_ledger_came_on_top() -> None:
    (rate,) = rates_from_text('[["gst","telecom","QC","9.975",null]]')
    assert rate == AppliedRate("gst", "telecom", "QC", Decimal("9.975"), None)
