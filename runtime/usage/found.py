"""What a run needs of its pieces, which are at hand a range of pools at a time.

Sums of all; and where something asks for them, the pieces at some prices, those of pools that
are shared, and which pieces each event has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.program.model import Program
from runtime.usage import kernel
from runtime.usage.cells import make_places
from runtime.usage.draw import Pieces
from runtime.usage.placing import asking_prices
from runtime.usage.pools import Counters
from runtime.usage.shares import pooled_templates
from runtime.usage.sums import Places, Summing, Sums
from runtime.usage.tied import Tied

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class More:
    """The pieces of events after their first ones, those of an event in order.

    Attributes:
        event: ascending.
        tier, quantity: of a piece.
        counts: 1 where it is the first rated piece of its event.
    """

    event: Longs
    tier: Ints
    quantity: Longs
    counts: Longs


@dataclass(frozen=True, slots=True)
class EventPieces:
    """The pieces of all events: `tier` of the first ones, and what is left of it is in `more`."""

    tier: Ints
    more: More


@dataclass(frozen=True, slots=True)
class Found:
    """What is needed of the pieces of some pools; None is not asked for.

    Attributes:
        sums: of all pieces.
        at_prices: as `Pieces.rows` gives them.
        pooled: as `Pieces.by_counter` gives them.
        more: which events have more pieces than one.
    """

    sums: Sums
    at_prices: pa.Table | None
    pooled: pa.Table | None
    more: More | None


@dataclass(frozen=True, slots=True)
class Needs:
    """What a run needs of its pieces.

    Attributes:
        prices: which prices' pieces are asked for; templates: which rows of bucket tiers'.
        tier: of each event, the tier of its first piece, which is put there.
    """

    tied: Tied
    counters: Counters
    places: Places
    summing: Summing
    prices: NDArray[np.bool_] | None
    templates: NDArray[np.bool_] | None
    tier: Ints | None

    def of(self, pieces: Pieces) -> Found:
        """Give what is needed of the pieces of some pools."""
        at_prices = pooled = more = None
        if self.prices is not None:
            at_prices = pieces.rows(self.tied, self.prices)
        if self.templates is not None:
            pooled = pieces.by_counter(self.counters.counter_tier, self.templates)
        if self.tier is not None:
            pieces.order.tell_tiers(self.tier)
            event = pieces.more_event
            order = np.argsort(event, kind="stable")
            more = More(
                event=event[order],
                tier=pieces.more_tier[order],
                quantity=pieces.more_quantity[order],
                counts=pieces.more_counts[order],
            )
        return Found(self.summing.of(pieces), at_prices, pooled, more)


def needs_of(
    connection: DuckDBPyConnection,
    program: Program,
    tied: Tied,
    counters: Counters,
    *,
    of_records: bool,
) -> Needs:
    """Give what a run needs; `of_records`: also which pieces each event has."""
    places = make_places(connection)
    return Needs(
        tied=tied,
        counters=counters,
        places=places,
        summing=Summing(places, tied.price_of, len(tied)),
        prices=asking_prices(connection, program),
        templates=pooled_templates(connection) if program.share_plans else None,
        tier=np.full(len(tied), kernel.NO_TIER, np.int32) if of_records else None,
    )


def joined_rows(tables: Sequence[pa.Table | None]) -> pa.Table | None:
    """Give what was found in all ranges as one table; None: it was not asked for."""
    found = [each for each in tables if each is not None]
    return pa.concat_tables(found) if found else None


def pieces_of_events(needs: Needs, found: Sequence[Found]) -> EventPieces:
    """Give which pieces each event has, from what was found in all ranges."""
    assert needs.tier is not None, "pieces of records are asked for"
    every = [each.more for each in found if each.more is not None]
    event, *columns = (
        np.concatenate([getattr(each, name) for each in every]) for name in More.__slots__
    )
    order = np.argsort(event, kind="stable")
    return EventPieces(needs.tier, More(event[order], *(each[order] for each in columns)))
