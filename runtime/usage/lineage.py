"""The columns of rated usage: from the numbers of a piece to all that its amount came from.

Words are numbered once, by column, and go into the file as the words of a block and where
among them each row's stands, as Parquet keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.usage import loops, record_loops
from runtime.usage.clocks import on_clocks
from runtime.usage.loops import NONE
from runtime.usage.pools import Counters
from runtime.usage.record_amounts import AMOUNT_PLACES, Amounts, make_amounts
from runtime.usage.words import Numbering

Longs = NDArray[np.int64]
Numbers = NDArray[Any]

_DAY, _MINUTE, _SECOND = 86_400_000_000, 60_000_000, 1_000_000
_WHOLE_MINUTES = 315_532_800_000_000
"""1980, since when all clocks differ from UTC by whole minutes."""

_FEW = 64
"""So many words of a column go into every block, whether or not it has them."""

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
REPEATED = [
    name
    for name in SCHEMA.names
    if name not in ("event_id", "row", "instant", "quantity", "amount")
]
"""The columns of few different values, which are written once in a row group."""

ORDERED = ["row", "instant", "day", "period_start", "period_end"]
"""The columns whose least and greatest value of a row group tell anything of it."""


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


class Words:
    """A column of words: of each number one, or none; the last number stands for NONE."""

    def __init__(self, column: pa.Array | pa.ChunkedArray) -> None:
        encoded = _one(column).dictionary_encode()
        self.words = encoded.dictionary
        self.codes = np.asarray(encoded.indices.fill_null(NONE)).astype(np.int32)

    def of(self, codes: NDArray[np.int32]) -> Words:
        """Give the words of other numbers, by their code here."""
        found = Words.__new__(Words)
        found.words, found.codes = self.words, codes
        return found


@dataclass(frozen=True, slots=True)
class Known:
    """The different numbers of a block, as they come, and which of them each row has.

    Columns are made of these few, and then taken for all rows, which is an array at hand.
    """

    numbers: NDArray[np.int32]
    rows: NDArray[np.int32]

    def taken(self, column: pa.Array) -> pa.Array:
        """Give a column of the numbers for all rows."""
        return column.take(pa.array(self.rows))


class Speller:
    """Spells numbers out as columns of words; of a thread of its own."""

    def __init__(self, run: loops.Runner) -> None:
        self._run = run
        self._seen = np.full(0, NONE, np.int32)

    def know(self, numbers: Numbers, size: int) -> Known:
        """Tell different numbers below `size`, the last of which stands for NONE."""
        self._make_room(size)
        known, found = np.empty(len(numbers), np.int32), np.empty(len(numbers), np.int32)
        count = np.zeros(1, np.int64)
        given = [numbers, np.array([size], np.int64)]
        self._run(record_loops.tell_numbers, len(numbers), given, [self._seen, known, count, found])
        known = known[: int(count[0])].copy()
        self._seen[known] = NONE
        return Known(known, found)

    def spell(self, numbers: Numbers, column: Words, few: int = _FEW) -> pa.Array:
        """Give the word of each number, NONE for that of the last.

        A column of no more than `few` words has all of them; 0 where it may still get others,
        as then what else was written by now would show.
        """
        if len(column.words) <= few:
            return _dictionary(column.codes[numbers], column.words)
        self._make_room(len(column.words))
        known, found = np.empty(len(numbers), np.int32), np.empty(len(numbers), np.int32)
        count = np.zeros(1, np.int64)
        given = [numbers, column.codes]
        self._run(record_loops.code_words, len(numbers), given, [self._seen, known, count, found])
        known = known[: int(count[0])]
        self._seen[known] = NONE
        return _dictionary(found, column.words.take(pa.array(known)))

    def _make_room(self, size: int) -> None:
        if len(self._seen) < size:
            self._seen = np.full(size, NONE, np.int32)


def _dictionary(codes: NDArray[np.int32], words: pa.Array) -> pa.Array:
    missing = codes < 0
    indices = pa.array(codes, mask=missing if missing.any() else None)
    return pa.DictionaryArray.from_arrays(indices, words)


@dataclass(frozen=True, slots=True)
class Lineage:
    """What the numbers of pieces stand for; the last row of each table is of NONE.

    Attributes:
        words: of `period`, `segment`, `price`, `template`, `counter` and `source`, its columns
            of words.
        values: in the same way, columns as they are written.
        sizes: of each of these, how many numbers there are.
        money: of prices, what a piece pays by the unit, and the event; nothing at the last.
        zone_of: of a period, which of the time zones.
    """

    words: dict[str, dict[str, Words]]
    values: dict[str, dict[str, pa.Array]]
    sizes: dict[str, int]
    money: dict[str, pa.Array]
    is_priced: Numbers
    zone_of: Numbers
    zones: pa.Array
    amounts: Amounts

    @property
    def prices(self) -> int:
        """How many prices there are."""
        return self.sizes["price"] - 1

    def months(self) -> list[str]:
        """Give the month in which each usage period starts, as YYYY-MM."""
        days = np.asarray(self.values["period"]["period_start"][:-1]).astype("datetime64[M]")
        return [str(each) for each in days]

    def table(
        self,
        connection: DuckDBPyConnection,
        speller: Speller,
        run: loops.Runner,
        block: Block,
        event_id: pa.Array,
        places: dict[str, Words],
    ) -> pa.Table:
        """Give the rows of rated usage of a block; `places`: `feed` and `file` by number.

        `connection`: one that nothing else uses meanwhile.
        """
        is_priced = self.is_priced[block.template]
        numbers: dict[str, Numbers] = {
            "period": block.period,
            "segment": block.segment,
            "price": block.price,
            "template": block.template,
            "counter": block.counter,
            "source": np.where(is_priced == 1, block.price, self.prices + block.template),
        }
        known = {name: speller.know(own, self.sizes[name]) for name, own in numbers.items()}
        found = {
            "event_id": event_id,
            "row": pa.array(block.row, pa.int64()),
            "piece": pa.array(block.piece, pa.int32()),
            "instant": pa.array(block.instant, pa.int64()).cast(pa.timestamp("us")),
            "day": self._days(block),
            "quantity": pa.array(block.quantity, pa.int64()),
            "amount": self.amounts.of(connection, run, block, is_priced),
        }
        is_counted = is_priced & (block.counts == 1)
        for name, pays in (("unit_price", is_priced == 1), ("event_price", is_counted == 1)):
            paid = np.where(pays & (block.price != NONE), block.price, self.prices)
            found[name] = self.money[name].take(pa.array(paid))
        for name, column in places.items():
            found[name] = speller.spell(block.place, column, few=0)
        for domain, columns in self.words.items():
            for name, column in columns.items():
                found[name] = known[domain].taken(speller.spell(known[domain].numbers, column))
        for domain, values in self.values.items():
            at = pa.array(known[domain].numbers)
            for name, value in values.items():
                found[name] = known[domain].taken(value.take(at))
        return pa.Table.from_arrays([found[name] for name in SCHEMA.names], schema=SCHEMA)

    def _days(self, block: Block) -> pa.Array:
        """Give the day of each instant in the account's time zone, looked up once a minute."""
        zone = self.zone_of[block.period]
        step = _MINUTE if block.instant.min(initial=_WHOLE_MINUTES) >= _WHOLE_MINUTES else _SECOND
        unit = block.instant // step
        first = int(unit.min(initial=0))
        room = int(unit.max(initial=0)) - first + 1
        keys, where = _told_apart(zone * room + (unit - first), len(self.zones) * room)
        shown = on_clocks(self.zones.to_pylist(), keys // room, (keys % room + first) * step)
        return pa.array((shown // _DAY).astype(np.int32), pa.date32()).take(pa.array(where))


def _told_apart(keys: Longs, size: int) -> tuple[Longs, Numbers]:
    """Give the different ones of keys below `size`, and which of them each is."""
    if size > _MOST_CELLS:
        numbering = Numbering()
        where = numbering.number(keys)
        return numbering.keys, where
    is_there = np.zeros(size, np.bool_)
    is_there[keys] = True
    return np.flatnonzero(is_there), (np.cumsum(is_there, dtype=np.int32) - 1)[keys]


_MOST_CELLS = 1 << 20
"""Of a table that has a cell for each key there may be."""


def _one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def make_lineage(connection: DuckDBPyConnection, counters: Counters) -> Lineage:
    """Read what numbers stand for; makes usage.record_prices."""
    amounts = make_amounts(connection)

    def read(query: str, last: str) -> pa.Table:
        every = f"SELECT * EXCLUDE (place) FROM ({query} UNION ALL BY NAME SELECT {last}) "
        return connection.sql(f"{every} ORDER BY place").to_arrow_table().combine_chunks()

    end = f"{2**62} AS place"
    periods = read(
        "SELECT u.period::BIGINT AS place, u.period_start, u.period_end, a.account, "
        "a.account_package, a.account_service, a.service, a.timezone FROM usage.periods AS u "
        "LEFT JOIN subscription.account_services AS a ON a.account_service = u.account_service",
        end,
    )
    holders = read("SELECT holder::BIGINT AS place, identifier, value FROM usage.holders", end)
    segments = read("SELECT segment::BIGINT AS place, holder FROM usage.segments", end)
    prices = read(
        "SELECT price::BIGINT AS place, usage_class, rate_plan, rate_group, rate_id AS rate, "
        "amount::DECIMAL(38, 12) AS amount, event_amount::DECIMAL(38, 12) AS event_amount, "
        "per::BIGINT AS per, unit, unit_steps::BIGINT AS unit_steps, currency, source_path, "
        "source_line FROM usage.record_prices",
        f"0 AS amount, 0 AS event_amount, {end}",
    )
    templates = read(
        "SELECT b.template::BIGINT AS place, b.bucket, b.tier, b.component, "
        "(b.charge = 'rated')::INTEGER AS is_priced, l.path AS source_path, "
        "l.line AS source_line "
        "FROM usage.bucket_tiers AS b LEFT JOIN usage.source_lines AS l ON l.id = b.source",
        f"'rated' AS component, 1 AS is_priced, {end}",
    )
    owner = np.append(counters.period, len(periods) - 1)
    service, zone = Words(periods["account_service"]), Words(periods["timezone"])
    starts = _one(periods["period_start"])
    holder = np.append(np.asarray(_one(segments["holder"])[:-1]), NONE)
    by_period = {name: Words(periods[name]) for name in _OF_PERIOD}
    # Behind the prices, and NONE at their end, stand the templates.
    source = {
        name: pa.concat_arrays([_one(prices[name])[:-1], _one(templates[name])])
        for name in ("source_path", "source_line")
    }
    return Lineage(
        words={
            "period": by_period,
            "segment": {
                name: column.of(column.codes[holder])
                for name, column in (
                    ("identifier", Words(holders["identifier"])),
                    ("identifier_value", Words(holders["value"])),
                )
            },
            "price": {name: Words(prices[name]) for name in _OF_PRICE},
            "template": {name: Words(templates[name]) for name in ("bucket", "component")},
            "counter": {"bucket_service": service.of(service.codes[owner])},
            "source": {"source_path": Words(source["source_path"])},
        },
        values={
            "period": {"period_start": starts, "period_end": _one(periods["period_end"])},
            "segment": {},
            "price": {name: _one(prices[name]) for name in ("per", "unit_steps")},
            "template": {"tier": _one(templates["tier"]).cast(pa.int32())},
            "counter": {"bucket_start": starts.take(pa.array(owner))},
            "source": {"source_line": source["source_line"].cast(pa.int32())},
        },
        sizes={
            "period": len(periods),
            "segment": len(segments),
            "price": len(prices),
            "template": len(templates),
            "counter": len(owner),
            "source": len(source["source_line"]),
        },
        money={
            "unit_price": _one(prices["amount"]).fill_null(0),
            "event_price": _one(prices["event_amount"]).fill_null(0),
        },
        is_priced=np.asarray(_one(templates["is_priced"])).astype(np.int8),
        zone_of=zone.codes.astype(np.int64),
        zones=zone.words,
        amounts=amounts,
    )


_OF_PERIOD = ("account", "account_package", "account_service", "service")
_OF_PRICE = ("usage_class", "rate_plan", "rate_group", "rate", "unit", "currency")
