"""What the scripts that make books and usage share: choices, files, and the comparison.

Nothing is random: each value is a hash of its row's number, so that a larger file is made
of the same customers, and every machine makes the same one.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]


def mixed(stream: int, numbers: Words) -> Words:
    """Hash row numbers to 64 evenly spread bits (splitmix64), one stream a column."""
    with np.errstate(over="ignore"):
        z = numbers + np.uint64(stream) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def pick(stream: int, number: int, size: int) -> int:
    """Pick one of `size` for a row of the book."""
    return int(mixed(stream, np.array([number + 1], dtype=np.uint64))[0] % np.uint64(size))


def write_rows(
    path: Path, header: str, rows: Iterable[Sequence[object]], *, separator: str = ","
) -> None:
    """Write a CSV file, packed where its name ends with .gz; an empty cell for None."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    content = text.getvalue().encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def differing(here: Path, make: Callable[[Path], None]) -> list[str]:
    """Name the files beside a script that differ from what it makes into an empty folder."""
    with tempfile.TemporaryDirectory() as made:
        make(Path(made))
        return [
            str(path.relative_to(made))
            for path in sorted(Path(made).rglob("*.*"))
            if not (committed := here / path.relative_to(made)).exists()
            or _content(path) != _content(committed)
        ]


def _content(path: Path) -> bytes:
    """Give a file's bytes, unpacked: packing differs from one zlib to the next."""
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def run(
    here: Path,
    about: str,
    write_book: Callable[[Path], None],
    write_usage: Callable[[Path, int], None],
    records: int,
    write_tables: Callable[[Path], None] | None = None,
) -> int:
    """Do what the command line asks; 1 where `--check` found a difference.

    Args:
        here: the script's folder.
        about: what the script makes, in a line.
        write_book: writes the book into a folder.
        write_usage: writes so many records into a folder.
        records: how many the committed usage holds.
        write_tables: writes the catalog's tables beside its text, where it has any.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--book", type=Path, help="folder to write the book to")
    parser.add_argument("--usage", type=Path, help="folder to write the usage files to")
    parser.add_argument("--records", type=lambda text: int(text.replace("_", "")), default=records)
    parser.add_argument("--check", action="store_true", help="compare with what is committed")
    if write_tables:
        parser.add_argument("--tables", type=Path, help="folder to write the tables to")
    asked = parser.parse_args()

    def make(folder: Path) -> None:
        if write_tables:
            write_tables(folder)
        write_book(folder / "book")
        write_usage(folder / "usage", records)

    if write_tables and asked.tables:
        write_tables(asked.tables)
    if asked.book:
        write_book(asked.book)
    if asked.usage:
        write_usage(asked.usage, asked.records)
    stale = differing(here, make) if asked.check else []
    for name in stale:
        sys.stderr.write(f"{name}: differs from what generate.py makes\n")
    return 1 if stale else 0
