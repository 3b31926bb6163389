"""What a record has cost, in units of the last of 10 decimals: information, never summed.

At a plain price that is of the record itself.  A price in tiers is of all that was used, and the
record has its even share.  What units, blocks, flat amounts and bounds of a row came to is shared
by quantity, what events came to by event, and what shares of amounts came to by the records' own
amounts; so the records of a row add up to it, but for rounding.  Each part counts in the last
place of such an amount; where 128 bits do not suffice, a record shows none.

Half up is rounded by a whole division, which cuts in SQL and floors in a loop.  They agree, as
nothing is below zero there: a catalog has no sign before a price, its tables refuse one, and
records below zero are rejected.  Only what a row came to may be, of a percentage off or a bound
that lowers it: its sign is taken off before it is divided, here and there.

Most amounts are found in 64 bits, and the others, or those by the record's own amount, in SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.money import scaled_price_sql
from runtime.usage import loops, record_loops, sql
from runtime.usage.loops import NONE

if TYPE_CHECKING:
    from runtime.usage.lineage import Block

Longs = NDArray[np.int64]

AMOUNT_PLACES = 10
_PART = f"(abs(m.factor) * {scaled_price_sql('m.amount')})"
_DIVISOR = f"(m.per::HUGEINT * {10 ** (12 - AMOUNT_PLACES)}::HUGEINT)"
_PART_IN_TINY = (
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
          FROM usage.bounded AS b
          JOIN usage.tiered AS t ON t.period = b.period AND t.named = b.named
        ),
        tiny AS (
          SELECT m.period, m.price, m.basis, TRY({_PART_IN_TINY}) AS tiny
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


_ROOM = f"{10**27}::HUGEINT"
_TINY = f"{10**AMOUNT_PLACES}::HUGEINT"
_ONE_TINY = f"0.{1:0{AMOUNT_PLACES}}::DECIMAL({AMOUNT_PLACES}, {AMOUNT_PLACES})"

# What rates have of an amount, worked out once a price: the amount in units of the last
# place is (quantity x step_price + counts x event_price x per) / divisor, rounded half up.
_PRICES = f"""
CREATE OR REPLACE TABLE usage.record_prices AS
SELECT p.*, w.steps AS unit_steps, l.path AS source_path, l.line AS source_line,
       {scaled_price_sql("amount")} AS step_price,
       {scaled_price_sql("event_amount")} * per::HUGEINT AS event_price,
       per::HUGEINT * {10 ** (12 - AMOUNT_PLACES)}::HUGEINT AS divisor
