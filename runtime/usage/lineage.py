"""The columns of rated usage: from the numbers of a piece to all that its amount came from.

Words are looked up once for each number in a block of pieces, and go into the file as a
dictionary and where in it each row's stands, as Parquet keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.money import scaled_price_sql
from runtime.usage.loops import NONE
from runtime.usage.ordered import joins_in_order
from runtime.usage.record_amounts import AMOUNT_PLACES, SHARE_IN_TINY
from runtime.usage.words import Numbering

Longs = NDArray[np.int64]
Numbers = NDArray[Any]

_MINUTE, _SECOND = 60_000_000, 1_000_000
_WHOLE_MINUTES = 315_532_800_000_000
"""1980, since when all clocks differ from UTC by whole minutes."""

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

_WORD = pa.dictionary(pa.int32(), pa.string())
_PRICE = pa.decimal128(38, 12)
SCHEMA = pa.schema(
    {
        "feed": _WORD,
        "event_id": pa.string(),
        "file": _WORD,
        "row": pa.int64(),
        "piece": pa.int32(),
        "instant": pa.timestamp("us"),
        "day": pa.date32(),
        "account": _WORD,
        "account_package": _WORD,
        "account_service": _WORD,
        "service": _WORD,
        "identifier": _WORD,
        "identifier_value": _WORD,
        "usage_class": _WORD,
        "rate_plan": _WORD,
        "rate_group": _WORD,
        "rate": _WORD,
        "bucket": _WORD,
        "tier": pa.int32(),
        "bucket_service": _WORD,
        "bucket_start": pa.date32(),
        "component": _WORD,
        "quantity": pa.int64(),
        "unit_price": _PRICE,
        "per": pa.int64(),
        "unit": _WORD,
        "unit_steps": pa.int64(),
        "event_price": _PRICE,
        "amount": pa.decimal128(38, AMOUNT_PLACES),
        "currency": _WORD,
        "source_path": _WORD,
        "source_line": pa.int32(),
        "period_start": pa.date32(),
        "period_end": pa.date32(),
    }
)
WORDS = [name for name in SCHEMA.names if SCHEMA.field(name).type == _WORD]


@dataclass(frozen=True, slots=True)
class Block:
    """Pieces: numbers of what they belong to, NONE where of nothing; `counts` 1 or 0."""

    file: Numbers
    position: Numbers
    place: Numbers
    row: Longs
    piece: Numbers
    instant: Longs
    segment: Numbers
    period: Numbers
    price: Numbers
    template: Numbers
    counter: Numbers
    quantity: Longs
    counts: Numbers


@dataclass(frozen=True, slots=True)
class Lineage:
    """What the numbers of pieces stand for: tables by number; the last row is of NONE."""

    connection: DuckDBPyConnection
    periods: pa.Table
    segments: pa.Table
    prices: pa.Table
    templates: pa.Table
    counters: pa.Table

    def months(self) -> list[str]:
        """Give the month in which each usage period starts, as YYYY-MM."""
        return [f"{day:%Y-%m}" for day in self.periods["period_start"].to_pylist()[:-1]]

    def table(self, block: Block, event_id: pa.Array, places: pa.Table) -> pa.Table:
        """Give the rows of rated usage of a block; `places`: `feed` and `file` by number."""
        period, price = _Codes(block.period), _Codes(block.price)
        segment, template = _Codes(block.segment), _Codes(block.template)
        place = _Codes(block.place)
        is_priced = np.asarray(self.templates["is_priced"])[block.template].astype(np.int64)
        drawn = np.where(block.template == NONE, NONE, block.counter)
        counter = _Codes(drawn)
        has_event = is_priced * (block.counts == 1)
        prices, templates = self.prices, self.templates
        nothing = pa.array([Decimal(0)], _PRICE)
        unit_price, event_price = (
            pa.concat_arrays([_one(prices[name]), nothing]) for name in ("amount", "event_amount")
        )
        free = len(prices)
        sources = [
            pa.concat_arrays([_one(prices[name]), _one(templates[name])])
            for name in ("source_path", "source_line")
        ]
        source = _Codes(np.where(is_priced == 1, block.price, free + block.template))
        found = {
            **{name: place.of(places[name]) for name in ("feed", "file")},
            "event_id": event_id,
            "row": pa.array(block.row, pa.int64()),
            "piece": pa.array(block.piece, pa.int32()),
            "instant": pa.array(block.instant, pa.int64()).cast(pa.timestamp("us")),
            "day": self._days(block),
            **{name: period.of(self.periods[name]) for name in _OF_PERIOD},
            **{name: segment.of(self.segments[name]) for name in _OF_SEGMENT},
            **{name: price.of(prices[name]) for name in _OF_PRICE},
            **{name: template.of(templates[name]) for name in ("bucket", "tier", "component")},
            "bucket_service": counter.of(self.counters["owner"]),
            "bucket_start": counter.of(self.counters["owner_start"]),
            "quantity": pa.array(block.quantity, pa.int64()),
            "unit_price": _Codes(np.where(is_priced == 1, block.price, free)).of(unit_price),
            "event_price": _Codes(np.where(has_event == 1, block.price, free)).of(event_price),
            "amount": self._amounts(block, is_priced),
            "source_path": source.of(sources[0]),
            "source_line": source.of(sources[1]),
        }
        return pa.Table.from_arrays([found[name] for name in SCHEMA.names], schema=SCHEMA)

    def _days(self, block: Block) -> pa.Array:
        """Give the day of each instant in the account's time zone, looked up once a minute."""
        zones = _one(self.periods["timezone"]).dictionary_encode()
        zone = np.asarray(zones.indices.fill_null(NONE))[block.period].astype(np.int64)
        step = _MINUTE if block.instant.min(initial=_WHOLE_MINUTES) >= _WHOLE_MINUTES else _SECOND
        unit = block.instant // step
        first = int(unit.min(initial=0))
        room = int(unit.max(initial=0)) - first + 1
        codes = _Codes(zone * room + (unit - first))
        asked = pa.table(
            {
                "timezone": zones.dictionary.take(pa.array(codes.known // room)),
                "instant": (codes.known % room + first) * step,
            }
        )
        query = """
            SELECT CAST(timezone(timezone, timezone('UTC', make_timestamp(instant))) AS DATE)
            FROM usage_block
        """
        return codes.spread(self._ask(query, asked))

    def _amounts(self, block: Block, is_priced: Numbers) -> pa.Array:
        asked = pa.table(
            {
                "file": block.file,
                "position": block.position,
                "number": block.piece,
                "period": block.period,
                "quantity": block.quantity,
                "counts": block.counts,
                "price": block.price,
                "is_priced": is_priced,
            }
        )
        return self._ask(
            f"""
            SELECT CASE WHEN q.is_priced = 1 THEN {_AMOUNT} ELSE 0 END::DECIMAL(38, {AMOUNT_PLACES})
            FROM usage_block AS q
            LEFT JOIN usage.record_prices AS p ON p.price = q.price
            LEFT JOIN usage.row_amounts AS x ON x.period = q.period AND x.price = q.price
            LEFT JOIN usage.piece_shares AS y
              ON y.file = q.file AND y.position = q.position AND y.number = q.number
            """,
            asked,
        )

    def _ask(self, query: str, asked: pa.Table) -> pa.Array:
        """Give the one column of a query that keeps the order of usage_block."""
        self.connection.register("usage_block", asked)
        try:
            with joins_in_order(self.connection):
                return _one(self.connection.sql(query).to_arrow_table().column(0))
        finally:
            self.connection.unregister("usage_block")


_OF_PERIOD = (
    *("account", "account_package", "account_service", "service"),
    *("period_start", "period_end"),
)
_OF_SEGMENT = ("identifier", "identifier_value")
_OF_PRICE = (
    *("usage_class", "rate_plan", "rate_group", "rate"),
    *("per", "unit", "unit_steps", "currency"),
)


class _Codes:
    """Numbers of a block, each of the different ones once, and where in those each row's is."""

    def __init__(self, numbers: Numbers) -> None:
        numbering = Numbering()
        self._where = pa.array(numbering.number(numbers.astype(np.int64)))
        self.known = numbering.keys

    def of(self, values: pa.Array | pa.ChunkedArray) -> pa.Array:
        """Give the value of each row, from values by number, of which the last is of NONE."""
        given = _one(values)
        places = np.where(self.known < 0, len(given) - 1, self.known)
        return self.spread(given.take(pa.array(places)))

    def spread(self, values: pa.Array) -> pa.Array:
        """Give the value of each row, from one for each of the different numbers."""
        if not pa.types.is_string(values.type):
            return values.take(self._where)
        encoded = values.dictionary_encode()
        return pa.DictionaryArray.from_arrays(encoded.indices.take(self._where), encoded.dictionary)


def _one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def make_lineage(connection: DuckDBPyConnection) -> Lineage:
    """Read what numbers stand for; makes usage.record_prices."""
    connection.execute(_PRICES)

    def read(query: str, last: str) -> pa.Table:
        every = f"SELECT * EXCLUDE (place) FROM ({query} UNION ALL BY NAME SELECT {last}) "
        return connection.sql(f"{every} ORDER BY place").to_arrow_table().combine_chunks()

    end = f"{2**62} AS place"
    # What is asked while records are read goes its own way, or it would end their reading.
    return Lineage(
        connection.cursor(),
        periods=read(
            "SELECT u.period::BIGINT AS place, u.period_start, u.period_end, a.account, "
            "a.account_package, a.account_service, a.service, a.timezone FROM usage.periods AS u "
            "LEFT JOIN subscription.account_services AS a ON a.account_service = u.account_service",
            end,
        ),
        segments=read(
            "SELECT segment::BIGINT AS place, identifier, value AS identifier_value "
            "FROM usage.segments",
            end,
        ),
        prices=read(
            "SELECT price::BIGINT AS place, usage_class, rate_plan, rate_group, rate_id AS rate, "
            "amount::DECIMAL(38, 12) AS amount, event_amount::DECIMAL(38, 12) AS event_amount, "
            "per::BIGINT AS per, unit, unit_steps, currency, source_path, source_line "
            "FROM usage.record_prices",
            end,
        ),
        templates=read(
            "SELECT b.template::BIGINT AS place, b.bucket, b.tier, b.component, "
            "(b.charge = 'rated')::INTEGER AS is_priced, l.path AS source_path, "
            "l.line AS source_line "
            "FROM usage.bucket_tiers AS b LEFT JOIN usage.source_lines AS l ON l.id = b.source",
            f"'rated' AS component, 1 AS is_priced, {end}",
        ),
        counters=read("SELECT counter AS place, owner, owner_start FROM usage.counters", end),
    )
