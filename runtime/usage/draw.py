"""From tied events to pieces: which of an event's units fell in which bucket tier.

Only events whose route goes through a bucket are drawn; the others are rated whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.usage import kernel
from runtime.usage.dispositions import Reason
from runtime.usage.faults import UsageOverflow
from runtime.usage.order import order_events
from runtime.usage.pools import Counters

Longs = NDArray[np.int64]

INCLUDED_RATED = f"reason = {Reason.RATED:d}"


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of the drawn events, and what each tier of the counters holds.

    `row`: of usage.tied; `number`: of the piece in its event, from 0; `template`: the
    bucket tier, NO_TIER where none; `counts`: 1 on the first rated piece of an event.
    """

    row: Longs
    number: Longs
    period: Longs
    price: Longs
    template: Longs
    quantity: Longs
    counts: Longs
    used: Longs

    def table(self) -> pa.Table:
        """Give the pieces as a table, one row each."""
        return pa.table(
            {
                "row": self.row,
                "number": self.number,
                "period": self.period,
                "price": self.price,
                "template": self.template,
                "quantity": self.quantity,
                "counts": self.counts,
            }
        )


@dataclass(frozen=True, slots=True)
class _Drawn:
    first_tier: Longs
    first_quantity: Longs
    first_counts: Longs
    more_event: Longs
    more_tier: Longs
    more_quantity: Longs
    more_counts: Longs
    used: Longs


def draw_buckets(
    connection: DuckDBPyConnection,
    counters: Counters,
    routes: Sequence[tuple[int, ...]],
    identities: Sequence[str],
) -> Pieces:
    """Draw the buckets for the events of usage.tied; raise UsageOverflow past 2^63 - 1."""
    table = connection.sql(f"""
        SELECT rowid AS row, period, epoch_us(instant) AS instant, quantity, price, route
        FROM usage.tied WHERE {INCLUDED_RATED} AND route > 0
    """).to_arrow_table()
    row, period, instant, quantity, price, route = (
        table[name].to_numpy()
        for name in ("row", "period", "instant", "quantity", "price", "route")
    )
    order = order_events(connection, period, instant, row, len(counters.base), identities)
    drawn = _run(order, counters.base[period], route, quantity, routes, counters)
    more = drawn.more_event
    template = np.append(counters.template, kernel.NO_TIER)
    return Pieces(
        row=np.concatenate([row, row[more]]),
        number=np.concatenate([np.zeros(len(row), np.int64), _numbers(more)]),
        period=np.concatenate([period, period[more]]),
        price=np.concatenate([price, price[more]]),
        template=template[np.concatenate([drawn.first_tier, drawn.more_tier])],
        quantity=np.concatenate([drawn.first_quantity, drawn.more_quantity]),
        counts=np.concatenate([drawn.first_counts, drawn.more_counts]),
        used=drawn.used,
    )


def _numbers(more: Longs) -> Longs:
    """Number an event's pieces after the first, which stand together, from 1."""
    if not len(more):
        return more
    place = np.arange(len(more))
    is_new = np.append(True, more[1:] != more[:-1])
    return place - np.maximum.accumulate(np.where(is_new, place, 0)) + 1


