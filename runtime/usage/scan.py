"""The one reading of all events: what rating asks of each, as arrays of integers.

Texts become numbers as they come: the identifier's value that of its holder in the book, the
destination that of its longest prefix, all else that decides a price that of its
combination.  Only ids stay behind; each leaves its hash, by which repeated ones are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.program.model import Program
from runtime.usage import classify, kernel, places, sql
from runtime.usage.loops import NONE, Array
from runtime.usage.mediate import Part
from runtime.usage.plain import USABLE, NotPlain, Plain, Told, batches_of
from runtime.usage.reader import attribute, raw_field
from runtime.usage.readings import Reading
from runtime.usage.scanned import MANY, Scan, closed_up, empty
from runtime.usage.tier_tables import asks_amount
from runtime.usage.words import Ints, Numbering, Pairs, Prefixes, Words, hash_texts

BATCH = 122_880
"""How many events are taken at once; no result depends on it."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A part of a reading, and the place of its first event in the scan."""

    reading: Reading
    part: Part
    place: int


@dataclass(frozen=True, slots=True)
class _Worker:
    """Reads parts on a connection of its own, and numbers what it meets in its own order.

    Attributes:
        pairs: of a combination's key and a prefix.
        told: of each reading of plain records, by its table of kinds, what they are.
    """

    connection: DuckDBPyConnection
    pairs: Pairs
    keys: Numbering = field(default_factory=Numbering)
    told: dict[str, Told] = field(default_factory=dict)


