"""What buckets themselves charge: a line for each priced tier that was drawn.

A line is the price of what was drawn in the tier, rounded once.  In a one-time bucket, which
several usage periods draw from, each has the difference between the rounded price of all that
was drawn by its end and by its start, so that the lines add up to the price of the whole; where a
counting rule picks the tiers, both are by the count of the period itself.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
from duckdb import DuckDBPyConnection

from runtime.charges.tier_prices import counted_prices
from runtime.charges.usage import AmountOverflow
from runtime.money import to_minor
from runtime.program.model import Program

_MOST = 10**38


def charge_priced_tiers(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add a charge for each priced tier drawn in a usage period that has ended.

    Raises AmountOverflow where an amount has over 38 digits.
    """
    rows = connection.execute(
        """
        SELECT p.account_service, p.period_start, p.bucket, p.tier,
               p.before, p.used, p.price, p.counted, s.minor_units
        FROM rated.priced AS p
        JOIN rated.evaluated AS e
          ON e.account_service = p.account_service AND e.period_start = p.period_start
        JOIN subscription.account_services AS s ON s.account_service = p.account_service
        WHERE p.period_end <= ?
        """,
        [as_of],
    ).fetchall()
    if not rows:
        return
    prices = counted_prices(program, [row[6] for row in rows])
    amounts = []
    for name, _, bucket, _, before, used, price, counted, minor_units in rows:
        until, since = (
            0
            if drawn == 0
            else to_minor(prices[price].amount(int(drawn), counted), minor_units, program.rounding)
            for drawn in (before + used, before)
        )
        if abs(until - since) >= _MOST:
            raise AmountOverflow(
                f"account service {name}: an amount of the bucket {bucket} has over 38 digits"
            )
        amounts.append(Decimal(until - since))
    names, starts, buckets, tiers = zip(*(row[:4] for row in rows), strict=True)
    table = pa.table(
        {
            "account_service": pa.array(names),
            "period_start": pa.array(starts, pa.date32()),
            "bucket": pa.array(buckets),
            "tier": pa.array(tiers, pa.int32()),
            "minor": pa.array(amounts, pa.decimal128(38, 0)),
        }
    )
    connection.register("tier_amount", table)
    try:
        connection.execute("""
            INSERT INTO charge.target BY NAME
            SELECT 'bucket' AS kind, p.account_service, s.service, p.bucket, p.tier,
                   p.period_start, p.period_end, u.full_start, u.full_end,
                   p.used AS quantity, CAST(a.minor AS HUGEINT) AS minor, s.currency, p.source,
                   k.tax_class
            FROM tier_amount AS a
            JOIN rated.priced AS p USING (account_service, period_start, bucket, tier)
            JOIN subscription.account_services AS s USING (account_service)
            JOIN subscription.usage_periods AS u USING (account_service, period_start)
            LEFT JOIN charge.services AS k ON k.service = s.service
        """)
    finally:
        connection.unregister("tier_amount")
