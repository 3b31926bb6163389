"""CSV as texts in Parquet, with the malformed lines set aside.

The engine parses in parallel and leaves out the lines that are no record; which they are
it tells afterwards.  A record's number counts them too, so that it is the file's own.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterator
from dataclasses import replace

import duckdb
from duckdb import DuckDBPyConnection

from runtime.usage import sql
from runtime.usage.faults import UsageFileFault
from runtime.usage.files import UsageFile
from runtime.usage.staging import Staged, keep_malformed, write_texts

_REJECTS, _SCANS = "usage_csv_rejects", "usage_csv_scans"
_BLANK_LINE = re.compile(rb"\n(?=\r?\n)")
_CHUNK = 1 << 24
_BATCH = 122_880


def stage_csv(connection: DuckDBPyConnection, staged: Staged) -> None:
    """Write the wanted columns as Parquet; add to usage.malformed."""
    import pyarrow as pa

    file = _in_utf8(staged)
    threads = sql.threads(connection)
    places = {column: f"c{index}" for index, column in enumerate(file.columns)}
    wanted = ", ".join(f"{places[column]} AS {sql.name(column)}" for column in staged.columns)
    try:
        connection.execute(f"DROP TABLE IF EXISTS {_REJECTS}; DROP TABLE IF EXISTS {_SCANS}")
        records = connection.sql(f"SELECT {wanted} FROM {_read(file)}").to_arrow_reader(_BATCH)
        # The engine's own writer looks for words that repeat, which takes longer than reading.
        write_texts(connection, staged, records, threads=threads)
    except (duckdb.InvalidInputException, duckdb.IOException, OSError, pa.ArrowException) as fault:
        raise UsageFileFault(f"{file.name}: {_said(fault)}") from fault
    keep_malformed(connection, staged, _malformed(connection, file))
    connection.execute(f"DROP TABLE {_REJECTS}; DROP TABLE {_SCANS}")


def _in_utf8(staged: Staged) -> UsageFile:
    """Give the file, or a copy of it in UTF-8 where it is in another encoding.

    A byte that means nothing in the encoding stays what it is, and means nothing in UTF-8:
    its line is malformed, and no other.
    """
    import pyarrow as pa

    file = staged.file
    if file.dialect.encoding == "utf-8":
        return file
    copy = staged.target.with_suffix(".csv")
    decoder = codecs.getincrementaldecoder(file.dialect.encoding)("surrogateescape")
    try:
        with (
            pa.input_stream(str(file.path), compression=file.compression) as stream,
            copy.open("wb") as written,
        ):
            while chunk := stream.read(_CHUNK):
                written.write(decoder.decode(chunk).encode(errors="surrogateescape"))
            written.write(decoder.decode(b"", final=True).encode(errors="surrogateescape"))
    except (OSError, pa.ArrowException) as fault:
        raise UsageFileFault(f"{file.name}: is cut short ({fault})") from fault
    except UnicodeError as fault:
        raise UsageFileFault(
            f"{file.name}: is not {file.dialect.encoding} text ({fault})"
        ) from fault
    return replace(file, path=copy, compression=None)


def _read(file: UsageFile) -> str:
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(file.columns)))
    compression = f", compression = '{file.compression}'" if file.compression else ""
    quote = sql.text(file.dialect.quote)
    return (
        f"read_csv({sql.paths([file.path])}, header = {str(file.has_header).lower()}, "
        f"auto_detect = false, delim = {sql.text(file.separator)}, "
        f"quote = {quote}, escape = {quote}, "
        f"columns = {{{columns}}}, store_rejects = true, rejects_limit = 0, "
        f"rejects_table = '{_REJECTS}', rejects_scan = '{_SCANS}'{compression})"
    )


def _malformed(connection: DuckDBPyConnection, file: UsageFile) -> list[tuple[int, str, str]]:
    rows = connection.execute(
        "SELECT line, min(line_byte_position) - 1, any_value(csv_line), min(error_message) "
        f"FROM {_REJECTS} GROUP BY line ORDER BY line"
    ).fetchall()
    if not rows:
        return []
    # The engine's text of a line begins with the blank lines, if any, that stand before it.
    lines = [(place + len(raw) - len(raw.lstrip("\r\n")), raw) for _, place, raw, _ in rows]
    blanks = _blank_lines_before(file, lines)
    return [
        (line - file.has_header - blank, raw.strip("\r\n"), detail)
        for (line, _, raw, detail), blank in zip(rows, blanks, strict=True)
    ]


def _blank_lines_before(file: UsageFile, lines: list[tuple[int, str]]) -> Iterator[int]:
    """Yield how many empty lines, which are no records, stand before each malformed line.

    `lines`: where they begin, and their text.  An empty line between quotes belongs to a
    field, and a quote in a malformed line opens none.
    """
    before = astray = 0
    found = iter([*_find_blank_lines(file), (sys.maxsize, 0)])
    place, quotes = next(found)
    for line, raw in lines:
        while place < line:
            before += (quotes - astray) % 2 == 0
            place, quotes = next(found)
        yield before
        astray += raw.count(file.dialect.quote) if file.dialect.quote else 0


def _find_blank_lines(file: UsageFile) -> Iterator[tuple[int, int]]:
    """Yield the place of each line break before an empty line, and the quotes before it."""
    import pyarrow as pa

    with pa.input_stream(str(file.path), compression=file.compression) as stream:
        quote = file.dialect.quote.encode()
        # Without a header line, the file may begin with an empty one.
        start, quotes, tail = 0, 0, b"" if file.has_header else b"\n"
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            counted = len(tail)
            for each in _BLANK_LINE.finditer(window):
                if each.start() > counted:
                    quotes += window.count(quote, counted, each.start()) if quote else 0
                    counted = each.start()
                yield start - len(tail) + each.start(), quotes
            quotes += window.count(quote, counted) if quote else 0
            start += len(chunk)
            tail = b"\n" if window.endswith(b"\n") else b"\n\r" if window.endswith(b"\n\r") else b""


def _said(fault: Exception) -> str:
    words = str(fault).splitlines()[0].partition(": ")[2] or str(fault)
    if "Unexpected end" in words:
        return f"is cut short ({words})"
    if "invalid state" in words:
        return "is not regular CSV: its line ends are mixed or a quote stands astray"
    return f"cannot be read: {words}"
