"""The one reading of all events: what rating asks of each, as arrays of integers.

Texts become numbers as they come: the identifier's value that of its holder in the book, the
destination that of its longest prefix, all else that decides a price that of its
combination.  Only ids stay behind; each leaves its hash, by which repeated ones are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.program.model import Program
from runtime.usage import classify, places, sql
from runtime.usage.dispositions import Reason
from runtime.usage.loops import NONE, Array
from runtime.usage.passes import Pass
from runtime.usage.reader import attribute
from runtime.usage.store import StoredUsage
from runtime.usage.tier_tables import asks_amount
from runtime.usage.words import Numbering, Prefixes, Repeats, Words

Longs = NDArray[np.int64]

BATCH = 122_880
"""How many events are taken at once; no result depends on it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A relation of events and what it has.

    Attributes:
        identifier: what their values are values of.
        known_by: the column whose hash is theirs; equal ids have an equal one.
    """

    events: str
    attributes: frozenset[str]
    identifier: str
    records: int
    known_by: str = "event_id"


@dataclass(slots=True)
class Scan:
    """The events of a run, one cell each.

    Attributes:
        id_hash: of the event's id.
        instant: microseconds since 1970 in UTC; 0 where the event is not usable.
        quantity: as the record has it; 0 where there is none.
        reason: RATED where nothing is wrong with the record itself.
        holder: of usage.holders, NONE where nobody ever held the identifier's value.
        combination: of usage.combinations.
        amount, currency: millionths, and the currency's number in the program; NONE where
            the event has no amount.  Empty where no rate asks for it.
        is_marked: another event may have the same id.
    """

    file: NDArray[np.int32]
    position: Array
    id_hash: Longs
    instant: Longs
    quantity: Longs
    reason: NDArray[np.uint8]
    holder: NDArray[np.int32]
    combination: NDArray[np.int32]
    amount: Longs
    currency: NDArray[np.int32]
    is_marked: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.reason)

    def forget_ids(self) -> None:
        """Let go of what only tells duplicates."""
        self.id_hash = np.zeros(0, np.int64)
        self.is_marked = np.zeros(0, np.bool_)


@dataclass(slots=True)
class Scanner:
    """Reads relations of events; what it has numbered holds for all of them.

    Attributes:
        pairs: of a combination's key and a prefix.
    """

    connection: DuckDBPyConnection
    program: Program
    holders: Mapping[str, tuple[int, Words]]
    prefixes: Prefixes
    salt: int
    keys: Numbering = field(default_factory=Numbering)
    pairs: Numbering = field(default_factory=Numbering)

    def scan(self, readings: Sequence[Reading], repeats: Repeats) -> Scan:
        """Read events; `combination` is that of `pairs` until `make_combinations`."""
        found = _empty([each.records for each in readings], has_amount=asks_amount(self.program))
        place = 0
        for reading in readings:
            for batch in self._batches(reading):
                end = place + len(batch)
                self._fill(found, slice(place, end), reading, batch, repeats)
                place = end
        return _cut(found, place)

    def _batches(self, reading: Reading) -> Iterator[pa.RecordBatch]:
        destination = "''"
        if places.DESTINATION in reading.attributes and self.prefixes.prefixes:
            destination = f"coalesce({attribute(places.DESTINATION)}, '')"
        amount = "0::BIGINT AS amount, 0::INTEGER AS currency"
        if asks_amount(self.program):
            codes = ", ".join(sql.text(each.code) for each in self.program.currencies)
            amount = (
                "coalesce((amount::DECIMAL(38, 6) * 1000000)::BIGINT, 0) AS amount, coalesce(CASE "
                "WHEN amount IS NOT NULL "
                f"THEN list_position([{codes}], amount_currency) - 1 END, {NONE})::INTEGER "
                "AS currency"
            )
        usable = f"reason = {Reason.RATED:d}"
        query = f"""
            SELECT file, position::BIGINT AS position, hash({reading.known_by}) AS id_hash,
                   CASE WHEN {usable} THEN epoch_us(instant) ELSE 0 END AS instant,
                   CASE WHEN {usable} THEN quantity ELSE 0 END AS quantity, reason,
                   coalesce(value, '') AS value,
                   {self.key_of(reading.attributes)} AS key,
                   {destination} AS destination, {amount}
            FROM ({reading.events})
        """
        yield from self.connection.sql(query).to_arrow_reader(BATCH)

    def key_of(self, attributes: frozenset[str]) -> str:
        """Give the SQL of a hash over all texts of an event that decide its price."""
        names = classify.deciding_attributes(self.program)
        texts = ["measure", *(classify.column(attributes, name) for name in names)]
        return f"hash({', '.join([*([str(self.salt)] if self.salt else []), *texts])})"

    def _fill(
        self, found: Scan, at: slice, reading: Reading, batch: pa.RecordBatch, repeats: Repeats
    ) -> None:
        def numbers(name: str) -> Array:
            return np.asarray(batch.column(name))

        found.file[at] = numbers("file")
        found.position[at] = numbers("position")
        found.id_hash[at] = hashes = numbers("id_hash").view(np.int64)
        found.instant[at] = numbers("instant")
        found.quantity[at] = numbers("quantity")
        found.reason[at] = numbers("reason")
        found.is_marked[at] = repeats.mark(hashes)
        first, words = self.holders.get(reading.identifier, (0, None))
        if words is None:
            found.holder[at] = NONE
        else:
            holder = words.find(batch.column("value"))
            found.holder[at] = np.where(holder == NONE, NONE, holder + first)
        key = self.keys.number(numbers("key").view(np.int64))
        if places.DESTINATION in reading.attributes and self.prefixes.prefixes:
            reach = self.prefixes.find(batch.column("destination"))
            across = len(self.prefixes.prefixes) + 1
            found.combination[at] = self.pairs.number(key.astype(np.int64) * across + reach + 1)
        else:
            across = len(self.prefixes.prefixes) + 1
            found.combination[at] = self.pairs.number(key.astype(np.int64) * across)
        if len(found.amount):
            found.amount[at] = numbers("amount")
            found.currency[at] = numbers("currency")

    def make_combinations(self) -> NDArray[np.int32]:
        """Make usage.combinations; give the combination of each of `pairs`."""
        across = len(self.prefixes.prefixes) + 1
        key, reach = np.divmod(self.pairs.keys, across)
        reaches = np.array([None, *self.prefixes.prefixes], object)[reach]
        sql.make_arrow(
            self.connection,
            "pairs",
            pa.table(
                {
                    "pair": np.arange(len(key)),
                    "key": self.keys.keys[key].view(np.uint64),
                    "reach": pa.array(reaches, pa.string()),
                }
            ),
        )
        names = ["measure", *map(attribute, classify.deciding_attributes(self.program)), "reach"]
        listed = ", ".join(names)
        self.connection.execute(f"""
            CREATE OR REPLACE TABLE usage.combinations AS
            SELECT (row_number() OVER (ORDER BY {listed}) - 1)::INTEGER AS combination,
                   {listed}, pair
            FROM usage.pairs AS p JOIN usage.keys AS k ON k.key = p.key
        """)
        found = self.connection.execute(
            "SELECT combination FROM usage.combinations ORDER BY pair"
        ).fetchnumpy()["combination"]
        self.connection.execute("ALTER TABLE usage.combinations DROP COLUMN pair")
        self.connection.execute("DROP TABLE usage.pairs; DROP TABLE usage.keys")
        return np.asarray(found, np.int32)


def readings_of(passes: Sequence[Pass], stored: StoredUsage) -> list[Reading]:
    """Give the readings of the run's files.

    Where nothing is stored, the id of the record does for that of the one event that it is.
    """
    is_one = {each.feed.id for each in passes if each.is_whole} - {
        each.feed.id for each in passes if not each.is_whole
    }
    return [
        Reading(
            each.events,
            each.attributes,
            each.feed.identifier,
            each.records,
            "record_id" if stored.events is None and each.feed.id in is_one else "event_id",
        )
        for each in passes
    ]


def stored_readings(
    connection: DuckDBPyConnection, stored: StoredUsage, numbers: int
) -> list[Reading]:
    """Give the readings of the stored usage that may be of usage.periods.

    The files of the store have numbers from `numbers` on.
    """
    if stored.events is None:
        return []
    ((first, last),) = connection.execute(
        "SELECT min(start_instant), max(end_instant) FROM usage.periods"
    ).fetchall()
    if first is None:
        return []
    condition = f"instant >= TIMESTAMP '{first}' AND instant < TIMESTAMP '{last}'"
    counts = connection.execute(
        f"SELECT identifier, count(*) FROM ({stored.events}) WHERE {condition} "
        "GROUP BY identifier ORDER BY identifier"
    ).fetchall()
    return [
        Reading(
            f"SELECT *, stored_file + {numbers} AS file, {Reason.RATED:d}::UTINYINT AS reason "
            f"FROM ({stored.events}) WHERE identifier = {sql.text(name)} AND {condition}",
            stored.attributes,
            name,
            records,
        )
        for name, records in counts
    ]


def open_scanner(connection: DuckDBPyConnection, program: Program, salt: int) -> Scanner:
    """Make usage.holders, the values of the book's identifiers, and get ready to read events."""
    connection.execute("""
        CREATE OR REPLACE TABLE usage.holders AS
        SELECT (row_number() OVER (ORDER BY identifier, value) - 1)::INTEGER AS holder,
               identifier, value
        FROM (SELECT DISTINCT identifier, value FROM book.identifiers)
    """)
    holders = {}
    for name, first in connection.execute(
        "SELECT identifier, min(holder) FROM usage.holders GROUP BY identifier"
    ).fetchall():
        values = connection.sql(
            f"SELECT value FROM usage.holders WHERE identifier = {sql.text(name)} ORDER BY holder"
        ).to_arrow_table()
        holders[name] = (first, Words(values.column("value").combine_chunks()))
    return Scanner(
        connection,
        program,
        holders,
        Prefixes(sorted(places.asked_prefixes(program))),
        salt,
    )


