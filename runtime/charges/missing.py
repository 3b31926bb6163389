"""Charges that should be made and have no price: told before anything is posted.

A price of zero is a price; no price is a fault, never zero.  A service without any recurring
price is billed by its usage alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.one_time import one_time_sql
from runtime.charges.transitions import transition_sql
from runtime.charges.words import as_words
from runtime.program.model import Program


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


def find_missing_prices(
    connection: DuckDBPyConnection, program: Program, as_of: date
) -> tuple[MissingPrice, ...]:
    """Give each missing price once, with the first account service that needs it.

    Reads the subscription tables, and those of runtime.charges.prices and .recurring.
    """
    recurring = connection.execute("""
        SELECT service, status, months, currency, account_service FROM charge.unpriced
        ORDER BY 1, 2, 3, 4
    """).fetchall()
    one_time = connection.execute(
        f"""
        SELECT service, currency, min(account_service)
        FROM ({one_time_sql(connection, as_of)}) AS n
        WHERE price IS NULL
        GROUP BY service, currency
        ORDER BY 1, 2
        """,
    ).fetchall()
    transitions = connection.execute(
        f"""
        SELECT charged_service, transition, currency, min(account_service)
        FROM ({transition_sql(connection, as_of)}) AS n
        WHERE price IS NULL
        GROUP BY charged_service, transition, currency
        ORDER BY 1, 2, 3
        """,
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
