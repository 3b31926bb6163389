"""What a run writes of each catalog: all records accounted for, and the same bytes however read.

Threads, memory, batches and the order of files change no byte.  Where files are cut into
smaller ones, only the names of files and rows change.  `make properties` asks all of this of
every catalog; the default run leaves out what takes long.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from compiler.compile import compile_folder
from runtime.bill import bill
from runtime.bill_result import BillRequest, BillResult
from runtime.usage.kernel import COMPILED_FROM

CATALOGS = Path(__file__).resolve().parents[3] / "catalogs"
BILLED = {
    "connectivity": "2026-02-01",
    "fleet": "2026-02-01",
    "voice": "2026-02-01",
    "tokens": "2023-12-01",
}
IS_HEAVY = os.environ.get("HYPOTHESIS_PROFILE") == "heavy"
LONG = {"voice"}
"""Its 29,000 prefixes take their time; tests/cli/test_catalogs.py has its identity."""

CUT = set(BILLED) if IS_HEAVY else {"fleet"}
FIGURES = {"ledger.db", "summary.json", "known"}
PLACES = ("file", "row")
"""What a record is called by in another file."""

USAGE_DETAIL = ".usage.csv"
"""How the attachments are called that list the usage of an invoice, record by record."""

DETAILED = {"fleet", "tokens", "voice"}
"""The catalogs whose invoices have such attachments."""


@pytest.fixture(scope="module", params=[each for each in BILLED if IS_HEAVY or each not in LONG])
def calm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> BillRequest:
    """A run of a catalog with its own book and usage, on one thread, that was made."""
    name = str(request.param)
    program = compile_folder(CATALOGS / name).program
    assert program is not None
    folder = tmp_path_factory.mktemp(name)
    # A payment names an invoice of an earlier run, and there is none.
    without = shutil.ignore_patterns("payments.*")
    asked = BillRequest(
        program=program,
        book=Path(shutil.copytree(CATALOGS / name / "book", folder / "book", ignore=without)),
        usage=tuple(str(path) for path in sorted((CATALOGS / name / "usage").iterdir())),
        as_of=date.fromisoformat(BILLED[name]),
        out=folder / "out",
        threads=1,
        formats=("json",),
    )
    assert isinstance(bill(asked), BillResult)
    return asked


def written(out: Path) -> dict[str, bytes]:
    """Give the bytes of all that a run writes but for its ledger and its figures."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.relative_to(out).parts[0] not in FIGURES
    }


@pytest.mark.property
@pytest.mark.feature("C2")
def test_every_record_of_every_catalog_is_accounted_for(calm: BillRequest) -> None:
    """read = rated + duplicate + skipped + rejected, and each of them stands in a file."""
    usage = json.loads((calm.out / "summary.json").read_text())["usage"]
    counts = {part: usage[part] for part in ("rated", "duplicate", "skipped", "rejected")}
    assert usage["read"] == sum(counts.values())
    print(f"{calm.program.catalog}: {usage['read']:,} read = {counts}")  # noqa: T201 - with -s
    assert usage["read"] == sum(records_in(Path(name), calm) for name in calm.usage)
    with duckdb.connect() as connection:
        ((rated,),) = connection.execute(
            "SELECT count(DISTINCT (feed, event_id)) FROM read_parquet($1)",
            [str(calm.out / "rated_usage/run=1/*/*.parquet")],
        ).fetchall()
    assert rated == counts["rated"]
    told = [
        row["disposition"]
        for path in sorted((calm.out / "exceptions" / "run=1").glob("*.csv"))
        for row in csv.DictReader(path.open(newline=""))
    ]
    for disposition in ("duplicate", "skipped", "rejected"):
        assert told.count(disposition) == counts[disposition]


def records_in(path: Path, asked: BillRequest) -> int:
    """Count the records of a file by its lines; a request of tokens is two events."""
    if path.suffix == ".parquet":
        return int(pq.read_metadata(path).num_rows)
    content = path.read_bytes()
    lines = (gzip.decompress(content) if path.suffix == ".gz" else content).splitlines()
    return (len(lines) - (".jsonl" not in path.name)) * (1 + (asked.program.catalog == "tokens"))


