"""What the beginning of a usage file says: its format by its name, and what it holds.

Only so much is read that a feed can be found for the file; whether the rest is whole shows
when it is read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from runtime.usage.faults import UsageFileFault

Format = Literal["csv", "jsonl", "parquet"]

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
_SEPARATORS = ",;\t|"
_START_BYTES = 1_000_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UNREADABLE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file.

    Attributes:
        start: the first bytes of a text file, uncompressed.
        is_all: they are the whole file.
        columns: of a Parquet file.
    """

    format: Format
    compression: str | None
    start: bytes
    is_all: bool
    columns: tuple[str, ...]


def read_head(path: Path, otherwise: Format | None) -> Head:
    """Read a file's head; `otherwise` is its format where its name has the ending of none.

    Raises UsageFileFault where the file is missing, empty or cannot be read.
    """
    name = path.as_posix()
    if path.is_dir():
        raise UsageFileFault(f"{name}: is a folder; name its files: {name}/*")
    if not path.is_file():
        raise UsageFileFault(f"{name}: there is no such usage file")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    compression = COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    ending = suffixes[-2 if compression else -1] if len(suffixes) > bool(compression) else ""
    kind = _FORMATS.get(ending, otherwise)
    if kind is None or (kind == "parquet" and compression):
        raise UsageFileFault(
            f"{name}: has no ending of a usage file: .csv or .jsonl, with .gz or .zst or "
            "without, or .parquet"
        )
    try:
        if path.stat().st_size == 0:
            raise UsageFileFault(f"{name}: is empty")
        if kind == "parquet":
            return Head(kind, None, b"", is_all=False, columns=_parquet_columns(path))
        start = _start(path, compression)
    except OSError as fault:
        raise UsageFileFault(f"{name}: cannot be read: {fault.strerror or fault}") from fault
    is_all = len(start) < _START_BYTES
    return Head(kind, compression, start.removeprefix(_BYTE_ORDER_MARK), is_all, ())


def _parquet_columns(path: Path) -> tuple[str, ...]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return tuple(pq.read_schema(path).names)
    except pa.ArrowInvalid as fault:
        raise UsageFileFault(
            f"{path.as_posix()}: is not a whole Parquet file (its end is missing or damaged)"
        ) from fault


def _start(path: Path, compression: str | None) -> bytes:
    import pyarrow as pa

    try:
        with pa.input_stream(str(path), compression=compression) as stream:
            start: bytes = stream.read(_START_BYTES)
    except (OSError, pa.ArrowException) as fault:
        raise UsageFileFault(
            f"{path.as_posix()}: is cut short or not {compression or 'readable'}"
        ) from fault
    return start


def header_line(head: Head, encoding: str) -> str | None:
    """Give a CSV file's first line; None where it is not text in that encoding."""
    line = (_text(head, encoding).splitlines() or [""])[0]
    return None if _UNREADABLE.search(line) else line


def likely_separator(line: str) -> str:
    """Tell what parts the fields of a header line: what it has most of."""
    return max(_SEPARATORS, key=line.count)


def fields_of_line(line: str, separator: str, quote: str) -> tuple[str, ...]:
    """Split a header line into its fields."""
    return next(_rows(line, separator, quote), ())


def first_record(head: Head, encoding: str, separator: str, quote: str) -> tuple[str, ...]:
    """Give the fields of a CSV file's first record; an empty line is none."""
    rows = _rows(_text(head, encoding), separator, quote)
    return next((row for row in rows if row), ())


def _text(head: Head, encoding: str) -> str:
    """Decode a head; bytes that mean nothing become what `_UNREADABLE` finds."""
    try:
        return head.start.decode(encoding, "surrogateescape")
    except UnicodeDecodeError as fault:
        # Two bytes of a character, say, of which the head holds one.
        return head.start[: fault.start].decode(encoding, "surrogateescape")


def _rows(text: str, separator: str, quote: str) -> Iterator[tuple[str, ...]]:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    try:
        yield from (tuple(row) for row in reader)
    except csv.Error:
        return


def json_fields(head: Head) -> frozenset[str] | None:
    """Give the names of all fields of the first JSON records, those inside others with points.

    None where no line is an object.
    """
    lines = head.start.split(b"\n")
    found: set[str] = set()
    has_object = False
    for line in lines if head.is_all or len(lines) == 1 else lines[:-1]:
        try:
            # Of bytes it would guess the encoding, and take what the reader then rejects.
            record = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            has_object = True
            found.update(_names(record, ""))
    return frozenset(found) if has_object else None


def _names(record: dict[str, object], prefix: str) -> Iterator[str]:
    for name, value in record.items():
        yield prefix + name
        if isinstance(value, dict):
            yield from _names(value, f"{prefix}{name}.")
