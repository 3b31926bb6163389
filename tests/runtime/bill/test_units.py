"""Display units are the compiler's, and a shown figure is exact or says how far it goes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from compiler.units import UNITS
from runtime.invoice.units import STEPS_PER_UNIT, as_decimal, in_unit


def test_the_runtime_knows_every_unit_the_compiler_does() -> None:
    assert {name: unit.steps for name, unit in UNITS.items()} == dict(STEPS_PER_UNIT)


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
