"""How a price becomes minor units in SQL: whole, or the stretch of a period by its part.

With P the price of a full period of length D, of which k has gone by at the start of a day,
`cum(k) = round(P * k / D)`; the stretch from day a to day b costs `cum(b) - cum(a)`, so
stretches that meet add up to the whole period.  What has gone by, days or other, is said by
runtime.charges.proration.
"""

from __future__ import annotations

from collections.abc import Collection

from runtime.charges.proration import counted_days_sql, gone_by_sql
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
    full period.  Most stretches are whole periods, whose amount is that price rounded.
    """
    full = _full_scaled_sql(unit_price, quantity, minor_units)
    whole = gone_by_sql("full_end", prorations)
    denominator = f"{PRICE_SCALE} * CAST({whole} AS HUGEINT)"

    def cumulative(day: str) -> str:
        offset = f"CAST({gone_by_sql(day, prorations)} AS HUGEINT)"
        return rounded_ratio_sql(f"{full} * {offset}", denominator, rounding)

    whole_minor = whole_minor_sql(unit_price, quantity, minor_units, rounding)
    return (
        f"(CASE WHEN from_day = full_start AND until_day = full_end THEN {whole_minor} "
        f"ELSE {cumulative('until_day')} - {cumulative('from_day')} END)"
    )


_ALIKE = (
    "unit_price",
    "quantity",
    "minor_units",
    "proration",
    "full_start",
    "full_end",
    "from_day",
    "until_day",
)


def amounts_sql(stretches: str, rounding: Rounding, prorations: Collection[str]) -> str:
    """Give SQL for the amounts of a table of stretches, one row for all that are alike.

    Long division is the slow part of a charge, and most charges are like others.  Rows have
    what makes them alike (see `same_amount_sql`), minor, days and full_days; `stretches` has
    those columns, all of them filled.
    """
    amount = stretch_minor_sql("unit_price", "quantity", "minor_units", rounding, prorations)
    return f"""
    SELECT *, {amount} AS minor,
           {counted_days_sql("from_day", "until_day", prorations)} AS days,
           {counted_days_sql("full_start", "full_end", prorations)} AS full_days
    FROM (SELECT DISTINCT {", ".join(_ALIKE)} FROM {stretches})
    """


def same_amount_sql(stretch: str, amount: str) -> str:
    """Give SQL for whether a row of `amounts_sql` is the one of a stretch."""
    return " AND ".join(f"{stretch}.{name} = {amount}.{name}" for name in _ALIKE)


def _full_scaled_sql(unit_price: str, quantity: str, minor_units: str) -> str:
    price = scaled_price_sql(unit_price)
    return f"{price} * CAST({quantity} AS HUGEINT) * {power_of_ten_sql(minor_units)}"
