"""Exact amounts: major and minor units, and the one rounding, in Python and in SQL.

Python works on integers, `Fraction` and `Decimal`; SQL on HUGEINT, whose operations raise
on overflow instead of wrapping.  DuckDB turns a division of decimals into a float, so a
decimal is made a whole number first (`scaled_price_sql`) and only whole numbers are divided.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from typing import assert_never

from runtime.program.model import Rounding

PRICE_SCALE = 10**12
"""A price of runtime.tables.PRICE_TYPE times this is a whole number."""

_WIDE = Context(prec=80)


def rounded(value: Fraction, rounding: Rounding) -> int:
    """Round to a whole number; half_up takes a half away from zero, as on invoices."""
    numerator, denominator = abs(value.numerator), value.denominator
    whole, rest = divmod(numerator, denominator)
    twice = 2 * rest
    match rounding:
        case "half_up":
            up = twice >= denominator
        case "half_even":
            up = twice > denominator or (twice == denominator and whole % 2 == 1)
        case _:
            assert_never(rounding)
    magnitude = whole + up
    return magnitude if value >= 0 else -magnitude


def to_minor(amount: Decimal | Fraction, minor_units: int, rounding: Rounding) -> int:
    """Turn an amount in major units into whole minor units, rounded once."""
    return rounded(Fraction(amount) * 10**minor_units, rounding)


def exact_minor(amount: Decimal, minor_units: int) -> int | None:
    """Turn an amount in major units into whole minor units; None where it has more places."""
    scaled = _WIDE.scaleb(amount, minor_units)
    return int(scaled) if scaled == scaled.to_integral_value() else None


def to_major(minor: int, minor_units: int) -> Decimal:
    """Turn whole minor units into major units with as many places: 1950, 2 -> 19.50."""
    return _WIDE.scaleb(Decimal(minor), -minor_units)


def scaled_price_sql(price: str) -> str:
    """Give SQL for `price` (DECIMAL(38, 12)) times PRICE_SCALE, as HUGEINT.

    A price of 10^14 or more overflows and raises.
    """
    return f"CAST(({price}) * {PRICE_SCALE} AS HUGEINT)"


def power_of_ten_sql(exponent: str) -> str:
    """Give SQL for 10 to the power of a whole expression from 0 to 6, as HUGEINT."""
    cases = " ".join(f"WHEN {power} THEN {10**power}" for power in range(7))
    return f"CAST(CASE {exponent} {cases} END AS HUGEINT)"


def rounded_ratio_sql(numerator: str, denominator: str, rounding: Rounding) -> str:
    """Give SQL for numerator / denominator rounded to a whole number, as HUGEINT.

    Both are SQL expressions of whole numbers, the denominator positive.  Only whole numbers
    are divided; the sign is taken off, so that a negative rounds as its positive does.  No
    step grows past the numerator, so only computing that can overflow, and it then raises.
    """
    whole = f"CAST({numerator} AS HUGEINT)"
    by = f"CAST({denominator} AS HUGEINT)"
    quotient = f"({whole} // {by})"
    rest = f"abs({whole} % {by})"
    match rounding:
        case "half_up":
            up = f"{rest} >= {by} - {rest}"
        case "half_even":
            up = f"{rest} > {by} - {rest} OR ({rest} = {by} - {rest} AND {quotient} % 2 <> 0)"
        case _:
            assert_never(rounding)
    return f"({quotient} + CASE WHEN {up} THEN CAST(sign({whole}) AS HUGEINT) ELSE 0 END)"
