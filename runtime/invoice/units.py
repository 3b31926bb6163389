"""Quantities in the units they are shown in."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from runtime.program.units import UNITS

PLACES = 12
"""Digits after the point of a figure that has no last digit, such as a third."""

_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)
_WIDER = Context(prec=200)  # holds the product of two wide figures: no product is rounded


def steps_of(unit: str) -> int:
    """Give the steps of a unit; a name that is no unit counts single steps."""
    known = UNITS.get(unit)
    return known.steps if known else 1


def in_unit(steps: int, unit: str) -> Decimal:
    """Give a quantity of steps in a unit."""
    return _quotient(steps, steps_of(unit))


def as_decimal(value: Fraction) -> Decimal:
    """Give a figure to be shown: exact where it ends, else to PLACES, half up."""
    return _quotient(value.numerator, value.denominator)


def _quotient(numerator: int, denominator: int) -> Decimal:
    whole, divisor = Decimal(numerator), Decimal(denominator)
    exact = _WIDE.divide(whole, divisor)
    if _WIDER.multiply(exact, divisor) != whole:
        exact = exact.quantize(Decimal(1).scaleb(-PLACES), context=_WIDE)
    return plain(exact)


def plain(value: Decimal) -> Decimal:
    """Take the zeros off the end of a figure: 1.200000000000 -> 1.2, 100 stays 100."""
    shorter = value.normalize(_WIDE)
    _, _, exponent = shorter.as_tuple()
    if isinstance(exponent, int) and exponent > 0:
        shorter = shorter.quantize(Decimal(1), context=_WIDE)
    return shorter + 0  # zero without a sign
