"""Rounding, in Python and in SQL: once, half up or half even, never through a float."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engine import open_engine
from runtime.money import (
    PRICE_SCALE,
    power_of_ten_sql,
    rounded,
    rounded_ratio_sql,
    scaled_price_sql,
    to_major,
    to_minor,
)
from runtime.program.model import Rounding

ENGINE = open_engine(threads=1)
MODES: dict[Rounding, str] = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}
HUGE = 2**127 - 1


def sql(expression: str) -> int:
    row = ENGINE.execute(f"SELECT {expression}").fetchone()
    assert row is not None
    value: int = row[0]
    return value


@pytest.mark.parametrize("rounding", MODES)
@given(minor=st.integers(-(10**20), 10**20), places=st.integers(1, 6))
def test_rounding_is_that_of_decimals(rounding: Rounding, minor: int, places: int) -> None:
    value = Decimal(minor).scaleb(-places)
    expected = int(value.to_integral_value(MODES[rounding], Context(prec=60)))
    assert rounded(Fraction(minor, 10**places), rounding) == expected
    assert sql(rounded_ratio_sql(str(minor), str(10**places), rounding)) == expected


@pytest.mark.parametrize("rounding", MODES)
@given(numerator=st.integers(-HUGE, HUGE), denominator=st.integers(1, HUGE))
def test_sql_rounds_as_python_does(rounding: Rounding, numerator: int, denominator: int) -> None:
    found = sql(rounded_ratio_sql(str(numerator), str(denominator), rounding))
    assert found == rounded(Fraction(numerator, denominator), rounding)


@pytest.mark.parametrize(
    ("ratio", "half_up", "half_even"),
    [((5, 2), 3, 2), ((-5, 2), -3, -2), ((7, 2), 4, 4), ((-1, 2), -1, 0), ((1, 3), 0, 0)],
)
def test_a_half_goes_away_from_zero_or_to_the_even(
    ratio: tuple[int, int], half_up: int, half_even: int
) -> None:
    assert rounded(Fraction(*ratio), "half_up") == half_up
    assert rounded(Fraction(*ratio), "half_even") == half_even


@given(price=st.decimals(-(10**13), 10**13, places=12))
def test_a_price_becomes_a_whole_number_exactly(price: Decimal) -> None:
    found = sql(scaled_price_sql(f"CAST('{price:f}' AS DECIMAL(38, 12))"))
    assert found == int(Fraction(price) * PRICE_SCALE)


def test_what_does_not_fit_is_raised_and_never_wraps() -> None:
    with pytest.raises(duckdb.OutOfRangeException):
        sql(scaled_price_sql("CAST(100000000000000 AS DECIMAL(38, 12))"))
    with pytest.raises(duckdb.OutOfRangeException):
        sql(rounded_ratio_sql(f"CAST({HUGE} AS HUGEINT) * 2", "3", "half_up"))


@given(minor=st.integers(-(10**30), 10**30), places=st.integers(0, 4))
def test_major_and_minor_units_are_there_and_back(minor: int, places: int) -> None:
    major = to_major(minor, places)
    assert major.as_tuple().exponent == -places
    assert to_minor(major, places, "half_up") == minor


@pytest.mark.parametrize("places", range(7))
def test_a_power_of_ten(places: int) -> None:
    assert sql(power_of_ten_sql(str(places))) == 10**places
