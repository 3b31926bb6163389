"""How much of an account service is held on a day, and whether that day is settled."""

from __future__ import annotations


def quantity_sql(day: str) -> str:
    """Give SQL for the quantity of account service `s` on a day, which is an SQL expression."""
    return f"""coalesce((
        SELECT max(q.quantity) FROM subscription.quantities AS q
        WHERE q.account_service = s.account_service AND q.from_day <= {day} AND {day} < q.until_day
    ), s.quantity)"""


def is_open_sql(day: str) -> str:
    """Give SQL for whether what fell due on a day lies behind the horizon `h`; none is no end."""
    return f"(h.after_day IS NULL OR {day} > h.after_day)"
