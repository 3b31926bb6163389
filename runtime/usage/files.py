"""Which feed reads which usage file.

A file belongs to the one feed that reads its format and whose columns it all has; where
several do, the user says which: `feed=path`.  Names are kept as given, in posix form, and
sorted: the order of the arguments decides nothing.
"""

from __future__ import annotations

import csv
import glob
import io
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from runtime.program.model import Feed, Program
from runtime.usage.faults import UsageFileFault

_EXCEPTION_COLUMNS = ("disposition", "reason", "detail", "file", "row", "raw")

_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
_DELIMITERS = ",;\t|"
_HEADER_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class UsageFile:
    """A usage file and the feed that reads it.

    Attributes:
        name: as given, posix; names the file in lineage and exceptions.
        columns: all of the file's, in its order.
        delimiter: of a CSV file; empty for Parquet.
        is_exceptions: it is an exceptions file of an earlier run, fed again.
    """

    name: str
    path: Path
    feed: str
    format: str
    compression: str | None
    columns: tuple[str, ...]
    delimiter: str
    is_exceptions: bool


def exception_columns(feed: Feed) -> dict[str, str]:
    """Give the columns that an exceptions file has after its feed's own, and their names in it.

    Where the feed has a column of the same name, ours is called `exception_...`.
    """
    events = ("event",) if feed.events[0].name is not None else ()
    return {
        name: f"exception_{name}" if name in feed.columns else name
        for name in (*_EXCEPTION_COLUMNS, *events)
    }


def known_name(name: str) -> str:
    """Give what of a file's name tells it from others: not its folder, nor its compression."""
    path = PurePosixPath(name)
    return path.stem if path.suffix in _COMPRESSIONS else path.name


@dataclass(frozen=True, slots=True)
class _Header:
    format: str
    compression: str | None
    columns: tuple[str, ...]
    delimiter: str


def match_files(program: Program, arguments: Sequence[str]) -> tuple[UsageFile, ...]:
    """Give the usage files that paths, globs and `feed=path` name, sorted by name.

    Raises UsageFileFault where a file is missing, empty or not readable, or where no feed
    or more than one reads it.
    """
    found: dict[str, UsageFile] = {}
    for argument in arguments:
        feed, pattern = _split_argument(program, argument)
        for path in _expand(pattern):
            each = _match(program, path, feed)
            known = found.setdefault(each.name, each)
            if known.feed != each.feed:
                raise UsageFileFault(
                    f"{each.name}: is given to the feeds {known.feed} and {each.feed}"
                )
    return tuple(found[name] for name in sorted(found))


def _split_argument(program: Program, argument: str) -> tuple[str | None, str]:
    prefix, equals, rest = argument.partition("=")
    if not equals or not prefix.isidentifier() or Path(argument).exists():
        return None, argument
    feeds = [feed.id for feed in program.feeds]
    if prefix not in feeds:
        raise UsageFileFault(
            f"{argument}: the catalog has no feed {prefix}{_did_you_mean(prefix, feeds)}"
        )
    return prefix, rest


def _expand(pattern: str) -> list[Path]:
    if Path(pattern).exists() or not glob.has_magic(pattern):
        return [Path(pattern)]
    # glob.glob keeps a pattern as it was typed, absolute or not; Path.glob does not.
    paths = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207
    files = [Path(path) for path in paths if Path(path).is_file()]
    if not files:
        raise UsageFileFault(f"{pattern}: no usage file has such a name")
    return files


