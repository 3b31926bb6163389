"""Posted lines, into the tables the difference and the invoices read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
from duckdb import DuckDBPyConnection
from sqlalchemy import Connection, select

from runtime.engine import create_table
from runtime.ledger.schema import lines
from runtime.tables import TABLES

BATCH_ROWS = 100_000

_CHARGE_COLUMNS = tuple(name for name in TABLES["charge.posted"] if name != "source")

# What a correction must know of the line it corrects: where it was printed, the taxes it
# bore and the words of its price.
_REFERENCE_COLUMNS = ("invoice", "line", "taxes", "source_path", "source_line", "source_text")

_WHOLE = frozenset(
    {"tier", "occurrence", "days", "full_days", "quantity", "minor", "line_id", "line"}
    | {"source_line"}
)
_KINDS = {"is_credit": pa.bool_()} | dict.fromkeys(_WHOLE, pa.int64())


def load_posted(connection: DuckDBPyConnection, ledger: Connection) -> int:
    """Make charge.posted and charge.posted_reference from the ledger; return the lines read."""
    create_table(connection, "charge.posted")
    connection.execute("""
        CREATE OR REPLACE TABLE charge.posted_reference (
          line_id BIGINT, invoice VARCHAR, line INTEGER, taxes VARCHAR,
          source_path VARCHAR, source_line INTEGER, source_text VARCHAR
        )
    """)
    charge = ", ".join(
        f"CAST({_value(name)} AS {TABLES['charge.posted'][name]}) AS {name}"
        for name in _CHARGE_COLUMNS
    )
    count = 0
    for batch in _read_batches(ledger):
        connection.register("posted_rows", batch)
        connection.execute(f"INSERT INTO charge.posted BY NAME SELECT {charge} FROM posted_rows")
        connection.execute(
            "INSERT INTO charge.posted_reference BY NAME "
            f"SELECT line_id, {', '.join(_REFERENCE_COLUMNS)} FROM posted_rows"
        )
        connection.unregister("posted_rows")
        count += batch.num_rows
    return count


def _value(column: str) -> str:
    """Give a column's value; recurring lines that older ledgers hold were counted by days."""
    if column == "proration":
        return "CASE WHEN kind IN ('recurring', 'discount') THEN coalesce(proration, 'days') END"
    return column


def _read_batches(ledger: Connection) -> Iterator[pa.Table]:
    names = (*_CHARGE_COLUMNS, *_REFERENCE_COLUMNS)
    query = select(*(lines.c[name] for name in names)).order_by(lines.c.line_id)
    result = ledger.execute(query, execution_options={"yield_per": BATCH_ROWS})
    for rows in result.partitions():
        yield _as_table(names, rows)


def _as_table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    arrays = [
        pa.array(values, _KINDS.get(name, pa.string()))
        for name, values in zip(names, columns, strict=True)
    ]
    return pa.table(arrays, names=list(names))
