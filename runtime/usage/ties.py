"""Events of one pool and one instant, by their id and feed.

Ids, which are long, are read only for those events whose order makes a difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.usage.kernel import FIELDS, INSTANT
from runtime.usage.order import Order, event_of
from runtime.usage.tied import Tied

Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ties:
    """Groups of events of one pool and one instant whose order makes a difference.

    Pools are called by their numbers among all, and ascend, and so do the places of each.

    Attributes:
        pool: of each event.
        place: which of its pool's places it has, from 0.
        instant, event: of each.
    """

    pool: Longs
    place: Longs
    instant: Longs
    event: Longs

    def __len__(self) -> int:
        return len(self.pool)


@dataclass(frozen=True, slots=True)
class ById:
    """Which event is in a place, by its id, of those that stand there by their instant.

    Attributes:
        pool, place: as of Ties.
        source: the place where the event is that comes there.
    """

    pool: Longs
    place: Longs
    source: Longs

    def put(self, order: Order, numbers: Longs) -> Longs:
        """Put the events of an order's pools in place; give the places that are settled so.

        numbers: the order's pools, by their numbers among all, ascending.
        """
        rows = order.cells.reshape(-1, FIELDS)
        own = np.searchsorted(numbers, self.pool)
        ours = np.flatnonzero(np.append(numbers, -1)[own] == self.pool)
        begin = order.pool_start[own[ours]]
        place = begin + self.place[ours]
        rows[place] = rows[begin + self.source[ours]]
        return place

    def and_also(self, other: ById) -> ById:
        """Give both; a place is in one of them."""
        columns = (
            np.concatenate([getattr(self, name), getattr(other, name)]) for name in ById.__slots__
        )
        return ById(*columns)


def no_ids() -> ById:
    """Give the order by id of no events."""
    return ById(*(np.zeros(0, np.int64) for _ in ById.__slots__))


def ties_of(order: Order, numbers: Longs, members: Longs) -> Ties:
    """Give the ties of some places of an order, whose pools have these numbers among all."""
    pool, cells = order.pool_of(members), order.at(members)
    place = members - order.pool_start[pool]
    return Ties(numbers[pool], place, cells[:, INSTANT], event_of(cells))


def joined(parts: Sequence[Ties]) -> Ties:
    """Give ties of different pools, which ascend, as one."""
    return Ties(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Ties.__slots__)
    )


def order_by_id(
    connection: DuckDBPyConnection, ties: Ties, tied: Tied, identities: Sequence[str]
) -> ById:
    """Give the order of tied events by their ids.

    Args:
        connection: where the identities are.
        ties: whole groups of events.
        tied: the events.
        identities: relations of file, position, event_id, feed; together they have each event.
    """
    starts = np.ones(len(ties), np.bool_)
    starts[1:] = (ties.pool[1:] != ties.pool[:-1]) | (ties.instant[1:] != ties.instant[:-1])
    table = pa.table(
        {
            "tie": np.cumsum(starts),
            "member": np.arange(len(ties)),
            "file": tied.file[ties.event],
            "position": tied.position[ties.event],
        }
    )
    connection.register("usage_ties", table)
    try:
        connection.execute("""
            CREATE OR REPLACE TABLE usage.ties AS
            SELECT tie, member, file::INTEGER AS file, position::BIGINT AS position FROM usage_ties
        """)
    finally:
        connection.unregister("usage_ties")
    every = " UNION ALL ".join(
        f"SELECT file, position, event_id, feed FROM ({each}) "
        "WHERE position IN (SELECT position FROM usage.ties)"
        for each in identities
    )
    found = connection.execute(f"""
        SELECT t.member FROM usage.ties AS t
        JOIN ({every}) AS i ON i.file = t.file AND i.position = t.position
        ORDER BY t.tie, i.event_id, i.feed
    """).fetchnumpy()["member"]
    connection.execute("DROP TABLE usage.ties")
    return ById(ties.pool, ties.place, ties.place[found])
