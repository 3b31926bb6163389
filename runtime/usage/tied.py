"""Events with their account service, usage period and price: usage.tied, as arrays.

The arrays are the table: usage.tied is a view of them, and nothing copies them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.parallel.parts import do_parts
from runtime.program.model import Program
from runtime.usage import loops, sql, tie_loops
from runtime.usage.bands import asked_bands, find_bands
from runtime.usage.dispositions import Reason
from runtime.usage.loops import NONE, Array
from runtime.usage.reader import AMOUNT_TYPE
from runtime.usage.scanned import Scan
from runtime.usage.tier_tables import asks_amount

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_VIEWED = "usage_tied_events"
_STEP = 1 << 18
"""So many events are looked at at once, which a processor keeps at hand."""


@dataclass(slots=True)
class Tied:
    """The events of a run: those of its files, then the stored ones.

    Attributes:
        quantity: rounded up as the rate says.
        segment: of usage.segments; NONE where there is none.
        row: of the rows of pricing; NONE where there is no segment.
        reason: of runtime.usage.dispositions.
        amount: in millionths; empty where no rate asks for it.
        fresh: how many are of the run's files.
        period_of: of a segment, and at the end of none, its usage period or NONE.
        price_of, route_of: of a row, and at the end of none, its price or NONE, and its route
            of make_pricing; 0 goes through no bucket.
        counted: what `count` gives of all events; None: it was not counted.
    """

    file: Array
    position: Array
    instant: Longs
    quantity: Longs
    segment: Ints
    row: Ints
    reason: NDArray[np.uint8]
    amount: Longs
    fresh: int
    period_of: Ints
    price_of: Ints
    route_of: Ints
    counted: Longs | None = None

    def __len__(self) -> int:
        return len(self.reason)

    @property
    def is_rated(self) -> NDArray[np.bool_]:
        """Which events are rated."""
        return np.asarray(self.reason == Reason.RATED)

    @property
    def period(self) -> Ints:
        """Give the usage period of each event."""
        return self.period_of[self.segment]

    @property
    def price(self) -> Ints:
        """Give the price of each event."""
        return self.price_of[self.row]

    def rated(self, threads: int) -> Longs:
        """Give how many events of the files are rated, of each usage period that has some, and 0.

        threads: how many may share the work.
        """
        found = np.zeros(int(self.period_of.max(initial=NONE)) + 1, np.int64)
        counts = self.count(0, self.fresh, threads).sum(axis=0)[:-1]
        of = np.flatnonzero(counts)
        np.add.at(found, self.period_of[of], counts[of])
        return found

    def count_reasons(self) -> Longs:
        """Give how many events of the files have each reason, by its number."""
        found = np.zeros(max(Reason) + 1, np.int64)
        for begin in range(0, self.fresh, _STEP):
            own = self.reason[begin : min(begin + _STEP, self.fresh)]
            found += np.bincount(own, minlength=len(found))
        return found

    def count(self, first: int, last: int, threads: int) -> Longs:
        """Count the rated events of each segment and of none in the parts of a range."""
        if self.counted is not None and last - first == len(self):
            return self.counted
        cuts = loops.cut(last - first, threads)
        counts = np.zeros((len(cuts) - 1, len(self.period_of)), np.int64)
        run = loops.runner(len(self))

        def work(part: int) -> None:
            own = slice(first + cuts[part], first + cuts[part + 1])
            given = [self.segment[own], self.reason[own]]
            run(tie_loops.count_rated, own.stop - own.start, given, [counts[part]])

        do_parts(work, len(counts), threads)
        return counts

    def keep(self, wanted: NDArray[np.bool_]) -> None:
        """Leave out events."""
        self.fresh, self.counted = int(np.count_nonzero(wanted[: self.fresh])), None
        for name in ("file", "position", "instant", "quantity", "segment", "row"):
            setattr(self, name, getattr(self, name)[wanted])
        self.reason = self.reason[wanted]
        self.amount = self.amount[wanted] if len(self.amount) else self.amount


def show_tied(connection: DuckDBPyConnection, tied: Tied) -> None:
    """Make the view usage.tied of the events, and usage.unrated of those of the files.

    The view looks up what segments and rows stand for as it is asked.
    """
    columns: dict[str, Array] = {
        "file": tied.file,
        "position": tied.position,
        "instant": tied.instant,
        "quantity": tied.quantity,
        "segment": tied.segment,
        "row": tied.row,
        "reason": tied.reason,
    }
    amount = ""
    if len(tied.amount):
        columns["amount"] = tied.amount
        amount = f", (amount::DECIMAL(18, 0) * 0.000001::DECIMAL(6, 6))::{AMOUNT_TYPE} AS amount"
    connection.register(_VIEWED, pa.table(columns))
    numbers = np.append(np.arange(len(tied.price_of) - 1, dtype=np.int32), np.int32(NONE))
    rows = {"row": numbers, "price": tied.price_of, "route": tied.route_of}
    sql.make_arrow(connection, "pricing_rows", pa.table(rows))
    connection.execute(f"""
        CREATE OR REPLACE VIEW usage.tied AS
        SELECT t.file::INTEGER AS file, t.position::BIGINT AS position,
               make_timestamp(t.instant) AS instant, t.quantity,
               nullif(t.segment, {NONE}) AS segment, s.period,
               nullif(r.price, {NONE}) AS price, r.route, t.reason{amount}
        FROM {_VIEWED} AS t
        JOIN usage.pricing_rows AS r ON r.row = t.row
        LEFT JOIN usage.segments AS s ON s.segment = t.segment
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
    """Tie events by usage.segments and usage.pricing; takes the arrays of the scan.

    Their holders become segments and their combinations rows of pricing, in place.
    """
    found = connection.execute("""
        SELECT holder, epoch_us(from_instant) AS starts, epoch_us(until_instant) AS ends,
               coalesce(period, -1)::INTEGER AS period, kind, reason
        FROM usage.segments ORDER BY segment
    """).fetchnumpy()
    holders = sql.count(connection, "SELECT count(*) FROM usage.holders")
    first = np.searchsorted(found["holder"], np.arange(holders + 1)).astype(np.int32)
    cuts = _side_by_side([found[name] for name in ("starts", "ends", "kind", "reason")])
    rows = connection.execute("""
        SELECT kind, combination, band_set, coalesce(price, -1)::INTEGER AS price, route, reason,
               coalesce(minimum, 0)::BIGINT AS minimum, coalesce(increment, 1)::BIGINT AS increment
        FROM usage.pricing
    """).fetchnumpy()
    tied = Tied(
        file=events.file,
        position=events.position,
        instant=events.instant,
        quantity=events.quantity,
        segment=events.holder,
        row=events.combination,
        reason=events.reason,
        amount=events.amount,
        fresh=fresh,
        period_of=np.append(np.asarray(found["period"], np.int32), np.int32(NONE)),
        price_of=np.append(np.asarray(rows["price"], np.int32), np.int32(NONE)),
        route_of=np.append(np.asarray(rows["route"], np.int32), np.int32(0)),
    )
    usable = np.asarray(tied.reason == Reason.RATED) if len(tied.amount) else None
    _find_prices(connection, program, tied, [events.instant, first, cuts], rows)
    if usable is not None and asks_amount(program):
        reasons = np.asarray(found["reason"], np.uint8)
        _ask_amounts(connection, program, tied, events, usable, reasons)
    return tied


