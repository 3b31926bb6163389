"""How many smallest steps a display unit holds, and quantities in it.

A step is a byte, a second, or one.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from types import MappingProxyType

STEPS_PER_UNIT: Mapping[str, int] = MappingProxyType(
    {
        "B": 1,
        "byte": 1,
        "kB": 1000,
        "MB": 1000**2,
        "GB": 1000**3,
        "TB": 1000**4,
        "KiB": 1024,
        "MiB": 1024**2,
        "GiB": 1024**3,
        "TiB": 1024**4,
        "s": 1,
        "second": 1,
        "minute": 60,
        "hour": 3600,
        "day": 86400,
        "each": 1,
        "event": 1,
        "count": 1,
    }
)
"""The size of each unit that a price sheet can write."""

PLACES = 12
"""Digits after the point of a figure that has no last digit, such as a third."""

_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)
_WIDER = Context(prec=200)  # holds the product of two wide figures: no product is rounded


def steps_of(unit: str) -> int:
    """Give the steps of a unit; a name that is no unit counts single steps."""
    return STEPS_PER_UNIT.get(unit, 1)


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
