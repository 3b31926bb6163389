"""Events with their account service, usage period and price: usage.tied, as arrays.

The arrays are the table: usage.tied is a view of them, and nothing copies them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.program.model import Program
from runtime.usage import loops, sql
from runtime.usage.bands import asked_bands, find_bands
from runtime.usage.dispositions import Reason
from runtime.usage.loops import NONE, Array
from runtime.usage.reader import AMOUNT_TYPE
from runtime.usage.scanned import Scan
from runtime.usage.tier_tables import asks_amount

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_VIEWED = "usage_tied_events"


@dataclass(slots=True)
class Tied:
    """The events of a run: those of its files, then the stored ones.

    Attributes:
        quantity: rounded up as the rate says.
        segment, period, price: of usage.segments, usage.periods and usage.prices; NONE where
            there is none.
        route: of the routes of make_pricing; 0 goes through no bucket.
        reason: of runtime.usage.dispositions.
        amount: in millionths; empty where no rate asks for it.
        fresh: how many are of the run's files.
    """

    file: Array
    position: Array
    instant: Longs
    quantity: Longs
    segment: Ints
    period: Ints
    price: Ints
    route: Ints
    reason: NDArray[np.uint8]
    amount: Longs
    fresh: int

    def __len__(self) -> int:
        return len(self.reason)

    @property
    def is_rated(self) -> NDArray[np.bool_]:
        """Which events are rated."""
        return np.asarray(self.reason == Reason.RATED)

    def used_periods(self) -> Longs:
        """Give the usage periods of the rated events of the files."""
        is_used = np.zeros(int(self.period.max(initial=0)) + 1, np.bool_)
        fresh = slice(0, self.fresh)
        is_used[self.period[fresh][self.reason[fresh] == Reason.RATED]] = True
        return np.flatnonzero(is_used)

    def keep(self, wanted: NDArray[np.bool_]) -> None:
        """Leave out events."""
        self.fresh = int(np.count_nonzero(wanted[: self.fresh]))
        for name in ("file", "position", "instant", "quantity", "segment", "period", "price"):
            setattr(self, name, getattr(self, name)[wanted])
        self.route, self.reason = self.route[wanted], self.reason[wanted]
        self.amount = self.amount[wanted] if len(self.amount) else self.amount


def show_tied(connection: DuckDBPyConnection, tied: Tied) -> None:
    """Make the view usage.tied of the events, and usage.unrated of those of the files."""
    columns: dict[str, Array] = {
        "file": tied.file,
        "position": tied.position,
        "instant": tied.instant,
        "quantity": tied.quantity,
        "segment": tied.segment,
        "period": tied.period,
        "price": tied.price,
        "route": tied.route,
        "reason": tied.reason,
    }
    amount = ""
    if len(tied.amount):
        columns["amount"] = tied.amount
        amount = f", (amount::DECIMAL(18, 0) * 0.000001::DECIMAL(6, 6))::{AMOUNT_TYPE} AS amount"
    connection.register(_VIEWED, pa.table(columns))
    connection.execute(f"""
        CREATE OR REPLACE VIEW usage.tied AS
        SELECT file::INTEGER AS file, position::BIGINT AS position,
               make_timestamp(instant) AS instant, quantity,
               nullif(segment, {NONE}) AS segment, nullif(period, {NONE}) AS period,
               nullif(price, {NONE}) AS price, route, reason{amount}
        FROM {_VIEWED}
    """)
    unrated = np.flatnonzero(tied.reason[: tied.fresh])
    sql.make_arrow(
        connection,
        "unrated",
        pa.table(
            {
                "file": tied.file[unrated].astype(np.int32),
                "position": tied.position[unrated],
                "reason": tied.reason[unrated],
            }
        ),
    )


def tie(connection: DuckDBPyConnection, program: Program, events: Scan, fresh: int) -> Tied:
    """Tie events by usage.segments and usage.pricing; takes the arrays of the scan."""
    size = len(events)
    segment = np.empty(size, np.int32)
    cuts = connection.execute("""
        SELECT holder, epoch_us(from_instant) AS starts, epoch_us(until_instant) AS ends,
               coalesce(period, -1)::INTEGER AS period, kind, reason
        FROM usage.segments ORDER BY segment
    """).fetchnumpy()
    holders = sql.count(connection, "SELECT count(*) FROM usage.holders")
    first = np.searchsorted(cuts["holder"], np.arange(holders + 1)).astype(np.int32)
    given: list[Array] = [events.holder, events.instant, first]
    loops.run(
        loops.find_segments,
        size,
        [*given, np.asarray(cuts["starts"], np.int64), np.asarray(cuts["ends"], np.int64)],
        [segment],
        sql.threads(connection),
    )
    period_of = np.append(np.asarray(cuts["period"], np.int32), np.int32(NONE))
    tied = Tied(
        file=events.file,
        position=events.position,
        instant=events.instant,
        quantity=events.quantity,
        segment=segment,
        period=period_of[segment],
        price=np.empty(size, np.int32),
        route=np.empty(size, np.int32),
        reason=events.reason,
        amount=events.amount,
        fresh=fresh,
    )
    kinds, reasons = np.asarray(cuts["kind"], np.int32), np.asarray(cuts["reason"], np.uint8)
    _find_prices(connection, program, tied, events, kinds, reasons)
    return tied


def _find_prices(
    connection: DuckDBPyConnection,
    program: Program,
    tied: Tied,
    events: Scan,
    kinds: Ints,
    reasons: NDArray[np.uint8],
) -> None:
    rows = connection.execute("""
        SELECT kind, combination, band_set, coalesce(price, -1)::INTEGER AS price, route, reason,
               coalesce(minimum, 0)::BIGINT AS minimum, coalesce(increment, 1)::BIGINT AS increment
        FROM usage.pricing
    """).fetchnumpy()
    combinations = sql.count(connection, "SELECT count(*) FROM usage.combinations")
    sets = sql.count(connection, "SELECT count(*) FROM usage.band_set_numbers")
    kind_count = sql.count(connection, "SELECT count(*) FROM usage.kinds")
    pricing = np.full(kind_count * combinations * sets, NONE, np.int32)
    kind, combination, band_set = (
        np.asarray(rows[name], np.int64) for name in ("kind", "combination", "band_set")
    )
    pricing[(kind * combinations + combination) * sets + band_set] = np.arange(len(kind))
    usable = np.asarray(tied.reason == Reason.RATED) if len(tied.amount) else None
    given = [
        tied.segment,
        events.combination,
        _bands(connection, program, tied),
        kinds,
        reasons,
        np.array([combinations, sets, Reason.UNKNOWN_SERVICE, Reason.QUANTITY_TOO_LARGE], np.int64),
        pricing,
        np.asarray(rows["reason"], np.uint8),
        np.asarray(rows["price"], np.int32),
        np.asarray(rows["route"], np.int32),
        np.asarray(rows["minimum"], np.int64),
        np.asarray(rows["increment"], np.int64),
    ]
    made = [tied.reason, tied.price, tied.route, tied.quantity]
    loops.run(loops.find_prices, len(tied), given, made, sql.threads(connection))
    if usable is not None and asks_amount(program):
        _ask_amounts(connection, program, tied, events, usable, reasons)


def _bands(connection: DuckDBPyConnection, program: Program, tied: Tied) -> Ints:
    """Give the set of bands of each event; none where there is only one."""
    if not asked_bands(program):
        return np.zeros(0, np.int32)
    asked = np.flatnonzero((tied.reason == Reason.RATED) & (tied.segment != NONE))
    found = find_bands(connection, program, tied.segment[asked], tied.instant[asked])
    if not len(found):
        return found
    every = np.zeros(len(tied), np.int32)
    every[asked] = found
    return every


def _ask_amounts(
    connection: DuckDBPyConnection,
    program: Program,
    tied: Tied,
    events: Scan,
    usable: NDArray[np.bool_],
    reasons: NDArray[np.uint8],
) -> None:
    """Reject the events at a share of their amount that have none in their account's currency."""
    codes = ", ".join(sql.text(each.code) for each in program.currencies)
    prices = connection.execute(f"""
        SELECT coalesce(v.asks_amount, false) AS asks_amount,
               (list_position([{codes}], p.currency) - 1)::INTEGER AS currency
        FROM usage.prices AS p
        LEFT JOIN usage.tier_prices AS v ON v.price_id = p.price_id
        ORDER BY p.price
    """).fetchnumpy()
    asks = np.append(np.asarray(prices["asks_amount"], np.bool_), False)
    currency = np.append(np.asarray(prices["currency"], np.int32), np.int32(NONE))
    is_asked = usable & (tied.segment != NONE) & asks[tied.price]
    is_asked &= np.append(reasons, np.uint8(0))[tied.segment] == Reason.RATED
    tied.reason[is_asked & (events.currency == NONE)] = Reason.NO_AMOUNT
    other = (events.currency != NONE) & (events.currency != currency[tied.price])
    tied.reason[is_asked & other] = Reason.OTHER_CURRENCY
