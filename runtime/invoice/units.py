"""Quantities in the units they are shown in."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

PLACES = 12
"""Digits after the point of a figure that has no last digit, such as a third."""

_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)
_WIDER = Context(prec=200)  # holds the product of two wide figures: no product is rounded


def in_units_of(steps: int, size: int) -> Decimal:
    """Give a quantity of steps in units of so many steps."""
    return _quotient(steps, size)


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
