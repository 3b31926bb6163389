"""Which of the prices of a case holds: the nearest owner's, then the latest version.

The levels, nearest first, are LEVELS; one that does not price the case leaves it to the next.
Of a level's versions that hold, the one that starts last does; of two that start on one day,
the one for renewals before the one for new sales, and that before the one for all.

A version holds for new sales where the package was sold on its day or later; for all, in
periods that begin on its day or later; for renewals likewise, but not in the first period.
"""

from __future__ import annotations

from runtime.program.model import Program
from runtime.program.prices import OneTimePrice, RecurringPrice

LEVELS = ("override", "price_plan", "contract", "region", "price_book", "catalog")
"""The levels of a price, nearest first; an override is an account service's own."""

_AUDIENCES = ("renewals", "new_sales", "all")


def is_choice(program: Program) -> bool:
    """Whether a case may have several prices: of several levels, or from a date on."""
    dated: tuple[RecurringPrice | OneTimePrice, ...]
    dated = (*program.recurring_prices, *program.one_time_prices)
    return any(row.level != "catalog" or row.start is not None for row in dated) or any(
        row.level != "catalog" for row in program.transition_charges
    )


def holds_sql(day: str, is_renewed: str) -> str:
    """Give SQL for whether the version `r` holds in a period of account service `s`.

    Args:
        day: SQL for the day on which the period, or the charge, begins.
        is_renewed: SQL for whether the period renews an earlier one.
    """
    return f"""(r.start IS NULL OR CASE r.audience
        WHEN 'new_sales' THEN s.sale_day >= r.start
        WHEN 'renewals' THEN {is_renewed} AND {day} >= r.start
        ELSE {day} >= r.start END)"""


IS_OWNED = """(r.level = 'catalog' OR EXISTS (
    SELECT 1 FROM subscription.price_owners AS o
    WHERE o.account_service = s.account_service AND o.level = r.level AND o.owner = r.owner))"""
"""SQL for whether the price `r` is one of those of account service `s`."""


def best_sql(case: str) -> str:
    """Give the QUALIFY clause that keeps the best price `r` of each case, given by columns."""
    return f"""QUALIFY row_number() OVER (
      PARTITION BY {case}
      ORDER BY {_place("r.level", LEVELS)}, r.start DESC NULLS LAST,
               {_place("r.audience", _AUDIENCES)}, r.source
    ) = 1"""


def _place(column: str, order: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{name}'" for name in order)
    return f"list_position([{listed}], {column})"
