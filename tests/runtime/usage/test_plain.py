"""Plain records are read by loops over columns, and all others by the feed's SQL: to one end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from duckdb import DuckDBPyConnection

from runtime.program.model import Program
from runtime.usage import loops, plain, plain_loops, rate, readings, repeat_loops, tied
from runtime.usage.loops import NONE
from runtime.usage.mediate import Part
from runtime.usage.repeats import Known, suspects
from runtime.usage.scanned import Scan
from runtime.usage.words import Pairs, Words, hash_texts, text_buffers, validity
from tests.runtime.usage.test_feeds import Runs, program_of

pytestmark = pytest.mark.feature("A13", "D4")

FEED = """\
feed calls {
  format     parquet
  id         id
  at         at
  service    key
  attribute  kind
  event input when kind == "a" or kind == "é" {
    quantity   amount in token
  }
  event output when kind == "c" {
    quantity   amount in minute
  }
  skip when  kind == "probe" or note == "skip"
}
"""
ONE_EVENT = """\
feed calls {
  format     parquet
  id         id
  at         at
  service    key
  quantity   amount in token
  attribute  kind
}
"""
IDS = ("r1", "r2", "r3", "", None, "é", "r" * 300, "\x1f", "r1\x1finput")
KEYS = ("k1", "k2", "", None, "é", "k" * 40, "k1 ")
KINDS = ("a", "c", "é", "", None, "probe", "zz")
TEXT_TIMES = (
    *("2026-01-05T00:00:00", "2026-01-05 23:59:59", "2026-01-05T00:00:00Z", "2026-02-29T00:00:00"),
    *("2026-01-05T00:00:00.5", "2026-01-05T00:00:00.123456Z", "2026-01-05T00:00:00.1234567"),
    *("2026-01-05T00:00:00+05:00", "2026-01-05T24:00:00", "2026-13-05T00:00:00", "", None),
    *("2024-02-29T12:00:00", "1900-02-29T12:00:00", "1890-01-01T00:00:00", "2026-01-05T00:00:60"),
    *("2026-01-05 00:00:00Z", "2026-03-08T02:30:00", "2026-11-01T01:30:00", "2026-01-05"),
    *("é026-01-05T00:00:00", "infinity", "9999-12-31T00:00:00", "2026-01-05T00:00:00."),
)
TEXT_NUMBERS = (
    *("1", "0", "007", "-1", "+5", "5.0", "5.5", "1e3", "", None, "x", "١", " 5", "00"),
    *("999999999999999999", "9223372036854775807", "9223372036854775808", "153722867280912931"),
)
TIMES = tuple(
    each and datetime.fromisoformat(each)
    for each in (
        *("2026-01-05T00:00:00", "2026-03-08T02:30:00", "2026-11-01T01:30:00", None),
        *("0001-01-01T00:00:00", "1900-01-01T00:00:00", "9998-12-31T00:00:00"),
        *("9999-12-31T00:00:00", "2024-12-31T23:59:59.999999", "2026-12-31T23:59:59.999999"),
    )
)
NUMBERS = (1, 0, -1, None, 2**63 - 1, -(2**63), 153_722_867_280_912_930, 153_722_867_280_912_931)


@dataclass(frozen=True, slots=True)
class Found:
    """What a run made of a file: of each event all that is known, and what was refused."""

    events: dict[str, list[int]]
    report: object
    stored: list[dict[str, object]]
    refused: list[dict[str, str]]


def rows_of(times: tuple[Any, ...], numbers: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Give usual records, each with one or two unusual fields."""
    usual = {"id": "r", "at": times[0], "key": "k1", "kind": "a", "amount": numbers[0], "note": ""}
    odd: dict[str, tuple[Any, ...]] = {
        "id": IDS,
        "key": KEYS,
        "kind": KINDS,
        "at": times,
        "amount": numbers,
        "note": ("skip", None),
    }
    rows = [{**usual, "id": f"u{number}"} for number in range(40)]
    rows += [
        {**usual, name: value, "id": f"{name}{n}"}
        for name in odd
        for n, value in enumerate(odd[name])
    ]
    rows += [{**usual, "id": value} for value in IDS * 2]
    for number, (kind, amount) in enumerate(product(KINDS, numbers)):
        rows.append({**usual, "id": f"p{number}", "kind": kind, "amount": amount})
    for number, (key, at) in enumerate(product(KEYS, times)):
        rows.append({**usual, "id": f"q{number}", "key": key, "at": at})
    return rows


def write(path: Path, rows: list[dict[str, Any]], types: dict[str, pa.DataType]) -> Path:
    schema = pa.schema([(name, types.get(name, pa.string())) for name in rows[0]])
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema), path, row_group_size=97)
    return path