def _side_by_side(columns: list[Array]) -> Longs:
    """Put columns of numbers into one array, row by row."""
    return np.stack([np.asarray(each, np.int64) for each in columns], axis=1).reshape(-1)


def _find_prices(
    connection: DuckDBPyConnection,
    program: Program,
    tied: Tied,
    segments: list[Array],
    rows: dict[str, Array],
) -> None:
    """Find segments and prices; `segments`: what the loops read of instants and segments."""
    combinations = sql.count(connection, "SELECT count(*) FROM usage.combinations")
    sets = sql.count(connection, "SELECT count(*) FROM usage.band_set_numbers")
    kind_count = sql.count(connection, "SELECT count(*) FROM usage.kinds")
    pricing = np.full(kind_count * combinations * sets, NONE, np.int32)
    kind, combination, band_set = (
        np.asarray(rows[name], np.int64) for name in ("kind", "combination", "band_set")
    )
    pricing[(kind * combinations + combination) * sets + band_set] = np.arange(len(kind))
    tables = [
        np.array([combinations, sets, Reason.UNKNOWN_SERVICE, Reason.QUANTITY_TOO_LARGE], np.int64),
        pricing,
        *_rules(rows),
    ]
    bands = _bands(connection, program, tied, segments)
    threads = loops.sharing(len(tied), sql.threads(connection))
    cuts = loops.cut(len(tied), threads)
    run = loops.runner(len(tied))

    def work(part: int) -> Longs:
        """Tie a part of the events; count the rated ones of each segment."""
        own = slice(cuts[part], cuts[part + 1])
        given = [segments[0][own], *segments[1:], bands[own], *tables]
        # Nothing is at hand of a holder yet: until is before from.
        held = np.tile(np.array([1, 0, 0, 0], np.int64), len(segments[1]) - 1)
        counts = np.zeros(len(tied.period_of), np.int64)
        events = [tied.segment[own], tied.row[own], tied.reason[own], tied.quantity[own]]
        run(tie_loops.find_prices, own.stop - own.start, given, [held, *events, counts])
        return counts

    tied.counted = np.array(do_parts(work, threads, threads))


def _rules(rows: dict[str, Array]) -> tuple[Ints, Longs]:
    """Give the rule of each row of pricing, and the numbers of rules: rows differ in few."""
    columns = [np.asarray(rows["price"]) == NONE, rows["reason"], rows["minimum"]]
    columns = [np.asarray(each, np.int64) for each in (*columns, rows["increment"])]
    rule = np.zeros(len(columns[0]), np.int64)
    first = rule[:0]
    for column in columns:
        values, own = np.unique(column, return_inverse=True)
        _, first, rule = np.unique(
            rule * max(len(values), 1) + own, return_index=True, return_inverse=True
        )
    return rule.astype(np.int32), _side_by_side([column[first] for column in columns])


def _bands(
    connection: DuckDBPyConnection, program: Program, tied: Tied, segments: list[Array]
) -> Ints:
    """Give the set of bands of each event, whose segment is not known yet; none: there is one."""
    if not asked_bands(program):
        return np.zeros(0, np.int32)
    segment = np.empty(len(tied), np.int32)
    given = [*segments, tied.segment]
    loops.run(tie_loops.find_segments, len(tied), given, [segment], sql.threads(connection))
    asked = np.flatnonzero((tied.reason == Reason.RATED) & (segment != NONE))
    found = find_bands(connection, program, segment[asked], tied.instant[asked])
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
    price = tied.price
    is_asked = usable & (tied.segment != NONE) & asks[price]
    is_asked &= np.append(reasons, np.uint8(0))[tied.segment] == Reason.RATED
    tied.counted = None
    tied.reason[is_asked & (events.currency == NONE)] = Reason.NO_AMOUNT
    other = (events.currency != NONE) & (events.currency != currency[price])
    tied.reason[is_asked & other] = Reason.OTHER_CURRENCY
