"""JSON lines as texts in Parquet, with the malformed lines set aside.

A number keeps the digits it is written with: no float ever stands between a file and a
quantity.  A line that is empty is no record and has no number, as in CSV.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NoReturn

from duckdb import DuckDBPyConnection

from runtime.usage.faults import UsageFileFault
from runtime.usage.staging import Staged, keep_malformed

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK = 1 << 22
_BATCH = 65_536
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Field = Callable[[dict[str, object]], object]


class _NotARecord(ValueError):
    """Why a line is no record."""


def stage_json(connection: DuckDBPyConnection, staged: Staged) -> None:
    """Write the wanted fields as Parquet; add to usage.malformed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(column, pa.string()) for column in staged.columns])
    fields = [_field(column) for column in staged.columns]
    malformed: list[tuple[int, str, str]] = []
    batch: list[list[str | None]] = []
    try:
        with pq.ParquetWriter(staged.target, schema, compression="lz4") as writer:
            for row, line in enumerate(_lines(staged), 1):
                try:
                    batch.append(_read(line, fields))
                except _NotARecord as fault:
                    malformed.append((row, line.decode(errors="replace"), str(fault)))
                if len(batch) == _BATCH:
                    writer.write_table(_table(batch, schema))
                    batch.clear()
            writer.write_table(_table(batch, schema))
    except (OSError, pa.ArrowException) as fault:
        raise UsageFileFault(f"{staged.file.name}: is cut short ({fault})") from fault
    keep_malformed(connection, staged, malformed)


def _table(batch: list[list[str | None]], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    columns = zip(*batch, strict=True) if batch else ([] for _ in schema.names)
    return pa.Table.from_arrays([pa.array(each, pa.string()) for each in columns], schema=schema)


def _lines(staged: Staged) -> Iterator[bytes]:
    """Yield the lines of a file that are not empty."""
    import pyarrow as pa

    with pa.input_stream(str(staged.file.path), compression=staged.file.compression) as stream:
        rest = bytes(stream.read(_CHUNK)).removeprefix(_BYTE_ORDER_MARK)
        while True:
            *lines, rest = rest.split(b"\n")
            yield from (line for line in map(bytes.strip, lines) if line)
            chunk = stream.read(_CHUNK)
            if not chunk:
                break
            rest += chunk
        if rest.strip():
            yield rest.strip()


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
