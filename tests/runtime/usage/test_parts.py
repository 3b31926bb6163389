"""Files are read part by part, side by side, and no result depends on how they are cut."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runtime.engine import open_engine
from runtime.usage import parts
from runtime.usage.parts import cut_files
from runtime.usage.readings import Reading
from runtime.usage.scan import Scanner
from tests.runtime.usage.test_feeds import PLACE_FEED, Runs, program_of, values, write_places

pytestmark = pytest.mark.feature("A13", "D4")

EVENTS_FEED = """\
feed calls {
  format     parquet
  id         id
  at         at
  service    key
  attribute  kind
  event input when not input is missing {
    quantity   input in token
  }
  event output when not output is missing {
    quantity   output in token
  }
  skip when  kind == "probe"
}
"""
KINDS_FEED = """\
feed calls {
  format     parquet
  id         id
  at         at
  service    key
  attribute  kind
  event input when kind == "a" or kind == "b" {
    quantity   input in token
  }
  event output when kind == "c" {
    quantity   input in second
  }
  skip when  kind == "probe"
}
"""


def write(path: Path, records: int, group: int) -> Path:
    table = pa.table({"n": pa.array(range(records), pa.int64())})
    pq.write_table(table, path, row_group_size=group)
    return path


def test_parts_have_every_record_once_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART", 1000)
    paths = [
        write(tmp_path / "a.parquet", 900, 300),
        write(tmp_path / "none.parquet", 0, 300),
        write(tmp_path / "b.parquet", 100, 300),
        write(tmp_path / "large [1-3].parquet", 3500, 300),
        write(tmp_path / "one.parquet", 2500, 2500),
        write(tmp_path / "c.parquet", 50, 300),
    ]
    with open_engine() as connection:
        found = cut_files(connection, paths)
    assert [(each.first, each.end, each.records, each.rows) for each in found] == [
        (0, 3, 1000, None),
        (3, 4, 900, (0, 900)),
        (3, 4, 900, (900, 1800)),
        (3, 4, 900, (1800, 2700)),
        (3, 4, 800, (2700, 3500)),
        (4, 5, 2500, (0, 2500)),
        (5, 6, 50, None),
    ]


def write_usage(folder: Path, records: int) -> list[Path]:
    """Write two files of records, some of which are wrong, probes, repeated, or two events."""
    draw = random.Random(4)
    paths = []
    for name in ("a", "b"):
        rows = [
            {
                "id": f"r{draw.randrange(records * 3)}" if draw.random() < 0.999 else None,
                "at": f"2026-01-{draw.randrange(1, 32):02}T10:00:00",
                "key": draw.choice(["k1"] * 20 + ["", "nobody"]),
                "kind": draw.choice(["a", "b", "c", "probe", "", None, "é"]),
                "input": draw.choice(["1", "20", "x", "", None, "-1"]),
                "output": draw.choice(["3", "", None]),
            }
            for _ in range(records)
        ]
        paths.append(folder / f"{name}.parquet")
        pq.write_table(pa.Table.from_pylist(rows), paths[-1], row_group_size=2_500)
    return paths


@pytest.mark.parametrize("feed", [EVENTS_FEED, KINDS_FEED])
def test_no_result_depends_on_how_files_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, feed: str
) -> None:
    files = write_usage(tmp_path, 15_000)
    found = []
    for part, threads in ((10**6, 1), (2_500, 3)):
        monkeypatch.setattr(parts, "PART", part)
        (tmp_path / str(part)).mkdir()
        runs = Runs(tmp_path / str(part), program_of(feed))
        report = runs.rate(*files, threads=threads)
        rows = values(runs.stored(), "file_name", "row", "event_id", "quantity")
        found.append((report, rows, runs.exceptions()))
    assert found[0] == found[1]
    assert found[0][0].rated > 1000
    assert found[0][0].duplicate > 50


def test_records_known_by_their_row_are_so_in_every_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART", 5_000)
    rows = [
        "too,few" if number % 100 == 0 else f"2026-01-05T00:00:00,k1,{number},a"
        for number in range(9_000)
    ]
    files = [write_places(tmp_path / f"{name}.csv", *rows) for name in ("a", "b", "c")]
    runs = Runs(tmp_path, program_of(PLACE_FEED))
    report = runs.rate(*files, threads=3)
    records = [number + 1 for number in range(9_000) if number % 100]
    assert report.rated == 3 * len(records)
    assert values(runs.stored(), "row", "event_id", "quantity") == [
        (row, f"{path.name}\x1f{row}", row - 1) for path in files for row in records
    ]


def test_a_part_that_cannot_be_read_stops_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART", 2_500)
    files = write_usage(tmp_path, 15_000)
    read: list[int] = []

    def fill(*arguments: object) -> None:
        read.append(len(read))
        raise ValueError("no room")

    monkeypatch.setattr(Scanner, "_fill", fill)
    with pytest.raises(ValueError, match="no room"):
        Runs(tmp_path, program_of(EVENTS_FEED)).rate(*files, threads=2)
    assert len(read) <= 4


def test_two_kinds_of_one_hash_are_read_again_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = write_usage(tmp_path, 1_000)
    right = Runs(tmp_path / "right", program_of(KINDS_FEED)).rate(*files)
    salts: list[int] = []
    hashed = Scanner.key_of

    def key_of(scanner: Scanner, reading: Reading) -> str:
        salts.append(scanner.salt)
        return "hash(0)" if scanner.salt == 0 else hashed(scanner, reading)

    monkeypatch.setattr(Scanner, "key_of", key_of)
    assert Runs(tmp_path / "again", program_of(KINDS_FEED)).rate(*files) == right
    assert sorted(set(salts)) == [0, 1]


ALIKE_FEEDS = """\
feed calls {
  format     csv
  id         call
  at         at
  service    key
  quantity   used in second
}
feed requests {
  format     csv
  id         request
  at         at
  service    key
  quantity   used in token
}
feed mixed {
  format     csv
  id         record
  at         at
  service    key
  event input when not input is missing {
    quantity   input in token
  }
  event output when not output is missing {
    quantity   output in second
  }
}
"""


@pytest.mark.feature("A26")
@pytest.mark.parametrize("times", [1, 30_000])
def test_feeds_whose_records_look_alike_are_of_different_measures(
    tmp_path: Path, times: int
) -> None:
    def write_feed(name: str, header: str, used: str) -> Path:
        rows = (f"{name}{number},2026-01-05T00:00:00,k1,{used}" for number in range(times))
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join([header, *rows]) + "\n")
        return path

    runs = Runs(tmp_path, program_of(ALIKE_FEEDS))
    report = runs.rate(
        write_feed("a", "call,at,key,used", "60"),
        write_feed("b", "request,at,key,used", "7"),
        write_feed("c", "record,at,key,input,output", "5,2"),
    )
    assert (report.rated, report.read) == (4 * times, 4 * times)
    rows = pq.read_table(tmp_path / "out" / "rated_usage" / "run=1").to_pylist()
    found = {(row["event_id"][0], row["usage_class"], row["quantity"]) for row in rows}
    assert found == {
        ("a", "seconds", 60),
        ("b", "tokens", 7),
        ("c", "tokens", 5),
        ("c", "seconds", 2),
    }