def _match(program: Program, path: Path, given: str | None) -> UsageFile:
    name = path.as_posix()
    header = _read_header(path)
    feeds = [feed for feed in program.feeds if given in (None, feed.id)]
    readers = [feed for feed in feeds if header.format in feed.formats]
    fitting = [feed for feed in readers if set(feed.columns) <= set(header.columns)]
    if not readers:
        read = sorted({kind for feed in feeds for kind in feed.formats})
        whose = f"the feed {given} reads" if given else "the catalog's feeds read"
        raise UsageFileFault(
            f"{name}: is {header.format}, and {whose} {' and '.join(read) or 'nothing'}"
        )
    if not fitting:
        raise UsageFileFault(_missing_columns(name, header.columns, readers))
    if len(fitting) > 1:
        ids = " and ".join(feed.id for feed in fitting)
        raise UsageFileFault(f"{name}: fits the feeds {ids}; say which one: {fitting[0].id}={name}")
    return UsageFile(
        name=name,
        path=path,
        feed=fitting[0].id,
        format=header.format,
        compression=header.compression,
        columns=header.columns,
        delimiter=header.delimiter,
        is_exceptions=set(exception_columns(fitting[0]).values()) <= set(header.columns),
    )


def _missing_columns(name: str, columns: tuple[str, ...], readers: list[Feed]) -> str:
    nearest = min(readers, key=lambda feed: len(set(feed.columns) - set(columns)))
    missing = [column for column in nearest.columns if column not in columns]
    unused = [column for column in columns if column not in nearest.columns]
    named = ", ".join(f"{column}{_did_you_mean(column, unused)}" for column in missing)
    word = "column" if len(missing) == 1 else "columns"
    return f"{name}: fits no feed; the feed {nearest.id} needs the {word} {named}"


def _did_you_mean(word: str, choices: Sequence[str]) -> str:
    close = get_close_matches(word, choices, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _read_header(path: Path) -> _Header:
    name = path.as_posix()
    if path.is_dir():
        raise UsageFileFault(f"{name}: is a folder; name its files: {name}/*")
    if not path.is_file():
        raise UsageFileFault(f"{name}: there is no such usage file")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    compression = _COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    kind = suffixes[-2 if compression else -1] if len(suffixes) > bool(compression) else ""
    try:
        if path.stat().st_size == 0:
            raise UsageFileFault(f"{name}: is empty")
        if kind == ".parquet" and not compression:
            return _parquet_header(path)
        if kind in (".csv", ".tsv"):
            return _csv_header(path, compression)
    except OSError as fault:
        raise UsageFileFault(f"{name}: cannot be read: {fault.strerror or fault}") from fault
    raise UsageFileFault(
        f"{name}: has no ending of a usage file: .csv, .csv.gz, .csv.zst or .parquet"
    )


def _parquet_header(path: Path) -> _Header:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        columns = tuple(pq.read_schema(path).names)
    except pa.ArrowInvalid as fault:
        raise UsageFileFault(
            f"{path.as_posix()}: is not a whole Parquet file (its end is missing or damaged)"
        ) from fault
    return _Header("parquet", None, columns, "")


def _csv_header(path: Path, compression: str | None) -> _Header:
    name = path.as_posix()
    line = _first_line(path, compression)
    if not line.strip():
        raise UsageFileFault(f"{name}: has no header line")
    delimiter = max(_DELIMITERS, key=line.count)
    columns = tuple(next(csv.reader(io.StringIO(line), delimiter=delimiter, strict=False)))
    twice = [column for column in columns if columns.count(column) > 1]
    if twice:
        raise UsageFileFault(f"{name}: has the column {twice[0]} twice")
    return _Header("csv", compression, columns, delimiter)


def _first_line(path: Path, compression: str | None) -> str:
    import pyarrow as pa

    try:
        with pa.input_stream(str(path), compression=compression) as stream:
            start: bytes = stream.read(_HEADER_BYTES)
    except (OSError, pa.ArrowException) as fault:
        raise UsageFileFault(
            f"{path.as_posix()}: is cut short or not {compression or 'readable'}"
        ) from fault
    lines = start.removeprefix(b"\xef\xbb\xbf").splitlines()
    try:
        return lines[0].decode() if lines else ""
    except UnicodeDecodeError as fault:
        raise UsageFileFault(f"{path.as_posix()}: its header is not UTF-8 text") from fault
