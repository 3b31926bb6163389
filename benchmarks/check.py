"""How long `ratebook check` takes on a large catalog: `python -m benchmarks.check`.

Each row is a whole process, as a user starts it; of several runs the best is shown, since
what else the machine does only ever adds.  The grammar's kept tables are there in each.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.catalog import write_catalog
from benchmarks.measure import Measured, command

RATEBOOK = [sys.executable, "-m", "cli.main"]
GOALS = {"help": 0.2, "check, cold": 3.0, "check, warm": 1.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--declarations", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "ratebook-bench")
    given = parser.parse_args()
    folder, cache = given.data / "catalog", given.data / "cache"
    declarations = write_catalog(folder, given.declarations, given.rows)
    os.environ["XDG_CACHE_HOME"] = str(cache)
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.ratebook")]
    lines = sum(text.count("\n") for text in texts)
    print(
        f"{declarations:,} declarations, {lines:,} lines, {len(texts):,} files, "
        f"a table of {given.rows:,} rows; the best of {given.times} runs\n"
    )
    print("| work | seconds | goal | declarations/s | rows/s | peak MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, (before, arguments) in works(folder, cache).items():
        found = best(before, arguments, given.times)
        rates = [
            "" if name == "help" else f"{count / found.seconds:,.0f}"
            for count in (declarations, given.rows)
        ]
        goal = f"{GOALS[name]:.1f}" if name in GOALS else ""
        print(
            f"| {name} | {found.seconds:.2f} | {goal} | {rates[0]} | {rates[1]} "
            f"| {found.peak:,.0f} |"
        )


def works(folder: Path, cache: Path) -> dict[str, tuple[Callable[[], None], list[str]]]:
    """What is measured: what is done before each run, and the command."""
    check = [*RATEBOOK, "check", str(folder)]

    def forget() -> None:
        shutil.rmtree(cache, ignore_errors=True)
        command([*RATEBOOK, "check", "catalogs/connectivity"])

    def keep() -> None:
        return

    program = folder.with_suffix(".json")
    return {
        "help": (keep, [*RATEBOOK, "--help"]),
        "check, cold": (forget, check),
        "check, warm": (keep, check),
        "fmt --check": (keep, [*RATEBOOK, "fmt", "--check", str(folder)]),
        "compile": (keep, [*RATEBOOK, "compile", str(folder), "--out", str(program)]),
    }


def best(before: Callable[[], None], arguments: list[str], times: int) -> Measured:
    """Run a command several times and give the fastest."""
    runs = []
    for _ in range(times):
        before()
        runs.append(command(arguments))
    return min(runs, key=lambda run: run.seconds)


if __name__ == "__main__":
    main()
