"""Display units are the price sheet's, and a shown figure is exact or says how far it goes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from runtime.invoice.units import as_decimal, in_unit, steps_of
from runtime.program.units import UNITS


def test_a_shown_unit_holds_the_steps_it_was_priced_in() -> None:
    assert {name: steps_of(name) for name in UNITS} == {
        name: unit.steps for name, unit in UNITS.items()
    }
    assert (steps_of("GB"), steps_of("GiB"), steps_of("hour")) == (10**9, 2**30, 3600)


def test_a_figure_that_ends_is_shown_to_its_end() -> None:
    assert f"{in_unit(1, 'GB'):f}" == "0.000000001"
    assert str(in_unit(1, "GiB")) == "9.31322574615478515625E-10"
    assert str(in_unit(90, "minute")) == "1.5"
    assert str(in_unit(2_000_000_000, "GB")) == "2"
    assert str(in_unit(100, "each")) == "100"


def test_a_figure_without_an_end_has_twelve_places() -> None:
    assert str(in_unit(100, "minute")) == "1.666666666667"
    assert str(as_decimal(Fraction(-1, 3))) == "-0.333333333333"


def test_zero_has_no_sign() -> None:
    assert not as_decimal(Fraction(0)).is_signed()
    assert as_decimal(Fraction(0)) == Decimal(0)
