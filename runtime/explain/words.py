"""How explanations write figures and days: exact, with a point, the same in every locale."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from runtime.invoice.format import EACH


def figure(value: Decimal) -> str:
    """Write every digit of a figure; zero has no sign."""
    return format(abs(value) if value.is_zero() else value, "f")


def shown(value: Decimal, minor_units: int) -> str:
    """Write every digit that counts, with at least the currency's places."""
    whole, _, fraction = figure(value).partition(".")
    fraction = fraction.rstrip("0").ljust(minor_units, "0")
    return f"{whole}.{fraction}" if fraction else whole


def measured(value: Decimal, unit: str) -> str:
    """Write a quantity and its unit."""
    return f"{shown(value, 0)} {unit}" if unit and unit != EACH else shown(value, 0)


def days_of(start: date, end: date) -> str:
    """Write the days of `[start, end)` by its first and its last."""
    last = end - timedelta(days=1)
    return f"{start} to {last}" if last > start else f"{start}"


def words(name: str) -> str:
    """Write a catalog's name as words."""
    return name.replace("_", " ")


def counted(number: int, word: str) -> str:
    """Write how many there are of something: `1 record`, `2 records`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
