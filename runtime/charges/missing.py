"""Charges that should be made and have no price: told before anything is posted.

A price of zero is a price; no price is a fault, never zero.  A service without any recurring
price is billed by its usage alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.one_time import ACTIVATED
from runtime.charges.recurring import NOT_PRICED
from runtime.charges.words import as_words


@dataclass(frozen=True, slots=True)
class MissingPrice:
    """A charge without a price: what it is for, and one account service that needs it."""

    what: str
    currency: str
    account_service: str

    def __str__(self) -> str:
        return (
            f"{self.what} has no price in {self.currency}; "
            f"account service {self.account_service} needs one"
        )


def find_missing_prices(connection: DuckDBPyConnection, as_of: date) -> tuple[MissingPrice, ...]:
    """Give each missing price once, with the first account service that needs it.

    Reads the subscription tables and those of runtime.charges.prices.
    """
    recurring = connection.execute(f"""
        SELECT service, status, months, currency, min(account_service)
        FROM ({NOT_PRICED}) AS n
        GROUP BY service, status, months, currency
        ORDER BY 1, 2, 3, 4
    """).fetchall()
    one_time = connection.execute(
        f"""
        SELECT s.service, s.currency, min(s.account_service)
        FROM subscription.account_services AS s
        JOIN charge.services AS k ON k.service = s.service AND k.base = 'non_recurring'
        LEFT JOIN charge.one_time_prices AS p
          ON p.service = s.service AND p.currency = s.currency
        WHERE p.service IS NULL AND s.activation_day IS NOT NULL
          AND {ACTIVATED} <= ? AND {ACTIVATED} < s.end_day
        GROUP BY s.service, s.currency
        ORDER BY 1, 2
        """,
        [as_of],
    ).fetchall()
    transitions = connection.execute(
        """
        SELECT s.service, o.transition, s.currency, min(s.account_service)
        FROM subscription.occurrences AS o
        JOIN subscription.account_services AS s ON s.account_service = o.account_service
        JOIN (SELECT DISTINCT service, transition FROM charge.transition_charges) AS charged
          ON charged.service = s.service AND charged.transition = o.transition
        LEFT JOIN charge.transition_charges AS p
          ON p.service = s.service AND p.transition = o.transition AND p.currency = s.currency
        WHERE p.service IS NULL AND o.day <= ?
        GROUP BY s.service, o.transition, s.currency
        ORDER BY 1, 2, 3
        """,
        [as_of],
    ).fetchall()
    return (
        *(
            MissingPrice(f"{service}, {as_words(status)}, {_every(months)}", currency, name)
            for service, status, months, currency, name in recurring
        ),
        *(MissingPrice(service, currency, name) for service, currency, name in one_time),
        *(
            MissingPrice(f"{service}, on {as_words(transition)}", currency, name)
            for service, transition, currency, name in transitions
        ),
    )


def _every(months: int) -> str:
    return "every month" if months == 1 else f"every {months} months"