@pytest.mark.property
@pytest.mark.feature("C1", "C2", "C4")
def test_threads_memory_batches_and_the_order_of_files_change_no_byte(
    calm: BillRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.invoice.assemble_facts.BATCH_INVOICES", 7)
    monkeypatch.setattr("runtime.usage.scan.BATCH", 1_000)
    monkeypatch.setattr("runtime.usage.kernel.COMPILED_FROM", COMPILED_FROM // 10_000)
    stirred = replace(
        calm, out=tmp_path, threads=4, memory_limit="1GB", usage=tuple(reversed(calm.usage))
    )
    assert isinstance(bill(stirred), BillResult)
    assert written(tmp_path) == written(calm.out)


@pytest.mark.property
@pytest.mark.feature("C1", "C2", "C4")
def test_files_cut_in_two_change_nothing_but_the_names_of_places(
    calm: BillRequest, tmp_path: Path
) -> None:
    if calm.program.catalog not in CUT or any(not feed.id_fields for feed in calm.program.feeds):
        pytest.skip("not by default; and records that file and row name are others elsewhere")
    pieces = [str(cut) for name in calm.usage for cut in CUTS[ending(name)](Path(name), tmp_path)]
    parted = replace(calm, out=tmp_path / "out", usage=tuple(pieces))
    assert isinstance(bill(parted), BillResult)
    invoices = invoices_without_places(calm.out)
    has_detail = any(name.endswith(USAGE_DETAIL) for name in invoices)
    assert has_detail == (calm.program.catalog in DETAILED)
    assert invoices_without_places(parted.out) == invoices
    assert without_places(parted.out) == without_places(calm.out)


def invoices_without_places(out: Path) -> dict[str, object]:
    """Give what stands in invoices/, and of usage attachments all columns but file and row."""
    invoices = {name: body for name, body in written(out).items() if "invoices" in name}
    return {
        name: rows_without_places(body) if name.endswith(USAGE_DETAIL) else body
        for name, body in invoices.items()
    }


def rows_without_places(body: bytes) -> list[list[str]]:
    """Give the rows of a CSV file as they stand, its header first, without file and row."""
    rows = list(csv.reader(body.decode().splitlines()))
    kept = [place for place, name in enumerate(rows[0]) if name not in PLACES]
    assert len(kept) == len(rows[0]) - len(PLACES)
    return [[row[place] for place in kept] for row in rows]


def without_places(out: Path) -> list[list[tuple[object, ...]]]:
    """Give rated usage and exceptions, sorted, without file and row and where they are told."""
    with duckdb.connect() as connection:
        rated = connection.execute(
            "SELECT * EXCLUDE (file, row) FROM read_parquet($1) ORDER BY ALL",
            [str(out / "rated_usage/run=1/*/*.parquet")],
        ).fetchall()
    unrated = []
    for path in sorted((out / "exceptions" / "run=1").glob("*.csv")):
        for row in csv.DictReader(path.open(newline="")):
            row["detail"] = row["detail"].partition("; first seen")[0]
            unrated.append(tuple(text for name, text in row.items() if name not in PLACES))
    return [rated, sorted(unrated)]


def ending(name: str) -> str:
    return "parquet" if name.endswith(".parquet") else "json" if ".jsonl" in name else "csv"


def cut_text(path: Path, folder: Path, *, has_header: bool) -> list[Path]:
    """Cut a file of lines in two; nothing in these files is quoted over a line's end."""
    open_any = gzip.open if path.suffix == ".gz" else open
    with open_any(path, "rt", encoding="utf-8") as file:
        lines = file.readlines()
    head, rows = (lines[:1], lines[1:]) if has_header else ([], lines)
    half, name = len(rows) // 2, path.name.removesuffix(".gz")
    cut = []
    for number, part in enumerate((rows[:half], rows[half:])):
        cut.append(folder / f"{name.partition('.')[0]}-{number}.{name.partition('.')[2]}")
        cut[-1].write_text("".join([*head, *part]), encoding="utf-8")
    return cut


def cut_parquet(path: Path, folder: Path) -> list[Path]:
    table = pq.read_table(path)
    half = table.num_rows // 2
    cut = [folder / f"{path.stem}-{number}.parquet" for number in (0, 1)]
    pq.write_table(table.slice(0, half), cut[0])
    pq.write_table(table.slice(half), cut[1])
    return cut


CUTS: dict[str, Callable[[Path, Path], list[Path]]] = {
    "parquet": cut_parquet,
    "json": lambda path, folder: cut_text(path, folder, has_header=False),
    "csv": lambda path, folder: cut_text(path, folder, has_header=True),
}