def run(folder: Path, feed: str, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> Found:
    events: dict[str, list[int]] = {}

    def seen(connection: DuckDBPyConnection, program: Program, scan: Scan, fresh: int) -> tied.Tied:
        for name in ("file", "position", "instant", "quantity", "reason", "holder", "combination"):
            events[name] = getattr(scan, name).tolist()
        return tied.tie(connection, program, scan, fresh)

    with monkeypatch.context() as patched:
        patched.setattr(rate, "tie", seen)
        program = program_of(feed)
        zone = "America/Toronto" if feed == ONE_EVENT else "UTC"
        feeds = tuple(each.model_copy(update={"timezone": zone}) for each in program.feeds)
        runs = Runs(folder, program.model_copy(update={"feeds": feeds}))
        report = runs.rate(*files)
    refused = runs.exceptions() if runs.exceptions_file.exists() else []
    return Found(events, report, runs.stored(), refused)


SHAPES: tuple[tuple[str, tuple[Any, ...], tuple[Any, ...], dict[str, pa.DataType]], ...] = (
    (FEED, TEXT_TIMES, TEXT_NUMBERS, {}),
    (FEED, TIMES, NUMBERS, {"at": pa.timestamp("us"), "amount": pa.int64()}),
    (ONE_EVENT, TEXT_TIMES, NUMBERS, {"amount": pa.int64()}),
    (
        ONE_EVENT,
        TIMES,
        (1, 0, -1, None, 2**31 - 1),
        {"at": pa.timestamp("us"), "amount": pa.int32()},
    ),
    (
        ONE_EVENT,
        tuple(each and each.replace(tzinfo=UTC) for each in TIMES),
        TEXT_NUMBERS,
        {"at": pa.timestamp("us", "UTC")},
    ),
)


@pytest.mark.parametrize("shape", range(len(SHAPES)))
def test_both_ways_say_the_same_of_every_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: int
) -> None:
    feed, times, numbers, types = SHAPES[shape]
    rows = rows_of(times, numbers)
    files = [
        write(tmp_path / name, rows[cut:], types)
        for cut, name in ((0, "a.parquet"), (150, "b.parquet"))
    ]
    plainly: list[object] = []
    batches_of = plain.batches_of

    def noted(
        shape: plain.Plain, part: Part, size: int
    ) -> Iterator[tuple[pa.RecordBatch, int, int]]:
        plainly.append(part)
        return batches_of(shape, part, size)

    monkeypatch.setattr("runtime.usage.scan.batches_of", noted)
    fast = run(tmp_path / "fast", feed, files, monkeypatch)
    assert plainly
    monkeypatch.setattr(readings, "plain_of", lambda *_, **__: None)
    assert run(tmp_path / "slow", feed, files, monkeypatch) == fast
    assert len(set(fast.events["reason"])) > 5


@pytest.mark.parametrize(
    "types",
    [
        {"at": pa.timestamp("ns"), "amount": pa.int64()},
        {"key": pa.large_string(), "at": pa.timestamp("us"), "amount": pa.int64()},
        {"kind": pa.dictionary(pa.int8(), pa.string()), "at": pa.timestamp("us")},
    ],
)
def test_files_of_other_types_are_read_by_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, types: dict[str, pa.DataType]
) -> None:
    rows = [
        {"id": f"r{n}", "at": TIMES[0], "key": "k1", "kind": "ac"[n % 2], "amount": n}
        for n in range(200)
    ]
    if "amount" not in types:
        rows = [{**row, "amount": str(row["amount"])} for row in rows]
    files = [write(tmp_path / "a.parquet", [{**row, "note": ""} for row in rows], types)]
    fast = run(tmp_path / "fast", FEED, files, monkeypatch)
    monkeypatch.setattr(readings, "plain_of", lambda *_, **__: None)
    assert run(tmp_path / "slow", FEED, files, monkeypatch) == fast
    assert fast.events["reason"] == [0] * 200


def test_records_of_too_many_kinds_are_read_by_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "MOST_KINDS", 10)
    rows = [
        {"id": f"r{n}", "at": TIMES[0], "key": "k1", "kind": "ac"[n % 2], "amount": n}
        for n in range(300)
    ]
    for n, row in enumerate(rows):
        row["note"] = f"note {n}" if n >= 97 else ""
    types = {"at": pa.timestamp("us"), "amount": pa.int64()}
    files = [write(tmp_path / "a.parquet", rows, types)]
    fast = run(tmp_path / "fast", FEED, files, monkeypatch)
    monkeypatch.setattr(readings, "plain_of", lambda *_, **__: None)
    assert run(tmp_path / "slow", FEED, files, monkeypatch) == fast


