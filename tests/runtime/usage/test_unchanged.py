"""Usage files that somebody writes to while a run reads them."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest

from runtime.usage.faults import UsageFileFault
from runtime.usage.files import match_files
from runtime.usage.rate import Progress, rate_usage
from runtime.usage.store import UsageStore
from tests.runtime.programs import connectivity_program
from tests.runtime.usage.sessions import SESSION
from tests.runtime.usage.worlds import open_book

Change = Callable[[Path, pa.Table], object]


def records() -> pa.Table:
    return pa.table({name: [text] * 9 for name, text in SESSION.items()})


def rate(path: Path, stage: str, change: Change) -> None:
    """Rate a file of nine records, which is changed when a stage begins."""
    table = records()
    writes = pq.write_table if path.suffix == ".parquet" else csv.write_csv
    writes(table, path)

    def progress(entered: str, done: int, total: int | None) -> None:
        if entered == stage:
            change(path, table)

    rate_files([path], progress)


def rate_files(paths: Sequence[Path], progress: Progress) -> None:
    program = connectivity_program()
    with open_book(()) as connection:
        rate_usage(
            connection,
            program,
            files=match_files(program, [str(path) for path in paths]),
            as_of=date(2026, 2, 1),
            previous_as_of=None,
            store=UsageStore(None),
            run=1,
            out=None if not paths else paths[0].parent / "out",
            progress=progress,
        )


def shorten(path: Path, table: pa.Table) -> None:
    pq.write_table(table.slice(0, 3), path)


def tear(path: Path, table: pa.Table) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def remove(path: Path, table: pa.Table) -> None:
    path.unlink()


def append(path: Path, table: pa.Table) -> None:
    with path.open("a") as file:
        file.write("S2,2026-01-05T00:00:00,GW-1,1,2,web,CA\n")


@pytest.mark.feature("A26", "C2")
@pytest.mark.parametrize(
    ("name", "stage", "change"),
    [
        ("a.parquet", "read files", shorten),
        ("a.parquet", "read events", tear),
        ("a.parquet", "find duplicates", remove),
        ("a.parquet", "write", shorten),
        ("a.csv", "read files", append),
    ],
)
def test_a_file_that_is_changed_while_it_is_read_stops_the_run(
    name: str, stage: str, change: Change, tmp_path: Path
) -> None:
    with pytest.raises(UsageFileFault, match=f"{name}: was changed while it was read"):
        rate(tmp_path / name, stage, change)


@pytest.mark.feature("A26")
def test_a_text_may_be_written_to_once_it_is_copied(tmp_path: Path) -> None:
    rate(tmp_path / "a.csv", "read events", append)


def test_a_run_without_usage_tells_of_no_reading() -> None:
    told: list[str] = []
    rate_files([], lambda stage, done, total: told.append(stage))
    assert told == []
