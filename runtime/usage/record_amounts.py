"""What a record has cost at a price in tiers, which is of all that was used: its even share.

Information, that no line is summed from.  What units, blocks, flat amounts and bounds of a row
came to is shared by quantity, what events came to by event, and what shares of amounts came to
by the records' own amounts; so the records of a row add up to it, but for rounding.  Each part
counts in the last place of such an amount; where 128 bits do not suffice, a record shows none.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.money import scaled_price_sql
from runtime.usage import sql

AMOUNT_PLACES = 10
_TINY = f"{10 ** (12 - AMOUNT_PLACES)}::HUGEINT"

_PART = f"(abs(m.factor) * {scaled_price_sql('m.amount')})"
_DIVISOR = f"(m.per::HUGEINT * {_TINY})"
_IN_TINY = (
    f"sign(m.factor)::HUGEINT * ((2::HUGEINT * {_PART} + {_DIVISOR}) // (2::HUGEINT * {_DIVISOR}))"
)


def make_no_row_amounts(connection: DuckDBPyConnection) -> None:
    """Make usage.row_amounts and usage.piece_shares without a row: all prices are plain."""
    row = {"period": "INTEGER", "price": "INTEGER", "quantity": "HUGEINT", "events": "HUGEINT"}
    large = ("millionths", "for_units", "for_events", "for_amounts")
    sql.make_table(connection, "row_amounts", {**row, **dict.fromkeys(large, "HUGEINT")}, ())
    piece = {"file": "INTEGER", "position": "BIGINT", "number": "INTEGER"}
    sql.make_table(connection, "piece_shares", {**piece, "millionths": "HUGEINT"}, ())


def make_row_amounts(connection: DuckDBPyConnection) -> None:
    """Make usage.row_amounts: (period, price) -> what was used of it, and what that came to.

    Reads usage.tiered, usage.parts and the bounds in usage.bounded.
    """
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.row_amounts AS
        WITH parts AS (
          SELECT period, price, basis, factor, amount, per FROM usage.parts
          UNION ALL
          SELECT t.period, t.price, 'bound', b.factor, b.amount, b.per
          FROM usage.bounded AS b JOIN usage.tiered AS t ON t.row = b.row
        ),
        tiny AS (
          SELECT m.period, m.price, m.basis, TRY({_IN_TINY}) AS tiny
          FROM parts AS m WHERE m.price IS NOT NULL
        )
        SELECT t.period, t.price, t.quantity, t.events::HUGEINT AS events, t.millionths,
               coalesce(sum(m.tiny) FILTER (m.basis NOT IN ('event', 'percent')), 0)::HUGEINT
                 AS for_units,
               coalesce(sum(m.tiny) FILTER (m.basis = 'event'), 0)::HUGEINT AS for_events,
               coalesce(sum(m.tiny) FILTER (m.basis = 'percent'), 0)::HUGEINT AS for_amounts
        FROM usage.tiered AS t
        JOIN tiny AS m ON m.period = t.period AND m.price = t.price
        GROUP BY t.period, t.price, t.quantity, t.events, t.millionths
    """)


def _share(whole: str, part: str, of: str) -> str:
    """Give SQL for a part of a whole, rounded half up; 0 where there is nothing to share by."""
    return (
        f"CASE WHEN coalesce({of}, 0) = 0 THEN 0 ELSE sign({whole})::HUGEINT * coalesce(TRY("
        f"(2::HUGEINT * abs({whole}) * {part} + {of}) // (2::HUGEINT * {of})), 0) END"
    )


SHARE_IN_TINY = " + ".join(
    (
        _share("x.for_units", "q.quantity::HUGEINT", "x.quantity"),
        _share("x.for_events", "q.counts::HUGEINT", "x.events"),
        _share("x.for_amounts", "coalesce(y.millionths, 0)::HUGEINT", "x.millionths"),
    )
)
"""SQL for the amount of a piece q at a row x with an own part y of the amount."""
