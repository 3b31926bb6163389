"""Cells of tables and of CSV: amounts, and text that a spreadsheet must not run."""

from __future__ import annotations

RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def figure(minor: int, minor_units: int, *, grouped: bool = True) -> str:
    """Give an amount of minor units in major units: 123456, 2 is 1,234.56."""
    from runtime.money import to_major

    return format(to_major(minor, minor_units), ",f" if grouped else "f")


def csv_text(text: str) -> str:
    """Give a text with a quote before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(RUN_BY_SPREADSHEETS) else text