def _run(
    order: Longs,
    base: Longs,
    route: Longs,
    quantity: Longs,
    routes: Sequence[tuple[int, ...]],
    counters: Counters,
) -> _Drawn:
    events, tiers, buckets = len(order), len(counters.upper), len(counters.counter_tier) - 1
    route_start = np.array([0, *accumulate(len(each) for each in routes)], np.int64)
    route_links = np.array([number for each in routes for number in each], np.int64)
    given = [
        *(order, base, route, quantity, route_start, route_links),
        *(np.arange(buckets), counters.counter_tier, counters.upper, counters.charge),
    ]
    position, current = np.zeros(buckets, np.int64), counters.counter_tier[:-1].copy()
    made = [position, current, np.zeros(tiers, np.int64)]
    made += [np.zeros(events, np.int32), np.zeros(events, np.int64), np.zeros(events, np.int8)]
    made += [np.zeros(tiers, np.int64) for _ in range(4)]
    is_large = events >= kernel.COMPILED_FROM
    step = kernel.compiled_draw() if is_large else kernel.draw
    more, left = _call(step, given, made, events, is_large=is_large)
    if more < 0:
        raise UsageOverflow("a bucket was drawn more than 2^63 - 1 steps in one bucket period")
    return _Drawn(
        first_tier=left[3],
        first_quantity=left[4],
        first_counts=left[5],
        more_event=left[6][:more],
        more_tier=left[7][:more],
        more_quantity=left[8][:more],
        more_counts=left[9][:more],
        used=left[2],
    )


def _call(
    step: Callable[..., int],
    given: list[Longs],
    made: list[Longs],
    events: int,
    *,
    is_large: bool,
) -> tuple[int, list[Longs]]:
    """Run the kernel on arrays, or, where it is interpreted, on lists; give what it made."""
    if is_large:
        return step(*given, *made, events), made
    lists = [each.tolist() for each in made]
    more = step(*(each.tolist() for each in given), *lists, events)
    return more, [np.array(each, like.dtype) for each, like in zip(lists, made, strict=True)]


def write_cells(connection: DuckDBPyConnection, pieces: Pieces) -> None:
    """Fill rated.cells from the pieces and from the events that no bucket applies to."""
    connection.register("usage_pieces", pieces.table())
    try:
        connection.execute(f"""
            CREATE OR REPLACE TABLE usage.totals AS
            SELECT period, price, template, sum(quantity) AS quantity,
                   sum(events)::BIGINT AS events
            FROM (SELECT period, price, template, sum(quantity) AS quantity,
                         sum(counts) AS events
                  FROM usage_pieces GROUP BY period, price, template
                  UNION ALL
                  SELECT period, price, {kernel.NO_TIER}, sum(quantity), count(*)
                  FROM usage.tied WHERE {INCLUDED_RATED} AND route = 0
                  GROUP BY period, price)
            GROUP BY period, price, template
        """)
    finally:
        connection.unregister("usage_pieces")
    connection.execute("""
        INSERT INTO rated.cells BY NAME
        WITH charged AS (
          SELECT c.period, p.usage_class, p.rate_plan, p.rate_group, p.rate_id AS rate, p.currency,
                 p.amount, p.per, p.unit, p.event_amount, p.source, t.bucket, t.tier,
                 c.quantity, c.events
          FROM usage.totals AS c
          JOIN usage.prices AS p ON p.price = c.price
          LEFT JOIN usage.bucket_tiers AS t ON t.template = c.template
          WHERE t.charge IS NULL OR t.charge = 'rated'
        ),
        taken AS (
          SELECT c.period, p.usage_class, p.currency, t.template, sum(c.quantity) AS quantity
          FROM usage.totals AS c
          JOIN usage.prices AS p ON p.price = c.price
          JOIN usage.bucket_tiers AS t ON t.template = c.template
          WHERE t.charge <> 'rated'
          GROUP BY c.period, p.usage_class, p.currency, t.template
        )
        SELECT u.account_service, u.period_start, u.period_end, 'rated' AS component,
               c.* EXCLUDE (period)
        FROM charged AS c JOIN usage.periods AS u ON u.period = c.period
        UNION ALL BY NAME
        SELECT u.account_service, u.period_start, u.period_end, t.charge AS component,
               c.usage_class, c.currency, t.bucket, t.tier, c.quantity, 0 AS events,
               0 AS amount, 1 AS per, t.unit, 0 AS event_amount, t.source
        FROM taken AS c
        JOIN usage.periods AS u ON u.period = c.period
        JOIN usage.bucket_tiers AS t ON t.template = c.template
        ORDER BY ALL
    """)
    connection.execute("DROP TABLE usage.totals")
