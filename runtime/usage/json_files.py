"""JSON lines as texts in Parquet, with the malformed lines set aside.

A number keeps the digits it is written with: no float ever stands between a file and a
quantity.  A line that is empty is no record and has no number, as in CSV.  Of a large file,
plain lines are read by `json_scan`, and only the others are decoded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn

import numpy as np
from duckdb import DuckDBPyConnection

from runtime.usage import json_scan, kernel, sql
from runtime.usage.faults import UsageFileFault
from runtime.usage.staging import Staged, keep_malformed, write_texts

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK = 1 << 24
_BYTES_A_LINE = 50
"""So many bytes are taken for a line where the lines are yet to be counted."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Field = Callable[[dict[str, object]], object]


class _NotARecord(ValueError):
    """Why a line is no record."""


def stage_json(connection: DuckDBPyConnection, staged: Staged) -> None:
    """Write the wanted fields as Parquet; add to usage.malformed."""
    import pyarrow as pa

    schema = pa.schema([(column, pa.string()) for column in staged.columns])
    reader = Reader(staged.columns, schema)
    try:
        write_texts(
            connection,
            staged,
            (batch for piece in _pieces(staged) for batch in reader.read(piece).to_batches()),
            threads=sql.threads(connection),
        )
    except (OSError, pa.ArrowException) as fault:
        raise UsageFileFault(f"{staged.file.name}: is cut short ({fault})") from fault
    keep_malformed(connection, staged, reader.malformed)


def _pieces(staged: Staged) -> Iterator[bytes]:
    """Yield a file in pieces of whole lines, at least one."""
    import pyarrow as pa

    with pa.input_stream(str(staged.file.path), compression=staged.file.compression) as stream:
        rest = bytes(stream.read(_CHUNK)).removeprefix(_BYTE_ORDER_MARK)
        while chunk := stream.read(_CHUNK):
            cut = chunk.rfind(b"\n") + 1
            if cut:
                yield rest + chunk[:cut]
                rest = chunk[cut:]
            else:
                rest += chunk
        yield rest


class Reader:
    """Reads pieces of a file; `malformed`: the lines that are no records, as for staging."""

    def __init__(self, columns: Sequence[str], schema: pa.Schema) -> None:
        self.malformed: list[tuple[int, str, str]] = []
        self._schema = schema
        self._fields = [_field(column) for column in columns]
        self._plain = json_scan.fields_of(columns)
        self._rows = 0

    def read(self, piece: bytes) -> pa.Table:
        """Give the wanted fields of the records of some lines."""
        if len(piece) < _BYTES_A_LINE * kernel.COMPILED_FROM:
            return self._decode(piece)
        import pyarrow as pa

        lines = json_scan.scan(piece, self._plain)
        others = np.flatnonzero(lines.status == json_scan.OTHER)
        number = self._rows + np.cumsum(lines.status != json_scan.BLANK)
        self._rows = int(number[-1])
        texts, size = [], len(piece)
        for line in others.tolist():
            raw = piece[lines.start[line] : lines.end[line]].strip()
            values = self._record(raw, int(number[line]))
            if values is None:
                continue
            lines.status[line] = json_scan.PLAIN
            for column, value in enumerate(values):
                text = b"" if value is None else value.encode()
                lines.begin[column][line] = -1 if value is None else size
                size += len(text)
                lines.until[column][line] = size
                texts.append(text)
        lines.data = np.frombuffer(piece + b"".join(texts), np.uint8) if texts else lines.data
        kept = lines.status == json_scan.PLAIN
        columns = [lines.column(each, kept) for each in range(len(self._fields))]
        return pa.Table.from_arrays(columns, schema=self._schema)

    def _decode(self, piece: bytes) -> pa.Table:
        import pyarrow as pa

        batch = []
        for line in map(bytes.strip, piece.split(b"\n")):
            if line:
                self._rows += 1
                values = self._record(line, self._rows)
                if values is not None:
                    batch.append(values)
        columns = zip(*batch, strict=True) if batch else ([] for _ in self._schema.names)
        arrays = [pa.array(each, pa.string()) for each in columns]
        return pa.Table.from_arrays(arrays, schema=self._schema)

    def _record(self, line: bytes, row: int) -> list[str | None] | None:
        """Give the fields of a line, None of one that is set aside."""
        try:
            return _read(line, self._fields)
        except _NotARecord as fault:
            self.malformed.append((row, line.decode(errors="replace"), str(fault)))
            return None


def _refuse(constant: str) -> NoReturn:
    raise _NotARecord(f"{constant} is not a number of JSON")


# Numbers stay the texts that they are written as.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_refuse)


def _read(line: bytes, fields: list[Field]) -> list[str | None]:
    """Read a line's wanted fields; raise _NotARecord for what is no JSON object."""
    try:
        record = _DECODER.decode(line.decode())
    except UnicodeDecodeError as fault:
        raise _NotARecord("is not UTF-8 text") from fault
    except json.JSONDecodeError as fault:
        raise _NotARecord(f"is not JSON: {fault.msg} at character {fault.pos + 1}") from fault
    except RecursionError as fault:
        raise _NotARecord("nests too deep") from fault
    if not isinstance(record, dict):
        raise _NotARecord("is not a JSON object")
    values = [_text(field(record)) for field in fields]
    if b"\\u" in line:
        _refuse_half_characters(values)
    return values


def _text(value: object) -> str | None:
    """Give a field's text; a list or an object has none."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    return value if isinstance(value, str) else None


def _refuse_half_characters(values: list[str | None]) -> None:
    try:
        for value in values:
            if value is not None:
                value.encode()
    except UnicodeEncodeError as fault:
        raise _NotARecord("has half a character (a lone surrogate)") from fault


def _field(name: str) -> Field:
    """Give what finds a field: one of that very name, else the one inside others."""
    if "." not in name:
        return lambda record: record.get(name)
    parts = name.split(".")

    def find(record: dict[str, object]) -> object:
        if name in record:
            return record[name]
        inner: object = record
        for part in parts:
            if not isinstance(inner, dict):
                return None
            inner = inner.get(part)
        return inner

    return find
