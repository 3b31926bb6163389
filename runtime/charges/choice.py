"""Which of the prices of a case holds: the nearest owner's, then the latest version.

The levels, nearest first, are LEVELS; one that does not price the case leaves it to the next.
Of a level's versions that hold, the one that starts last does; of two that start on one day,
the one for renewals before the one for new sales, and that before the one for all.

A version holds for new sales where the package was sold on its day or later; for all, in
periods that begin on its day or later; for renewals where the last renewal was on its day or
later.  A period renews the one before it; under a contract, the contract's renewal does.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

LEVELS = ("override", "price_plan", "contract", "region", "price_book", "catalog")
"""The levels of a price, nearest first; an override is an account service's own."""

_AUDIENCES = ("renewals", "new_sales", "all")


def is_choice(connection: DuckDBPyConnection) -> bool:
    """Whether a case may have several prices: of several levels, or from a date on.

    Reads the tables of runtime.charges.prices.
    """
    found = connection.execute("""
        SELECT 1 FROM (
          SELECT level, start FROM charge.recurring_prices
          UNION ALL SELECT level, start FROM charge.one_time_prices
          UNION ALL SELECT level, start FROM charge.transition_prices
        )
        WHERE level <> 'catalog' OR start IS NOT NULL LIMIT 1
    """).fetchone()
    return found is not None


RENEWING_CONTRACTS = """
LEFT JOIN subscription.held_contracts AS h ON h.account_package = s.account_package
 AND h.from_day <= {day} AND {day} < h.until_day
"""
"""Joins the contract `h` that the account package of `s` is under on a day, or none."""


def renewed_sql(day: str, is_renewed: str) -> str:
    """Give SQL for the day of the last renewal of account service `s`, NULL where there is none.

    Reads the contract `h` of RENEWING_CONTRACTS.

    Args:
        day: SQL for the day on which a period begins.
        is_renewed: SQL for whether that period renews an earlier one, without a contract.
    """
    whole = f"""(date_diff('month', h.from_day, {day})
        - CASE WHEN h.from_day + to_months(CAST(date_diff('month', h.from_day, {day}) AS INTEGER))
                    > {day} THEN 1 ELSE 0 END)"""
    terms = f"({whole} - h.term_months) // h.renewal_months"
    months = f"CAST(h.term_months + {terms} * h.renewal_months AS INTEGER)"
    return f"""(CASE
        WHEN h.contract IS NULL THEN CASE WHEN {is_renewed} THEN {day} END
        WHEN {whole} >= h.term_months THEN CAST(h.from_day + to_months({months}) AS DATE) END)"""


def holds_sql(day: str, renewed: str) -> str:
    """Give SQL for whether the version `r` holds in a period of account service `s`.

    Args:
        day: SQL for the day on which the period, or the charge, begins.
        renewed: SQL for the day of the last renewal; NULL: it is not renewed yet.
    """
    return f"""(r.start IS NULL OR CASE r.audience
        WHEN 'new_sales' THEN s.sale_day >= r.start
        WHEN 'renewals' THEN coalesce({renewed} >= r.start, false)
        ELSE {day} >= r.start END)"""


def owned_sql(day: str, holder: str = "s.account_service") -> str:
    """Give SQL for whether the price `r` is one of those of an account service on a day.

    Args:
        day: SQL for the day on which the period, or the charge, begins.
        holder: SQL for the account service; NULL: one that has no prices but the catalog's.
    """
    return f"""(r.level = 'catalog' OR EXISTS (
        SELECT 1 FROM subscription.price_owners AS w
        WHERE w.account_service = {holder} AND w.level = r.level AND w.owner = r.owner
          AND w.from_day <= {day} AND {day} < w.until_day))"""


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
