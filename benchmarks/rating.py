"""The usage side alone, from files to what lines are made of: `python -m benchmarks.rating`.

Each work runs in a process of its own; its time is that of `rate_usage`, with the compiled
loops loaded from the cache of the first run, and without making the book that stands ready.
The bare scan reads the same file in the same run and sums quantity by identifier and kind.

    python -m benchmarks.rating --events 20_000_000
    python -m benchmarks.rating --events 80_000_000 --works lines
    python -m benchmarks.rating --events 5_000_000 --formats parquet csv jsonl
    python -m benchmarks.rating --stages --events 2_000_000
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.measure import (
    Measured,
    bare_scan,
    in_process,
    print_measured,
    print_table,
)
from benchmarks.naive import records_a_second
from benchmarks.telecom.world import Size, compile_catalog, fill_book, write_usage
from runtime.engine import open_engine
from runtime.program.artifact import read_artifact, to_bytes
from runtime.usage.files import match_files
from runtime.usage.rate import rate_usage
from runtime.usage.store import UsageStore

WORKS = {
    "lines": "to lines",
    "limited": "to lines, memory_limit 1 GB",
    "records": "to lines, and every record written",
    "kept": "to lines, records written, events kept in the store",
}
NAIVE_RECORDS = 20
PROGRAM = "program.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "ratebook-bench")
    parser.add_argument("--formats", nargs="+", default=["parquet"])
    parser.add_argument("--works", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--stages", action="store_true", help="print where the time goes")
    parser.add_argument("--naive", action="store_true", help="also one record at a time")
    parser.add_argument("--work", choices=["bare", *WORKS], help="do this one, here, for JSON")
    given = parser.parse_args()
    size = Size(given.events, given.lines)
    paths = [given.data / f"telecom-{given.events}-{given.lines}.{each}" for each in given.formats]
    if given.work is not None:
        do(given.work, paths[0], given.lines, given.times, stages=given.stages)
        return
    given.data.mkdir(parents=True, exist_ok=True)
    program = compile_catalog(given.data / "telecom")
    (given.data / PROGRAM).write_bytes(to_bytes(program))
    table: list[tuple[str, Measured]] = []
    for path in paths:
        if not path.exists():
            write_usage(path, size)
        print(f"\n{given.events:,} records, {given.lines:,} lines, {path.suffix[1:]}\n", flush=True)
        shape = ["--events", str(given.events), "--lines", str(given.lines)]
        shape += ["--times", str(given.times), "--data", str(given.data)]
        shape += ["--formats", path.suffix[1:], *(["--stages"] if given.stages else [])]
        table = measure(given.works, shape)
        print_table(table, given.events, table[0][1])
    if given.naive:
        compare_naive(given.data, paths[0], size, table[1][1])


def measure(works: list[str], shape: list[str]) -> list[tuple[str, Measured]]:
    """Do the bare scan, then the works, each in a process of its own."""
    names = {"bare": "bare scan and sum", **{work: WORKS[work] for work in works}}
    return [
        (name, in_process("benchmarks.rating", [*shape, "--work", work]))
        for work, name in names.items()
    ]


def compare_naive(data: Path, path: Path, size: Size, lines: Measured) -> None:
    """Print how much quicker the engine is than one record at a time."""
    with open_engine() as connection:
        fill_book(connection, size.lines)
        program = read_artifact(data / PROGRAM)
        naive = records_a_second(connection, program, path, NAIVE_RECORDS)
    engine = size.events / lines.seconds
    print(
        f"\nOne record at a time: {naive:,.0f} records/s; the engine is "
        f"{engine / naive:,.0f} times as quick."
    )


def do(work: str, path: Path, lines: int, times: int, *, stages: bool) -> None:
    """Do one work some times, and print what it took."""
    if work == "bare":
        print_measured(lambda: bare_scan(path, "line", "quantity"), max(times, 3))
        return
    program = read_artifact(path.parent / PROGRAM)
    folder = Path(tempfile.mkdtemp(prefix="ratebook-bench-", dir=path.parent))
    with open_engine(memory_limit="1GB" if work == "limited" else None) as connection:
        fill_book(connection, lines)

        def rate() -> None:
            rate_usage(
                connection,
                program,
                files=match_files(program, [str(path)]),
                as_of=date(2026, 2, 1),
                previous_as_of=None,
                store=UsageStore(folder / "store"),
                run=1,
                out=folder / "out" if work in ("records", "kept") else None,
                keep=work == "kept",
                progress=stage_printer() if stages else None,
            )

        try:
            print_measured(rate, times)
        finally:
            shutil.rmtree(folder)


def stage_printer() -> Callable[[str, int, int | None], None]:
    """Give what prints, as a stage begins, how long the one before took."""
    last: list[tuple[str, float, float]] = []

    def enter(stage: str, _done: int, _of: int | None) -> None:
        now = (stage, time.perf_counter(), time.process_time())
        if last:
            name, started, used = last[-1]
            print(
                f"  {name:20} {now[1] - started:8.2f} s {now[2] - used:8.2f} s of processor",
                file=sys.stderr,
            )
        last.append(now)

    return enter


if __name__ == "__main__":
    main()
