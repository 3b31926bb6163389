"""Prices given to one account service alone, beside those of the program.

They stand in charge.recurring_prices and charge.one_time_prices with the level `override`;
their source is the row of overrides.csv, below zero, so that it is no line of the program.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

NO_PRICE = -1
"""What such a price refers to in place of one of the program."""


def add_given_prices(connection: DuckDBPyConnection) -> None:
    """Add the prices of subscription.given_prices, for each case that the service has."""
    columns = f"""
    'override' AS level, CAST(g.row AS VARCHAR) AS owner, 'all' AS audience,
    {NO_PRICE} AS price, g.price AS unit_price, CAST(-g.row AS INTEGER) AS source
    """
    connection.execute(f"""
        INSERT INTO charge.recurring_prices BY NAME
        SELECT DISTINCT r.service, r.months, r.status, r.currency, {columns}
        FROM subscription.given_prices AS g
        JOIN subscription.account_services AS s ON s.account_service = g.account_service
        JOIN charge.recurring_prices AS r
          ON r.service = s.service AND r.months = s.months AND r.currency = s.currency
         AND (g.status IS NULL OR g.status = r.status)
    """)
    connection.execute(f"""
        INSERT INTO charge.one_time_prices BY NAME
        SELECT DISTINCT r.service, r.currency, {columns}
        FROM subscription.given_prices AS g
        JOIN subscription.account_services AS s ON s.account_service = g.account_service
        JOIN charge.one_time_prices AS r
          ON r.service = s.service AND r.currency = s.currency
    """)
