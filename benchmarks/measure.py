"""Time and peak memory of a piece of work, each in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.engine import open_engine

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of the work (median) by the clock and of the processors, and peak memory in MB."""

    seconds: float
    peak: float
    cpu: float = 0.0


def in_process(module: str, arguments: Sequence[str]) -> Measured:
    """Run `python -m module arguments` and read the JSON line it ends with."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return Measured(found["seconds"], found["peak"], found["cpu"])


def print_measured(work: Callable[[], None], times: int) -> None:
    """Do the work and print its median times and the peak memory as JSON."""
    seconds, processor = [], []
    for _ in range(times):
        start, used = time.perf_counter(), time.process_time()
        work()
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"seconds": statistics.median(seconds), "cpu": statistics.median(processor)}
    print(json.dumps({**found, "peak": peak}))


def command(arguments: Sequence[str]) -> Measured:
    """Run a command and measure the whole of it, children included."""
    start = time.perf_counter()
    process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)}: ended with {os.waitstatus_to_exitcode(status)}")
    return Measured(
        time.perf_counter() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime
    )


def bare_scan(path: Path, identifier: str, quantity: str) -> None:
    """Scan a usage file and sum its quantity by identifier and kind, and nothing more."""
    read = {".csv": "read_csv", ".jsonl": "read_json"}.get(path.suffix, "read_parquet")
    with open_engine() as connection:
        connection.execute(f"""
            SELECT count(*), sum(quantity)
            FROM (SELECT {identifier}, kind, sum({quantity}) AS quantity
                  FROM {read}('{path}') GROUP BY {identifier}, kind)
        """).fetchall()


def print_table(rows: Sequence[tuple[str, Measured]], events: int, bare: Measured) -> None:
    """Print a table of the work, its speed, memory and ratio to the bare scan."""
    print("| work | seconds | records/s | x bare | processor s | x bare | peak MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, each in rows:
        print(
            f"| {name} | {each.seconds:.2f} | {events / each.seconds:,.0f} "
            f"| {each.seconds / bare.seconds:.1f} | {each.cpu:.2f} "
            f"| {each.cpu / bare.cpu:.1f} | {each.peak:,.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    file, *columns = sys.argv[1:]
    print_measured(lambda: bare_scan(Path(file), *columns), 3)