FROM usage.prices AS p
LEFT JOIN usage.units AS w ON w.unit = p.unit
LEFT JOIN usage.source_lines AS l ON l.id = p.source
"""
_IN_TINY = (
    "((2::HUGEINT * (q.quantity::HUGEINT * p.step_price + q.counts::HUGEINT * p.event_price) "
    "+ p.divisor) // (2::HUGEINT * p.divisor))"
)


def _decimal(tiny: str) -> str:
    """Give SQL for a decimal of so many units of the last place.

    A decimal of this scale has room for 28 digits before it; where a product with it would
    not fit, whole and fraction are put together.
    """
    return (
        f"CASE WHEN {tiny} < {_ROOM} THEN {tiny}::DECIMAL(28, 0) * {_ONE_TINY} "
        f"ELSE ({tiny} // {_TINY})::DECIMAL(38, {AMOUNT_PLACES}) "
        f"+ ({tiny} % {_TINY})::DECIMAL({AMOUNT_PLACES}, 0) * {_ONE_TINY} END"
    )


_AMOUNT = (
    f"CASE WHEN x.price IS NULL THEN {_decimal(_IN_TINY)} ELSE {_decimal(f'({SHARE_IN_TINY})')} END"
)


@dataclass(frozen=True, slots=True)
class Amounts:
    """What amounts of pieces are found by, as `record_loops.find_amounts` takes it.

    Attributes:
        prices: step price, event price, divisor and limit, of a price.
        rows: of usage.row_amounts, by usage period.
    """

    prices: tuple[Longs, ...]
    rows: tuple[Longs, ...]

    def of(
        self,
        connection: DuckDBPyConnection,
        run: loops.Runner,
        block: Block,
        is_priced: NDArray[Any],
    ) -> pa.Array:
        """Give the amount of each piece of a block."""
        size = len(block.period)
        amount, is_large = np.empty(size, np.int64), np.empty(size, np.int8)
        given = [block.period, block.price, block.quantity, block.counts, is_priced]
        made = [amount, is_large]
        run(record_loops.find_amounts, size, [*given, *self.prices, *self.rows], made)
        words = np.stack([amount, amount >> 63], axis=1)
        large = np.flatnonzero(is_large)
        if len(large):
            words[large] = _ask_amounts(connection, block, large)
        kind = pa.decimal128(38, AMOUNT_PLACES)
        return pa.Array.from_buffers(kind, size, [None, pa.py_buffer(words)])


def _ask_amounts(connection: DuckDBPyConnection, block: Block, large: Longs) -> Longs:
    """Give the low and high word of the amount of some pieces, all of which cost something."""
    asked = {"number": np.arange(len(large))}
    for name in ("file", "position", "piece", "period", "quantity", "counts", "price"):
        asked[name] = getattr(block, name)[large]
    query = f"""
        SELECT ({_AMOUNT})::DECIMAL(38, {AMOUNT_PLACES}) AS amount
        FROM asked AS q
        LEFT JOIN usage.record_prices AS p ON p.price = q.price
        LEFT JOIN usage.row_amounts AS x ON x.period = q.period AND x.price = q.price
        LEFT JOIN usage.piece_shares AS y
          ON y.file = q.file AND y.position = q.position AND y.number = q.piece
        ORDER BY q.number
    """
    amounts = sql.ask_arrow(connection, query, pa.table(asked))
    words = np.frombuffer(amounts.buffers()[1], np.int64).reshape(-1, 2)
    return words[amounts.offset : amounts.offset + len(amounts)]


def make_amounts(connection: DuckDBPyConnection) -> Amounts:
    """Read what amounts are found by; makes usage.record_prices."""
    connection.execute(_PRICES)
    periods = sql.count(connection, "SELECT count(*) FROM usage.periods")
    # A row whose numbers do not fit, or that shares by amounts, is asked for in SQL.
    words = ("quantity", "events", "for_units", "for_events")
    fits = " AND ".join(f"abs({name}) < {1 << 61}" for name in words)
    rows = connection.execute(f"""
        SELECT period::BIGINT AS period, price::BIGINT AS price,
               (for_amounts = 0 AND {fits})::BIGINT AS fits,
               {", ".join(f"coalesce(TRY_CAST({name} AS BIGINT), 0) AS {name}" for name in words)}
        FROM usage.row_amounts ORDER BY period, price
    """).fetchnumpy()
    start = np.searchsorted(np.asarray(rows["period"], np.int64), np.arange(periods + 1))
    of_row = [np.asarray(rows[name], np.int64) for name in ("price", "fits", *words)]
    return Amounts(_limits(connection), (start.astype(np.int64), *of_row))


def _limits(connection: DuckDBPyConnection) -> tuple[Longs, ...]:
    """Give step price, event price and divisor of each price, and up to which quantity they fit."""
    found = []
    for prices in connection.execute(
        "SELECT step_price, event_price, divisor FROM usage.record_prices ORDER BY price"
    ).fetchall():
        common = gcd(*prices)
        step, event, divisor = (each // common for each in prices)
        room = (1 << 61) - event - divisor
        if room < step or min(step, event) < 0:
            found.append((0, 0, 1, NONE))
        else:
            found.append((step, event, divisor, room // max(step, 1)))
    columns = np.array(found, np.int64).reshape(-1, 4)
    return tuple(np.ascontiguousarray(column) for column in columns.T)
