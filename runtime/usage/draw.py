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
from runtime.usage.stretches import expand, make_stretches

Longs = NDArray[np.int64]

INCLUDED_RATED = f"reason = {Reason.RATED:d}"


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of the drawn events, and what each tier of the counters holds.

    `row`: of usage.tied; `number`: of the piece in its event, from 0; `tier`: the counters'
    tier, `template`: the bucket's, NO_TIER where none; `counts`: 1 on the first rated piece
    of an event.  `upper`, `used`: of each tier, its bound after what rolled over, and what it
    gave.
    """

    row: Longs
    number: Longs
    period: Longs
    price: Longs
    tier: Longs
    template: Longs
    quantity: Longs
    counts: Longs
    upper: Longs
    used: Longs

    def by_counter(self, counter_tier: Longs) -> pa.Table:
        """Give the pieces that a tier took or counted, with the counter it is of."""
        drawn = np.flatnonzero(self.tier != kernel.NO_TIER)
        return pa.table(
            {
                "period": self.period[drawn],
                "counter": self._counter(counter_tier)[drawn],
                "template": self.template[drawn],
                "quantity": self.quantity[drawn],
            }
        )

    def by_row(self, counter_tier: Longs) -> pa.Table:
        """Give what becomes of each row of usage.tied; `counter` means nothing without a tier."""
        return pa.table(
            {
                "row": self.row,
                "number": self.number,
                "template": self.template,
                "quantity": self.quantity,
                "counts": self.counts,
                "counter": self._counter(counter_tier),
            }
        )

    def _counter(self, counter_tier: Longs) -> Longs:
        return np.searchsorted(counter_tier, self.tier, "right") - 1

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
    upper: Longs
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
    stretches = make_stretches(connection)
    stretch = stretches.find(period, instant)
    path, paths = expand(routes, stretches.profiles, route, stretches.profile[stretch])
    order = _order(connection, counters, (row, period, instant), identities)
    events = _Events(order, stretches.base[stretch], path, quantity)
    drawn = _run(events, paths, stretches.links, counters)
    more = drawn.more_event
    template = np.append(counters.template, kernel.NO_TIER)
    tier = np.concatenate([drawn.first_tier, drawn.more_tier])
    return Pieces(
        row=np.concatenate([row, row[more]]),
        number=np.concatenate([np.zeros(len(row), np.int64), _numbers(more)]),
        period=np.concatenate([period, period[more]]),
        price=np.concatenate([price, price[more]]),
        tier=tier,
        template=template[tier],
        quantity=np.concatenate([drawn.first_quantity, drawn.more_quantity]),
        counts=np.concatenate([drawn.first_counts, drawn.more_counts]),
        upper=drawn.upper,
        used=drawn.used,
    )


def _numbers(more: Longs) -> Longs:
    """Number an event's pieces after the first, which stand together, from 1."""
    if not len(more):
        return more
    place = np.arange(len(more))
    is_new = np.append(True, more[1:] != more[:-1])
    return place - np.maximum.accumulate(np.where(is_new, place, 0)) + 1


@dataclass(frozen=True, slots=True)
class _Events:
    order: Longs
    base: Longs
    path: Longs
    quantity: Longs


def _order(
    connection: DuckDBPyConnection,
    counters: Counters,
    events: tuple[Longs, Longs, Longs],
    identities: Sequence[str],
) -> Longs:
    """Give the events and openings as the kernel takes them.

    Usage periods that are rated together are one pool; an opening comes before the events
    of its instant, so instants are doubled.
    """
    row, period, instant = events
    number = np.asarray(
        connection.execute(
            "SELECT coalesce(number, -1) AS number FROM usage.periods ORDER BY period"
        ).fetchnumpy()["number"]
    )
    groups = int(number.max(initial=-1)) + 1
    pool_of = np.where(number < 0, groups + np.arange(len(number)), number)
    order = order_events(
        connection,
        np.concatenate([pool_of[period], counters.opened_group]).astype(np.int32),
        np.concatenate([2 * instant + 1, 2 * counters.opened_instant]),
        row,
        groups + len(number),
        identities,
    )
    return np.where(order < len(row), order, len(row) - 1 - order)


def _run(
    events: _Events, paths: Sequence[tuple[int, ...]], links: Longs, counters: Counters
) -> _Drawn:
    size, tiers = len(events.quantity), len(counters.upper)
    path_start = np.array([0, *accumulate(len(each) for each in paths)], np.int64)
    path_links = np.array([number for each in paths for number in each], np.int64)
    given = [
        *(events.order, events.base, events.path, events.quantity, path_start, path_links, links),
        *(counters.counter_tier, counters.lots, counters.cap, counters.charge, counters.opened),
    ]
    first = counters.counter_tier[:-1]
    made = [counters.upper.copy(), np.zeros(len(first), np.int64), first.copy()]
    made += [np.zeros(tiers, np.int64)]
    made += [np.zeros(size, np.int32), np.zeros(size, np.int64), np.zeros(size, np.int8)]
    made += [np.zeros(tiers, np.int64) for _ in range(4)]
    is_large = size >= kernel.COMPILED_FROM
    step = kernel.compiled_draw() if is_large else kernel.draw
    more, left = _call(step, given, made, is_large=is_large)
    if more < 0:
        raise UsageOverflow("a bucket holds more than 2^63 - 1 steps in one bucket period")
    return _Drawn(
        first_tier=left[4],
        first_quantity=left[5],
        first_counts=left[6],
        more_event=left[7][:more],
        more_tier=left[8][:more],
        more_quantity=left[9][:more],
        more_counts=left[10][:more],
        upper=left[0],
        used=left[3],
    )


def _call(
    step: Callable[..., int],
    given: list[Longs],
    made: list[Longs],
    *,
    is_large: bool,
) -> tuple[int, list[Longs]]:
    """Run the kernel on arrays, or, where it is interpreted, on lists; give what it made."""
    if is_large:
        return step(*given, *made), made
    lists = [each.tolist() for each in made]
    more = step(*(each.tolist() for each in given), *lists)
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
        SELECT u.account_service, u.period_start, u.period_end, t.component,
               c.usage_class, c.currency, t.bucket, t.tier, c.quantity, 0 AS events,
               0 AS amount, 1 AS per, t.unit, 0 AS event_amount, t.source
        FROM taken AS c
        JOIN usage.periods AS u ON u.period = c.period
        JOIN usage.bucket_tiers AS t ON t.template = c.template
        ORDER BY ALL
    """)
    connection.execute("DROP TABLE usage.totals")