def columns() -> list[tuple[Any, list[Any], list[Any]]]:
    """Give each loop with columns that it may be given, and what it fills."""
    starts, shifts = np.array([0, 10**15, 2 * 10**15]), np.array([5, 7])
    times = pa.array([None, -1, 0, 10**15, 10**15 - 1, 2 * 10**15], pa.int64())
    texts = pa.array([*IDS, *KEYS, *TEXT_TIMES, *TEXT_NUMBERS], pa.string())
    size = len(texts)
    kind = np.arange(size, dtype=np.int32) % 2
    more = np.array([plain_loops.further_text(each) for each in (b"", b"\x1finput")]).T.copy()
    return [
        (plain_loops.hash_texts, [*text_buffers(texts)], [np.zeros(size, np.int64)]),
        (plain_loops.finish_hashes, [kind, *more], [np.arange(size) * (2**57 + 1)]),
        (
            plain_loops.read_times,
            [*text_buffers(texts), starts, shifts],
            [np.zeros(size, np.int64)],
        ),
        (plain_loops.read_wholes, [*text_buffers(texts)], [np.zeros(size, np.int64)]),
        (
            plain_loops.shift_times,
            [np.asarray(times.fill_null(3)), validity(times), starts, shifts],
            [np.zeros(6, np.int64)],
        ),
    ]


def test_compiled_loops_do_as_the_interpreter_does() -> None:
    for loop, given, made in columns():
        size = len(made[0])
        lists = [each.tolist() for each in made]
        loop(0, size, *(each.tolist() for each in given), *lists)
        loops.compiled(loop)(0, size, *given, *made)
        assert [each.tolist() for each in made] == lists, loop


def test_an_id_and_what_its_event_adds_have_the_hash_of_both() -> None:
    found = []
    for text, further in (("r1\x1fin", b""), ("r1", b"\x1fin")):
        hashes = np.zeros(1, np.int64)
        hash_texts(pa.array([text]), hashes, [further])
        found.append(int(hashes[0]))
    assert found[0] == found[1]


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize("longest", [15, 16])
def test_words_are_found_by_all_their_bytes(
    monkeypatch: pytest.MonkeyPatch, longest: int, *, is_compiled: bool
) -> None:
    texts = [mark * size for mark in ("a", "\x00", "é", "\U0010ffff") for size in range(20)]
    texts += [f"{number:0{size}}" for size in (7, 8, 9, 15) for number in range(60)]
    texts = [each for each in dict.fromkeys(texts) if len(each.encode()) <= longest]
    known = texts[::2]
    asked = pa.array([*texts, None, "a" * 40, *texts], pa.string())[1:]
    if is_compiled:
        monkeypatch.setattr("runtime.usage.kernel.COMPILED_FROM", 0)
    found = np.zeros(len(asked), np.int32)
    Words(pa.array(known)).find(asked, found)
    numbers = {text: number for number, text in enumerate(known)}
    assert found.tolist() == [numbers.get(text or "", NONE) for text in asked.to_pylist()]


def test_no_hash_that_repeats_is_left_out() -> None:
    draw = np.random.default_rng(1)
    hashes = draw.integers(0, 1 << 62, 60_000)
    hashes[40_000:40_500] = hashes[:500]
    hashes[59_999] = hashes[59_998]
    kept = hashes & ((1 << repeat_loops.KEPT) - 1)
    values, counts = np.unique(kept, return_counts=True)
    found = [suspects(hashes, threads) for threads in (1, 3)]
    assert np.array_equal(np.sort(found[0]), np.sort(found[1]))
    assert set(values[counts > 1].tolist()) <= set(found[0].tolist()) < set(values.tolist())
    assert len(found[0]) < 4_000
    marks = Known.of(hashes[:30_000], 2).marks(hashes, 2)
    assert marks[:30_000].all()
    assert marks[40_000:40_500].all()
    assert not marks.all()


@pytest.mark.parametrize("most", [1 << 22, 40])
def test_pairs_have_the_number_of_when_they_were_first_met(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("runtime.usage.words._MOST_CELLS", most)
    pairs = Pairs(9)
    seen: dict[tuple[int, int], int] = {}
    for rows in ([0], [0, 1], [0, 1, 7, 3]):
        code = np.array([0, 0, len(rows) - 1, 0, len(rows) - 1], np.int32)
        reach = np.array([NONE, 8, 8, 8, 3], np.int32)
        numbers = np.zeros(5, np.int32)
        kinds = np.arange(len(rows), dtype=np.int32)
        kind = pairs.number(code, kinds, np.array(rows, np.int32), reach, numbers)
        assert kind.tolist() == code.tolist()
        for own, far, number in zip(code.tolist(), reach.tolist(), numbers.tolist(), strict=True):
            assert seen.setdefault((rows[own], far), number) == number
    assert sorted(seen.values()) == list(range(len(seen)))
    assert pairs.keys.tolist() == [key * 10 + far + 1 for key, far in seen]