def make_keys(scanner: Scanner, readings: Sequence[Reading]) -> bool:
    """Make usage.keys: of each key its texts; tell whether no two combinations have one key."""
    connection, names = scanner.connection, classify.deciding_attributes(scanner.program)
    none = "".join(f", NULL::VARCHAR AS {attribute(name)}" for name in names)
    every = [f"SELECT 0::UBIGINT AS key, '' AS measure{none} WHERE false"]
    for each in readings:
        texts = "".join(
            f", {classify.column(each.attributes, name)} AS {attribute(name)}" for name in names
        )
        key = scanner.key_of(each.attributes)
        every.append(f"SELECT DISTINCT {key} AS key, measure{texts} FROM ({each.events})")
    connection.execute(f"CREATE OR REPLACE TABLE usage.keys AS {' UNION '.join(every)}")
    return not sql.count(connection, "SELECT count(*) - count(DISTINCT key) FROM usage.keys")


def _empty(records: Sequence[int], *, has_amount: bool) -> Scan:
    room = sum(records)
    extra = room if has_amount else 0
    is_short = max(records, default=0) < np.iinfo(np.int32).max
    return Scan(
        file=np.empty(room, np.int32),
        position=np.empty(room, np.int32 if is_short else np.int64),
        id_hash=np.empty(room, np.int64),
        instant=np.empty(room, np.int64),
        quantity=np.empty(room, np.int64),
        reason=np.empty(room, np.uint8),
        holder=np.empty(room, np.int32),
        combination=np.empty(room, np.int32),
        amount=np.empty(extra, np.int64),
        currency=np.empty(extra, np.int32),
        is_marked=np.empty(room, np.bool_),
    )


def _cut(found: Scan, size: int) -> Scan:
    if size == len(found):
        return found
    names = Scan.__slots__
    return Scan(**{name: getattr(found, name)[:size].copy() for name in names})


def joined(one: Scan, other: Scan) -> Scan:
    """Give the events of two scans as one, in their order."""
    if not len(other):
        return one
    return Scan(
        **{
            name: np.concatenate([getattr(one, name), getattr(other, name)])
            for name in Scan.__slots__
        }
    )
