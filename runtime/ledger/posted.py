"""Posted lines, into the tables the difference and the invoices read.

Only of those whom the run looks at: what the last run settled is not read again, so that a
run's work does not grow with all that was ever posted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
from duckdb import DuckDBPyConnection
from sqlalchemy import Connection, Select, select

from runtime.engine import create_table
from runtime.ledger.schema import all_lines
from runtime.subscriptions.known import BEGINNING, is_all_whole
from runtime.tables import TABLES

BATCH_ROWS = 100_000
NAMES_AT_ONCE = 5_000

_CHARGE_COLUMNS = tuple(name for name in TABLES["charge.posted"] if name != "source")

# What a correction must know of the line it corrects: where it was printed, the taxes it
# bore and the words of its price.
_REFERENCE_COLUMNS = ("invoice", "line", "taxes", "source_path", "source_line", "source_text")

_NAMES = (*_CHARGE_COLUMNS, *_REFERENCE_COLUMNS)

Query = Select[tuple[object, ...]]
_SELECTED: Query = select(*(all_lines.c[name] for name in _NAMES)).order_by(all_lines.c.line_id)

_WHOLE_SERVICES = f"""
SELECT account_service FROM subscription.horizons WHERE after_day = DATE '{BEGINNING}'
UNION SELECT account_service FROM subscription.gone
ORDER BY account_service
"""
_RATED_SERVICES = f"""
SELECT DISTINCT e.account_service
FROM rated.evaluated AS e
JOIN subscription.horizons AS h ON h.account_service = e.account_service
WHERE h.after_day > DATE '{BEGINNING}'
ORDER BY e.account_service
"""

_WHOLE = frozenset(
    {"tier", "occurrence", "days", "full_days", "quantity", "minor", "line_id", "line"}
    | {"source_line"}
)
_KINDS = {"is_credit": pa.bool_()} | dict.fromkeys(_WHOLE, pa.int64())


def load_unsettled(connection: DuckDBPyConnection, ledger: Connection) -> int:
    """Make the tables of `load_posted`, of what a run is compared with; return the lines read.

    Those are the lines of the account services that it looks at whole, and of the usage it
    rated; see subscription.horizons and rated.evaluated.
    """
    if is_all_whole(connection):
        return load_posted(connection, ledger)
    _make_tables(connection)
    whole, rated = (_names(connection, query) for query in (_WHOLE_SERVICES, _RATED_SERVICES))
    is_usage = all_lines.c.kind.in_(("usage", "bucket"))
    return sum(
        _load(connection, ledger, _SELECTED.where(all_lines.c.account_service.in_(some), *narrowed))
        for names, narrowed in ((whole, ()), (rated, (is_usage,)))
        for some in names
    )


def load_posted(connection: DuckDBPyConnection, ledger: Connection) -> int:
    """Make charge.posted and charge.posted_reference of all the ledger has; return the lines."""
    _make_tables(connection)
    return _load(connection, ledger, _SELECTED)


def _make_tables(connection: DuckDBPyConnection) -> None:
    create_table(connection, "charge.posted")
    connection.execute("""
        CREATE OR REPLACE TABLE charge.posted_reference (
          line_id BIGINT, invoice VARCHAR, line INTEGER, taxes VARCHAR,
          source_path VARCHAR, source_line INTEGER, source_text VARCHAR
        )
    """)


def _load(connection: DuckDBPyConnection, ledger: Connection, query: Query) -> int:
    charge = ", ".join(
        f"CAST({_value(name)} AS {TABLES['charge.posted'][name]}) AS {name}"
        for name in _CHARGE_COLUMNS
    )
    count = 0
    for batch in _read_batches(ledger, query):
        connection.register("posted_rows", batch)
        connection.execute(f"INSERT INTO charge.posted BY NAME SELECT {charge} FROM posted_rows")
        connection.execute(
            "INSERT INTO charge.posted_reference BY NAME "
            f"SELECT line_id, {', '.join(_REFERENCE_COLUMNS)} FROM posted_rows"
        )
        connection.unregister("posted_rows")
        count += batch.num_rows
    return count


def _names(connection: DuckDBPyConnection, query: str) -> Iterator[list[str]]:
    """Give account services, so many at once as a query of the ledger may name."""
    names = [name for (name,) in connection.execute(query).fetchall()]
    for first in range(0, len(names), NAMES_AT_ONCE):
        yield names[first : first + NAMES_AT_ONCE]


def _value(column: str) -> str:
    """Give a column's value; recurring lines that older ledgers hold were counted by days."""
    if column == "proration":
        return "CASE WHEN kind IN ('recurring', 'discount') THEN coalesce(proration, 'days') END"
    return column


def _read_batches(ledger: Connection, query: Query) -> Iterator[pa.Table]:
    result = ledger.execute(query, execution_options={"yield_per": BATCH_ROWS})
    for rows in result.partitions():
        yield _as_table(_NAMES, rows)


def _as_table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    arrays = [
        pa.array(values, _KINDS.get(name, pa.string()))
        for name, values in zip(names, columns, strict=True)
    ]
    return pa.table(arrays, names=list(names))
