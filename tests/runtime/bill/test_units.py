"""Display units are the price sheet's, and a shown figure is exact or says how far it goes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from runtime.invoice.units import as_decimal, in_units_of
from runtime.program.model import CustomUnit
from runtime.program.units import UNITS, steps_by_unit
from tests.runtime.programs import connectivity_program


def in_unit(steps: int, unit: str) -> Decimal:
    return in_units_of(steps, UNITS[unit].steps)


def test_a_shown_unit_holds_the_steps_it_was_priced_in() -> None:
    own = CustomUnit(id="million_token", measure="count", steps=10**6, source=0)
    program = connectivity_program().model_copy(update={"units": (own,)})
    steps = steps_by_unit(program)
    assert steps == {name: unit.steps for name, unit in UNITS.items()} | {"million_token": 10**6}
    assert (steps["GB"], steps["GiB"], steps["hour"]) == (10**9, 2**30, 3600)


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