@dataclass(slots=True)
class Scanner:
    """Reads relations of events; what it has numbered holds for all of them.

    Attributes:
        workers: as many as read side by side.
        numbered: arrays of the numbers that a worker has for pairs.
        others: the parts of readings of plain records, by their table of kinds, which have others.
    """

    connection: DuckDBPyConnection
    program: Program
    holders: Mapping[str, tuple[int, Words]]
    prefixes: Prefixes
    salt: int
    workers: tuple[_Worker, ...]
    numbered: list[tuple[NDArray[np.int32], _Worker]] = field(default_factory=list)
    others: list[tuple[str, Part]] = field(default_factory=list)

    def scan(self, readings: Sequence[Reading]) -> Scan:
        """Read events; `combination` means nothing until `make_combinations`."""
        tasks: list[_Task] = []
        place = 0
        for reading in readings:
            for part in reading.parts:
                tasks.append(_Task(reading, part, place))
                place += part.records
        found = empty(place, _files(readings), has_amount=asks_amount(self.program))
        done = self._read(found, tasks)
        sizes = [size for size, _ in done]
        found = closed_up(found, [task.place for task in tasks], sizes)
        place = 0
        for size, worker in done:
            self.numbered.append((found.combination[place : place + size], worker))
            place += size
        return found

    def _read(self, found: Scan, tasks: Sequence[_Task]) -> list[tuple[int, _Worker]]:
        """Read parts side by side; give how many events each had, and who read it."""
        if len(tasks) < 2 or len(found) < kernel.COMPILED_FROM:
            worker = self.workers[0]
            return [(self._read_part(found, task, worker), worker) for task in tasks]
        done: list[tuple[int, _Worker]] = [(0, self.workers[0])] * len(tasks)
        waiting: SimpleQueue[int] = SimpleQueue()
        for number in range(len(tasks)):
            waiting.put(number)

        def work(worker: _Worker) -> None:
            while (number := _next(waiting)) is not None:
                done[number] = self._read_part(found, tasks[number], worker), worker

        with ThreadPoolExecutor(len(self.workers)) as pool:
            reading = [pool.submit(work, worker) for worker in self.workers]
            try:
                wait(reading, return_when=FIRST_EXCEPTION)
            finally:
                while _next(waiting) is not None:
                    pass
            for each in reading:
                each.result()
        return done

    def _read_part(self, found: Scan, task: _Task, worker: _Worker) -> int:
        if task.reading.plain is not None:
            try:
                return self._read_plain(found, task, task.reading.plain, worker)
            except NotPlain:
                self.others.append((task.reading.met, task.part))
        place = task.place
        for batch in self._batches(worker.connection, task.reading, task.part.relation):
            end = place + len(batch)
            self._fill(found, slice(place, end), task.reading, batch, worker)
            place = end
        return place - task.place

    def _read_plain(self, found: Scan, task: _Task, plain: Plain, worker: _Worker) -> int:
        """Read a part of plain records; raises NotPlain if it has others."""
        reading, place = task.reading, task.place
        key = self.key_of(reading)
        told = worker.told.setdefault(reading.met, Told(worker.connection, plain, key))
        for batch, position, number in batches_of(plain, task.part, BATCH):
            at = slice(place, place + len(batch))
            code, kind_of = told.kinds(batch)
            rows, reach = worker.keys.number(told.keys), np.full(len(batch), NONE, np.int32)
            if self._asks_place(reading) and plain.destination is not None:
                self.prefixes.find(batch.column(plain.destination), reach)
            kind = worker.pairs.number(code, kind_of, rows, reach, found.combination[at])
            hash_texts(batch.column(plain.known_by), found.id_hash[at], told.further, kind)
            self._find_holders(reading, batch.column(plain.value), found.holder[at])
            made: list[Array] = [
                found.file[at],
                found.instant[at],
                found.quantity[at],
                found.reason[at],
            ]
            told.judge(batch, kind, number, made)
            found.position[at] = np.arange(position, position + len(batch))
            if len(found.amount):
                found.amount[at] = 0
                found.currency[at] = NONE
            place = at.stop
        return place - task.place

    def _find_holders(self, reading: Reading, values: pa.Array, holder: Ints) -> None:
        first, words = self.holders.get(reading.identifier, (0, None))
        if words is None:
            holder[:] = NONE
            return
        words.find(values, holder)
        if first:
            holder[holder != NONE] += first

    def make_met(self, reading: Reading) -> None:
        """Make the table of the kinds of plain records that were met in a reading."""
        if reading.plain is None:
            return
        told = [worker.told[reading.met] for worker in self.workers if reading.met in worker.told]
        met = list(dict.fromkeys(each for own in told for each in own.numbers))
        names = reading.plain.kinds
        columns = {f"field.{name}": "VARCHAR" for name in names} or {"none": "INTEGER"}
        sql.make_table(self.connection, reading.met, columns, met if names else [(0,) for _ in met])
        listed = ", ".join(map(raw_field, names)) or "0"
        for own, part in self.others:
            if own == reading.met:
                self.connection.execute(
                    f"INSERT INTO usage.{own} SELECT DISTINCT {listed} FROM ({part.relation})"
                )

    def _batches(
        self, connection: DuckDBPyConnection, reading: Reading, events: str
    ) -> Iterator[pa.RecordBatch]:
        texts = f"{reading.value} AS value"
        if self._asks_place(reading):
            texts += f", {reading.destination} AS destination"
        amount = "0::BIGINT AS amount, 0::INTEGER AS currency"
        if asks_amount(self.program):
            codes = ", ".join(sql.text(each.code) for each in self.program.currencies)
            amount = (
                "coalesce((amount::DECIMAL(38, 6) * 1000000)::BIGINT, 0) AS amount, coalesce(CASE "
                "WHEN amount IS NOT NULL "
                f"THEN list_position([{codes}], amount_currency) - 1 END, {NONE})::INTEGER "
                "AS currency"
            )
        query = f"""
            SELECT file, position::BIGINT AS position, {reading.known_by} AS known_by, {USABLE},
                   {self.key_of(reading)} AS key, {texts}, {amount}
            FROM ({events})
        """
        yield from connection.sql(query).to_arrow_reader(BATCH)

    def key_of(self, reading: Reading) -> str:
        """Give the SQL of a hash over all that tells kinds of events apart."""
        own = [str(self.salt), str(reading.number), *reading.kinds.columns]
        return f"hash({', '.join(own)})"

    def _asks_place(self, reading: Reading) -> bool:
        return places.DESTINATION in reading.attributes and bool(self.prefixes.prefixes)

    def _fill(
        self, found: Scan, at: slice, reading: Reading, batch: pa.RecordBatch, worker: _Worker
    ) -> None:
        def numbers(name: str) -> Array:
            return np.asarray(batch.column(name))

        found.file[at] = numbers("file")
        found.position[at] = numbers("position")
        hash_texts(batch.column("known_by"), found.id_hash[at])
        found.instant[at] = numbers("instant")
        found.quantity[at] = numbers("quantity")
        found.reason[at] = numbers("reason")
        self._find_holders(reading, batch.column("value"), found.holder[at])
        reach = np.full(len(batch), NONE, np.int32)
        if self._asks_place(reading):
            self.prefixes.find(batch.column("destination"), reach)
        key = worker.keys.number(numbers("key").view(np.int64))
        every = np.arange(len(worker.keys.keys), dtype=np.int32)
        worker.pairs.number(key, every, every, reach, found.combination[at])
        if len(found.amount):
            found.amount[at] = numbers("amount")
            found.currency[at] = numbers("currency")

    def make_combinations(self, connection: DuckDBPyConnection) -> None:
        """Make usage.combinations, and give them to the events of all scans."""
        across = len(self.prefixes.prefixes) + 1
        key, reach, owner, pair = [], [], [], []
        for number, worker in enumerate(self.workers):
            own_key, own_reach = np.divmod(worker.pairs.keys, across)
            key.append(worker.keys.keys[own_key].view(np.uint64))
            reach.append(own_reach)
            owner.append(np.full(len(own_key), number))
            pair.append(np.arange(len(own_key)))
        reaches = np.array([None, *self.prefixes.prefixes], object)[np.concatenate(reach)]
        rows = {
            "worker": np.concatenate(owner),
            "pair": np.concatenate(pair),
            "key": np.concatenate(key),
            "reach": pa.array(reaches, pa.string()),
        }
        sql.make_arrow(connection, "pairs", pa.table(rows))
        names = ["measure", *map(attribute, classify.deciding_attributes(self.program)), "reach"]
        listed = ", ".join(names)
        connection.execute(f"""
            CREATE OR REPLACE TABLE usage.combined AS
            SELECT (dense_rank() OVER (ORDER BY {listed}) - 1)::INTEGER AS combination,
                   {listed}, worker, pair
            FROM usage.pairs AS p JOIN usage.keys AS k ON k.key = p.key
        """)
        connection.execute(f"""
            CREATE OR REPLACE TABLE usage.combinations AS
            SELECT DISTINCT combination, {listed} FROM usage.combined ORDER BY combination
        """)
        for number, worker in enumerate(self.workers):
            found = connection.execute(
                f"SELECT combination FROM usage.combined WHERE worker = {number} ORDER BY pair"
            ).fetchnumpy()["combination"]
            for array, own in self.numbered:
                if own is worker:
                    array[:] = np.asarray(found, np.int32)[array]
        self.numbered.clear()
        connection.execute(
            "DROP TABLE usage.pairs; DROP TABLE usage.combined; DROP TABLE usage.keys"
        )


