"""Which feed reads which usage file.

A file belongs to the one feed that reads its format and whose fields it all has; where
several do, the user says which: `feed=path`.  Names are kept as given, in posix form, and
sorted: the order of the arguments decides nothing.
"""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import assert_never

from runtime.program.model import Feed, FeedDialect, Program
from runtime.usage import expressions
from runtime.usage.faults import UsageFileFault
from runtime.usage.heads import (
    COMPRESSIONS,
    Format,
    Head,
    fields_of_line,
    first_record,
    header_line,
    json_fields,
    likely_separator,
    read_head,
)

_EXCEPTION_COLUMNS = ("disposition", "reason", "detail", "file", "row", "raw")
_EVENT_ID = "event_id"
"""What exceptions files of before it was written lack."""

Mark = tuple[int, int, int, int] | None
"""What tells a file from what it was, and from another in its place; None: it is gone."""

_PLAIN = FeedDialect(separator=",")
"""How exceptions files are written, whatever their feed reads."""


@dataclass(frozen=True, slots=True)
class UsageFile:
    """A usage file and the feed that reads it.

    Attributes:
        name: as given, posix; names the file in lineage and exceptions.
        columns: all of the file's, in its order; none of JSON.
        dialect: how the file is written, if it is CSV; its separator is known.
        has_header: its first line names its columns.
        is_exceptions: it is an exceptions file of an earlier run, fed again.
        mark: `mark_of` it, from before it was looked at.
    """

    name: str
    path: Path
    feed: str
    format: Format
    compression: str | None
    columns: tuple[str, ...]
    dialect: FeedDialect
    has_header: bool
    is_exceptions: bool
    mark: Mark = field(compare=False)

    @property
    def separator(self) -> str:
        """What parts the fields of a CSV file."""
        assert self.dialect.separator is not None
        return self.dialect.separator


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a feed reads a file."""

    feed: Feed
    columns: tuple[str, ...]
    dialect: FeedDialect = _PLAIN
    has_header: bool = True
    is_exceptions: bool = False


@dataclass(frozen=True, slots=True)
class _Misfit:
    """Why a feed does not read a file, and how far it is from doing so."""

    feed: Feed
    distance: int
    reason: str


def exception_columns(feed: Feed) -> dict[str, str]:
    """Give the columns that an exceptions file has after its feed's own, and their names in it.

    Where the feed has a column of the same name, ours is called `exception_...`.
    """
    events = ("event",) if feed.events[0].name is not None else ()
    return {
        name: f"exception_{name}" if name in feed.columns else name
        for name in (*_EXCEPTION_COLUMNS, *events, _EVENT_ID)
    }


def known_name(name: str) -> str:
    """Give what of a file's name tells it from others: not its folder, nor its compression."""
    path = PurePosixPath(name)
    return path.stem if path.suffix in COMPRESSIONS else path.name


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
    files = tuple(found[name] for name in sorted(found))
    _refuse_same_names(program, files)
    return files


def _refuse_same_names(program: Program, files: Sequence[UsageFile]) -> None:
    """Stop where records that are known by file and row could be taken for each other."""
    without_id = {feed.id for feed in program.feeds if not feed.id_fields}
    seen: dict[tuple[str, str], str] = {}
    for file in files:
        if file.feed in without_id and not file.is_exceptions:
            other = seen.setdefault((file.feed, known_name(file.name)), file.name)
            if other != file.name:
                raise UsageFileFault(
                    f"{file.name}: is called as {other} is, and the feed {file.feed} knows its "
                    "records by file and row; give one of them another name"
                )


def _split_argument(program: Program, argument: str) -> tuple[Feed | None, str]:
    prefix, equals, rest = argument.partition("=")
    if not equals or not prefix.isidentifier() or Path(argument).exists():
        return None, argument
    feeds = {feed.id: feed for feed in program.feeds}
    if prefix not in feeds:
        raise UsageFileFault(
            f"{argument}: the catalog has no feed {prefix}{_did_you_mean(prefix, tuple(feeds))}"
        )
    return feeds[prefix], rest


def _expand(pattern: str) -> list[Path]:
    if Path(pattern).exists() or not glob.has_magic(pattern):
        return [Path(pattern)]
    # glob.glob keeps a pattern as it was typed, absolute or not; Path.glob does not.
    paths = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207
    files = [Path(path) for path in paths if Path(path).is_file()]
    if not files:
        raise UsageFileFault(f"{pattern}: no usage file has such a name")
    return files


def _match(program: Program, path: Path, given: Feed | None) -> UsageFile:
    name, mark = path.as_posix(), mark_of(path)
    feeds = program.feeds if given is None else (given,)
    head = read_head(path, None if given is None else _text_format(given))
    fits = _exception_fits(head, feeds)
    if not fits:
        readers = [feed for feed in feeds if head.format in feed.formats]
        if not readers:
            read = sorted({kind for feed in feeds for kind in feed.formats})
            whose = f"the feed {given.id} reads" if given else "the catalog's feeds read"
            raise UsageFileFault(
                f"{name}: is {head.format}, and {whose} {' and '.join(read) or 'nothing'}"
            )
        tried = [_try(head, feed) for feed in readers]
        fits = [each for each in tried if isinstance(each, _Fit)]
        # A line of names is a header before it is a record of as many fields.
        fits = [each for each in fits if each.has_header] or fits
        misfits = [each for each in tried if isinstance(each, _Misfit)]
        if not fits:
            raise UsageFileFault(f"{name}: {min(misfits, key=lambda each: each.distance).reason}")
    if len(fits) > 1:
        ids = " and ".join(each.feed.id for each in fits)
        raise UsageFileFault(
            f"{name}: fits the feeds {ids}; say which one: {fits[0].feed.id}={name}"
        )
    return UsageFile(
        name=name,
        path=path,
        feed=fits[0].feed.id,
        format=head.format,
        compression=head.compression,
        columns=fits[0].columns,
        dialect=fits[0].dialect,
        has_header=fits[0].has_header,
        is_exceptions=fits[0].is_exceptions,
        mark=mark,
    )


