"""The main job: `python -m benchmarks.main_job --events 5_000_000`.

Runs `ratebook bill` as a user would, from files to posted invoices, in a process of its own,
beside a bare scan-and-sum of the same usage file.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.data import Size, write_book, write_usage
from benchmarks.measure import Measured, command, in_process, print_table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--gateways", type=int, default=2_000)
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "ratebook-bench")
    given = parser.parse_args()
    usage = given.data / f"main-{given.events}-{given.gateways}.{given.format}"
    book = given.data / f"book-{given.gateways}"
    if not usage.exists():
        write_usage(usage, Size(given.events, given.gateways))
    if not book.exists():
        write_book(book, given.gateways)
    bare = in_process("benchmarks.measure", [str(usage), "gateway", "bytes_up + bytes_down"])
    rows = [
        ("bare scan and sum", bare),
        ("ratebook bill --dry-run", bill(usage, book, given.data / "out", ["--dry-run"])),
        ("ratebook bill", bill(usage, book, given.data / "out", [])),
    ]
    print(f"{given.events:,} records, {given.gateways:,} gateways and accounts, {given.format}\n")
    print_table(rows, given.events, bare)


def bill(usage: Path, book: Path, out: Path, options: list[str]) -> Measured:
    """Run `ratebook bill` on the connectivity catalog into an empty folder."""
    if out.exists():
        shutil.rmtree(out)
    ratebook = str(Path(sys.executable).parent / "ratebook")
    return command(
        [
            *(ratebook, "bill", "catalogs/connectivity", "--book", str(book)),
            *("--usage", str(usage), "--as-of", "2026-02-01", "--out", str(out), *options),
        ]
    )


if __name__ == "__main__":
    main()
