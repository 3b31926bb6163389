"""What the numbers of a catalog are, of any length that may be written."""

from __future__ import annotations

from decimal import Decimal


def is_whole(number: Decimal) -> bool:
    """Tell whether a number has no decimals; `%` fails of one with more than 28 digits."""
    return number == number.to_integral_value()