def open_scanner(connection: DuckDBPyConnection, program: Program, salt: int) -> Scanner:
    """Make usage.holders, the values of the book's identifiers, and get ready to read events."""
    connection.execute("""
        CREATE OR REPLACE TABLE usage.holders AS
        SELECT (row_number() OVER () - 1)::INTEGER AS holder, identifier, value
        FROM (SELECT DISTINCT identifier, value FROM book.identifiers ORDER BY identifier, value)
    """)
    holders = {}
    for name, first in connection.execute(
        "SELECT identifier, min(holder) FROM usage.holders GROUP BY identifier"
    ).fetchall():
        values = connection.sql(
            f"SELECT value FROM usage.holders WHERE identifier = {sql.text(name)} ORDER BY holder"
        ).to_arrow_table()
        holders[name] = (first, Words(values.column("value").combine_chunks()))
    prefixes = Prefixes(sorted(places.asked_prefixes(program)))
    return Scanner(
        connection,
        program,
        holders,
        prefixes,
        salt,
        tuple(_Worker(each, Pairs(len(prefixes.prefixes))) for each in _connections(connection)),
    )


def _files(readings: Sequence[Reading]) -> int:
    """Give how many numbers files may have."""
    numbers = [
        number + len(each.plain.further) if each.plain is not None else MANY
        for each in readings
        for part in each.parts
        for _, number in part.files or ((None, MANY),)
    ]
    return max(numbers, default=0)


def _next(waiting: SimpleQueue[int]) -> int | None:
    try:
        return waiting.get_nowait()
    except Empty:
        return None


def _connections(connection: DuckDBPyConnection) -> list[DuckDBPyConnection]:
    """Give connections to the same database, as many as the engine may use threads."""
    others = [connection.cursor() for _ in range(sql.threads(connection) - 1)]
    for each in others:
        each.execute("SET TimeZone = 'UTC'")
    return [connection, *others]


def make_keys(scanner: Scanner, readings: Sequence[Reading]) -> bool:
    """Make usage.keys: of each key its texts; tell whether no two combinations have one key."""
    connection, names = scanner.connection, classify.deciding_attributes(scanner.program)
    none = "".join(f", NULL::VARCHAR AS {attribute(name)}" for name in names)
    every = [f"SELECT 0::UBIGINT AS key, '' AS measure{none} WHERE false"]
    for each in readings:
        scanner.make_met(each)
        texts = "".join(
            f", {classify.column(each.attributes, name)} AS {attribute(name)}" for name in names
        )
        key, relation = scanner.key_of(each), each.kinds.relation
        every.append(f"SELECT DISTINCT {key} AS key, measure{texts} FROM ({relation})")
    connection.execute(f"CREATE OR REPLACE TABLE usage.keys AS {' UNION '.join(every)}")
    return not sql.count(connection, "SELECT count(*) - count(DISTINCT key) FROM usage.keys")
