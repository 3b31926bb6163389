"""How a price becomes minor units in SQL: whole, or the stretch of a period by its part.

With P the price of a full period of length D, of which k has gone by at the start of a day,
`cum(k) = round(P * k / D)`; the stretch from day a to day b costs `cum(b) - cum(a)`, so
stretches that meet add up to the whole period.  What has gone by, days or other, is said by
runtime.charges.proration.
"""

from __future__ import annotations

from collections.abc import Collection

from runtime.charges.proration import gone_by_sql
from runtime.money import PRICE_SCALE, power_of_ten_sql, rounded_ratio_sql, scaled_price_sql
from runtime.program.model import Rounding


def whole_minor_sql(unit_price: str, quantity: str, minor_units: str, rounding: Rounding) -> str:
    """Give SQL for quantity x unit_price in minor units, rounded once, as HUGEINT."""
    full = _full_scaled_sql(unit_price, quantity, minor_units)
    return rounded_ratio_sql(full, str(PRICE_SCALE), rounding)


def stretch_minor_sql(
    unit_price: str,
    quantity: str,
    minor_units: str,
    rounding: Rounding,
    prorations: Collection[str] = ("days",),
) -> str:
    """Give SQL for the amount of the stretch [from_day, until_day), as HUGEINT.

    Reads the columns from_day, until_day, full_start and full_end of the query around it,
    and proration where not all `prorations` count days; `unit_price` is for one unit and the
    full period.
    """
    full = _full_scaled_sql(unit_price, quantity, minor_units)
    whole = gone_by_sql("full_end", prorations)
    denominator = f"{PRICE_SCALE} * CAST({whole} AS HUGEINT)"

    def cumulative(day: str) -> str:
        offset = f"CAST({gone_by_sql(day, prorations)} AS HUGEINT)"
        return rounded_ratio_sql(f"{full} * {offset}", denominator, rounding)

    return f"({cumulative('until_day')} - {cumulative('from_day')})"


def _full_scaled_sql(unit_price: str, quantity: str, minor_units: str) -> str:
    price = scaled_price_sql(unit_price)
    return f"{price} * CAST({quantity} AS HUGEINT) * {power_of_ten_sql(minor_units)}"
