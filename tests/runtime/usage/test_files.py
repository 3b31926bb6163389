"""Which feed reads which file, and what is said of a file that none reads."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runtime.usage.faults import UsageFileFault
from runtime.usage.files import match_files
from runtime.usage.rate import rate_usage
from runtime.usage.store import UsageStore
from tests.runtime.programs import connectivity_program
from tests.runtime.usage.worlds import open_book

HEADER = "record_id,started,gateway,bytes_up,bytes_down,kind,country"
LINE = "S1,2026-01-05T00:00:00,GW-1,1,2,web,CA"


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.feature("A26")
def test_files_are_sorted_and_each_is_read_once(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv"):
        write(tmp_path / name, f"{HEADER}\n{LINE}\n")
    arguments = [f"{tmp_path}/b.csv", f"{tmp_path}/*.csv", f"sessions={tmp_path}/a.csv"]
    files = match_files(connectivity_program(), arguments)
    assert [Path(each.name).name for each in files] == ["a.csv", "b.csv"]
    assert {each.feed for each in files} == {"sessions"}


def cut_parquet(folder: Path) -> str:
    path = folder / "cut.parquet"
    pq.write_table(pa.table({"record_id": ["1"] * 1000}), path)
    path.write_bytes(path.read_bytes()[:-8])
    return str(path)


FAULTS: dict[str, tuple[Callable[[Path], str], str]] = {
    "missing": (lambda folder: f"{folder}/none.csv", "no such usage file"),
    "no match": (lambda folder: f"{folder}/*.csv", "no usage file has such a name"),
    "a folder": (str, "is a folder"),
    "empty": (lambda folder: str(write(folder / "e.csv", "")), "is empty"),
    "ending": (lambda folder: str(write(folder / "e.txt", "a")), "no ending of a usage file"),
    "cut": (cut_parquet, "not a whole Parquet file"),
    "not parquet": (lambda folder: str(write(folder / "e.parquet", "id\n")), "not a whole Parquet"),
    "columns": (
        lambda folder: str(write(folder / "e.csv", HEADER.replace("gateway", "gatewy") + "\n")),
        r"the feed sessions needs the column gateway \(did you mean gatewy\?\)",
    ),
    "feed": (lambda folder: f"session={folder}/e.csv", r"no feed session \(did you mean sessions"),
    "twice": (
        lambda folder: str(write(folder / "e.csv", f"{HEADER},kind\n")),
        "has the column kind twice",
    ),
}


@pytest.mark.feature("A26", "C2")
@pytest.mark.parametrize("name", FAULTS)
def test_a_file_that_no_feed_reads_is_named_with_the_reason(name: str, tmp_path: Path) -> None:
    make, words = FAULTS[name]
    with pytest.raises(UsageFileFault, match=words):
        match_files(connectivity_program(), [make(tmp_path)])


@pytest.mark.feature("A26")
def test_a_file_that_two_feeds_read_must_be_given_one(tmp_path: Path) -> None:
    program = connectivity_program()
    other = program.feeds[0].model_copy(update={"id": "other"})
    both = program.model_copy(update={"feeds": (*program.feeds, other)})
    path = write(tmp_path / "a.csv", f"{HEADER}\n")
    with pytest.raises(UsageFileFault, match=f"say which one: sessions={path}"):
        match_files(both, [str(path)])
    assert match_files(both, [f"other={path}"])[0].feed == "other"


@pytest.mark.feature("A26", "C2")
@pytest.mark.parametrize("cut", [6, 200])
def test_a_gz_file_cut_short_stops_the_run(tmp_path: Path, cut: int) -> None:
    lines = "\n".join(f"S{n},2026-01-05T00:00:00,GW-{n * 7919},1,2,web,CA" for n in range(500))
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\n{lines}\n".encode())[:-cut])
    with open_book(()) as connection, pytest.raises(UsageFileFault, match="cut short"):
        rate_usage(
            connection,
            connectivity_program(),
            files=match_files(connectivity_program(), [str(path)]),
            as_of=date(2026, 2, 1),
            previous_as_of=None,
            store=UsageStore(None),
            run=1,
            out=None,
        )