def mark_of(path: Path) -> Mark:
    """Give a file's mark as it is now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _text_format(feed: Feed) -> Format | None:
    """Give the format of a feed's files whose names have no known ending, if it is clear."""
    texts: list[Format] = [each for each in ("csv", "jsonl") if each in feed.formats]
    return texts[0] if len(texts) == 1 else None


def _exception_fits(head: Head, feeds: Sequence[Feed]) -> list[_Fit]:
    """Give the feeds of which a file is an exceptions file, whatever else they read."""
    columns = head.columns
    if head.format == "csv":
        columns = fields_of_line(header_line(head, "utf-8") or "", ",", '"')
    return [
        _Fit(feed, columns, is_exceptions=True)
        for feed in feeds
        if _needed_of_exceptions(feed) <= set(columns) and len(set(columns)) == len(columns)
    ]


def _needed_of_exceptions(feed: Feed) -> set[str]:
    """Give the columns by which a file is known to be exceptions of a feed."""
    ours = exception_columns(feed)
    return {*feed.columns, *(column for name, column in ours.items() if name != _EVENT_ID)}


def _try(head: Head, feed: Feed) -> _Fit | _Misfit:
    match head.format:
        case "parquet":
            return _by_names(feed, head.columns, _PLAIN)
        case "jsonl":
            return _try_json(head, feed)
        case "csv":
            return _try_csv(head, feed)
        case _:
            assert_never(head.format)


def _try_csv(head: Head, feed: Feed) -> _Fit | _Misfit:
    dialect = feed.dialect
    far = len(feed.columns) + 1
    if dialect.columns:
        return _try_records(head, feed)
    line = header_line(head, dialect.encoding)
    if line is None:
        return _Misfit(feed, far, f"its header is not {dialect.encoding} text")
    if not line.strip():
        return _Misfit(feed, far, "has no header line")
    separator = dialect.separator or likely_separator(line)
    columns = fields_of_line(line, separator, dialect.quote)
    twice = [column for column in columns if columns.count(column) > 1]
    if twice:
        return _Misfit(feed, far, f"has the column {twice[0]} twice")
    return _by_names(feed, columns, dialect.model_copy(update={"separator": separator}))


def _try_records(head: Head, feed: Feed) -> _Fit | _Misfit:
    """Count the fields of a file without a header line."""
    dialect = feed.dialect
    separator = dialect.separator
    if separator is None:
        line = header_line(head, dialect.encoding) or ""
        separator = likely_separator(line)
    record = first_record(head, dialect.encoding, separator, dialect.quote)
    found, due = len(record), len(dialect.columns)
    if found != due:
        reason = (
            f"fits no feed; its first line has {found} field{'s' * (found != 1)}, and the feed "
            f"{feed.id} has {due} columns"
        )
        return _Misfit(feed, abs(found - due), reason)
    known = dialect.model_copy(update={"separator": separator})
    return _Fit(feed, dialect.columns, known, has_header=False)


def _try_json(head: Head, feed: Feed) -> _Fit | _Misfit:
    """Look for the fields without which no record is usage; others may be absent."""
    fields = json_fields(head)
    if fields is None:
        reason = "is not JSON lines: none of its first lines is an object of its own"
        if b"\0" in head.start:
            reason = "is not UTF-8 text, as JSON lines are; it may be UTF-16"
        return _Misfit(feed, len(feed.columns) + 1, reason)
    needed = (*feed.id_fields, feed.time_field, *expressions.fields_of(feed.identifier_value))
    missing = [name for name in dict.fromkeys(needed) if name not in fields]
    if missing:
        return _missing(feed, missing, sorted(fields), "field")
    return _Fit(feed, ())


def _by_names(feed: Feed, columns: tuple[str, ...], dialect: FeedDialect) -> _Fit | _Misfit:
    missing = [column for column in feed.columns if column not in columns]
    if missing:
        unused = [column for column in columns if column not in feed.columns]
        return _missing(feed, missing, unused, "column")
    return _Fit(feed, columns, dialect)


def _missing(feed: Feed, missing: list[str], unused: list[str], word: str) -> _Misfit:
    named = ", ".join(f"{column}{_did_you_mean(column, unused)}" for column in missing)
    words = word if len(missing) == 1 else f"{word}s"
    reason = f"fits no feed; the feed {feed.id} needs the {words} {named}"
    return _Misfit(feed, len(missing), reason)


def _did_you_mean(word: str, choices: Sequence[str]) -> str:
    close = get_close_matches(word, choices, n=1)
    return f" (did you mean {close[0]}?)" if close else ""
