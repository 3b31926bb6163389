"""How a price becomes minor units in SQL: whole, or the stretch of a period by its days.

With P the price of a full period of D days, `cum(k) = round(P * k / D)`; the stretch from
day a to day b costs `cum(b) - cum(a)`, so stretches that meet add up to the whole period.
"""

from __future__ import annotations

from runtime.money import PRICE_SCALE, power_of_ten_sql, rounded_ratio_sql, scaled_price_sql
from runtime.program.model import Rounding


def whole_minor_sql(unit_price: str, quantity: str, minor_units: str, rounding: Rounding) -> str:
    """Give SQL for quantity x unit_price in minor units, rounded once, as HUGEINT."""
    full = _full_scaled_sql(unit_price, quantity, minor_units)
    return rounded_ratio_sql(full, str(PRICE_SCALE), rounding)


def stretch_minor_sql(unit_price: str, quantity: str, minor_units: str, rounding: Rounding) -> str:
    """Give SQL for the amount of the stretch [from_day, until_day), as HUGEINT.

    Reads the columns from_day, until_day, full_start and full_end of the query around it;
    `unit_price` is for one unit and the full period.
    """
    full = _full_scaled_sql(unit_price, quantity, minor_units)
    denominator = f"{PRICE_SCALE} * CAST({days_sql('full_start', 'full_end')} AS HUGEINT)"

    def cumulative(day: str) -> str:
        offset = f"CAST({days_sql('full_start', day)} AS HUGEINT)"
        return rounded_ratio_sql(f"{full} * {offset}", denominator, rounding)

    return f"({cumulative('until_day')} - {cumulative('from_day')})"


def days_sql(first: str, end: str) -> str:
    """Give SQL for the days of [first, end)."""
    return f"date_diff('day', {first}, {end})"


def _full_scaled_sql(unit_price: str, quantity: str, minor_units: str) -> str:
    price = scaled_price_sql(unit_price)
    return f"{price} * CAST({quantity} AS HUGEINT) * {power_of_ten_sql(minor_units)}"
