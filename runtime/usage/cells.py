"""What each account service used: rated.cells, from the pieces of its events."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.usage import kernel, loops, sql
from runtime.usage.dispositions import Reason
from runtime.usage.draw import Pieces
from runtime.usage.tied import Tied
from runtime.usage.words import Numbering

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_BLOCK = 1 << 20


class _Sums:
    """Exact sums of quantities, and counts of events, by key."""

    def __init__(self) -> None:
        self._numbering = Numbering()
        self._sums = np.zeros((3, 0), np.int64)

    def add(self, keys: Longs, quantities: Longs, counts: Longs) -> None:
        """Add up what has these keys."""
        numbers = self._numbering.number(keys)
        size, room = len(self._numbering.keys), self._sums.shape[1]
        if size > room:
            self._sums = np.concatenate([self._sums, np.zeros((3, 2 * size - room), np.int64)], 1)
        loops.run(loops.add_up, len(keys), [numbers, quantities, counts], [*self._sums], threads=1)

    def table(self, prices: int, templates: int) -> pa.Table:
        """Give the sums, high x 2^62 + low, by what `_key` made their keys of."""
        place, template = np.divmod(self._numbering.keys, templates + 1)
        period, price = np.divmod(place, prices)
        low, high, events = self._sums[:, : len(place)]
        return pa.table(
            {
                "period": period,
                "price": price,
                "template": template - 1,
                "low": low,
                "high": high,
                "events": events,
            }
        )


def write_cells(connection: DuckDBPyConnection, tied: Tied, pieces: Pieces) -> None:
    """Fill rated.cells from the pieces and from the events that no bucket applies to."""
    prices = 1 + sql.count(connection, "SELECT max(price) FROM usage.prices")
    templates = 1 + int(pieces.template.max(initial=0))
    sums = _Sums()
    for event, template, quantity, counts in _parts(tied, pieces):
        place = tied.period[event].astype(np.int64) * prices + tied.price[event]
        sums.add(place * (templates + 1) + template + 1, quantity, counts)
    connection.register("usage_sums", sums.table(prices, templates))
    try:
        connection.execute(f"""
            CREATE OR REPLACE TABLE usage.totals AS
            SELECT period, price, template, high::HUGEINT * {1 << 62}::HUGEINT + low AS quantity,
                   events
            FROM usage_sums
        """)
    finally:
        connection.unregister("usage_sums")
    connection.execute(_CELLS)
    connection.execute("DROP TABLE usage.totals")


def _parts(tied: Tied, pieces: Pieces) -> Iterator[tuple[Ints | Longs, Longs, Longs, Longs]]:
    """Give events with the template, quantity and count of a piece, in blocks.

    An event stands whole at its first piece; what its other pieces have is taken away there.
    """
    none = np.int64(kernel.NO_TIER)
    for begin in range(0, len(tied), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        is_plain = (tied.reason[block] == Reason.RATED) & (tied.route[block] == 0)
        whole = begin + np.flatnonzero(is_plain)
        ones = np.ones(len(whole), np.int64)
        yield whole, none * ones, tied.quantity[whole], ones
    for begin in range(0, len(pieces.event), _BLOCK):
        tier = pieces.tier[begin : begin + _BLOCK]
        event = pieces.event[begin : begin + _BLOCK]
        counts = (pieces.charge[tier] == kernel.RATED).astype(np.int64)
        yield event, pieces.template[tier], tied.quantity[event], counts
    event, more = pieces.event[pieces.more_of], pieces.more_quantity
    yield event, pieces.template[pieces.more_tier], more, pieces.more_counts
    first = pieces.template[pieces.tier[pieces.more_of]]
    yield event, first, -more, np.zeros(len(more), np.int64)


# Rows come in the order of whole numbers, which the book and the catalog give; sorting them
# by all their texts would take longer than summing.
_CELLS = """
INSERT INTO rated.cells BY NAME
WITH charged AS (
  SELECT c.period, c.price, c.template, p.usage_class, p.rate_plan, p.rate_group,
         p.rate_id AS rate, p.currency, p.amount, p.per, p.unit, p.event_amount, p.source,
         t.bucket, t.tier, c.quantity, c.events
  FROM usage.totals AS c
  JOIN usage.prices AS p ON p.price = c.price
  LEFT JOIN usage.bucket_tiers AS t ON t.template = c.template
  WHERE t.charge IS NULL OR t.charge = 'rated'
),
taken AS (
  SELECT c.period, p.usage_class, p.currency, t.template, min(c.price) AS price,
         sum(c.quantity) AS quantity
  FROM usage.totals AS c
  JOIN usage.prices AS p ON p.price = c.price
  JOIN usage.bucket_tiers AS t ON t.template = c.template
  WHERE t.charge <> 'rated'
  GROUP BY c.period, p.usage_class, p.currency, t.template
)
SELECT * EXCLUDE (period, price, template)
FROM (
  SELECT u.account_service, u.period_start, u.period_end, 'rated' AS component, c.*
  FROM charged AS c JOIN usage.periods AS u ON u.period = c.period
  UNION ALL BY NAME
  SELECT u.account_service, u.period_start, u.period_end, t.component, c.usage_class,
         c.currency, t.bucket, t.tier, c.quantity, 0 AS events, 0 AS amount, 1 AS per, t.unit,
         0 AS event_amount, t.source, c.period, c.price, c.template
  FROM taken AS c
  JOIN usage.periods AS u ON u.period = c.period
  JOIN usage.bucket_tiers AS t ON t.template = c.template
)
ORDER BY period, price, template
"""
