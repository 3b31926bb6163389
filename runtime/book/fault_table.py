"""Collects faults in the table book.faults, so that rules can ask what is known already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from duckdb import DuckDBPyConnection

from runtime.book.faults import BookFault
from runtime.engine import fill_table

_LONGEST_VALUE = 200

_COLUMNS = {
    "entity": "VARCHAR",
    "file": "VARCHAR",
    "row": "BIGINT",
    "field": "VARCHAR",
    "value": "VARCHAR",
    "code": "VARCHAR",
    "reason": "VARCHAR",
    "hint": "VARCHAR",
}


def make_fault_table(connection: DuckDBPyConnection) -> None:
    """Make book.faults, empty, and book.broken: the rows that are no rows."""
    fill_table(connection, "book.faults", _COLUMNS, [])
    fill_table(connection, "book.broken", {"entity": "VARCHAR", "row": "BIGINT"}, [])


def add_faults(connection: DuckDBPyConnection, entity: str, faults: Sequence[BookFault]) -> None:
    """Add faults found in Python."""
    rows = [
        (entity, each.file, each.row, each.field, each.value, each.code, each.reason, each.hint)
        for each in faults
    ]
    fill_table(connection, "book.found", _COLUMNS, rows)
    connection.execute("INSERT INTO book.faults SELECT * FROM book.found")
    connection.execute("DROP TABLE book.found")


def add_broken(connection: DuckDBPyConnection, entity: str, rows: Iterable[int]) -> None:
    """Say which rows are malformed: no rule reports anything else of them."""
    columns = {"entity": "VARCHAR", "row": "BIGINT"}
    fill_table(connection, "book.found", columns, [(entity, row) for row in rows])
    connection.execute("INSERT INTO book.broken SELECT * FROM book.found")
    connection.execute("DROP TABLE book.found")


def add_query(connection: DuckDBPyConnection, entity: str, file: str, query: str) -> bool:
    """Add the faults a query gives, but of no cell that has one, and of no broken row.

    The query gives row, field, value, code, reason and hint.  Asking first whether it gives
    anything takes half as long as adding nothing; that is the answer.
    """
    if connection.execute(f"SELECT 1 FROM ({query}) LIMIT 1").fetchone() is None:
        return False
    connection.execute(
        f"""
        INSERT INTO book.faults
        SELECT ?, ?, q.row, q.field, coalesce(q.value, ''), q.code, q.reason, q.hint
        FROM ({query}) q
        WHERE NOT EXISTS (
            SELECT 1 FROM book.faults f
            WHERE f.entity = ? AND f.row = q.row AND f.field = q.field
          )
          AND NOT EXISTS (
            SELECT 1 FROM book.broken b WHERE b.entity = ? AND b.row = q.row
          )
        """,
        [entity, file, entity, entity],
    )
    return True


def has_faults(connection: DuckDBPyConnection) -> bool:
    """Tell whether any fault was added."""
    return connection.execute("SELECT 1 FROM book.faults LIMIT 1").fetchone() is not None


def collect_faults(connection: DuckDBPyConnection) -> list[BookFault]:
    """Give all faults by file, row, field and code."""
    found = connection.execute(
        "SELECT DISTINCT file, row, field, value, code, reason, hint FROM book.faults ORDER BY ALL"
    ).fetchall()
    return [
        replace(fault, value=_shown(fault.value)) for fault in (BookFault(*row) for row in found)
    ]


def _shown(value: str) -> str:
    """Give a cell as it may be printed: what has no shape of its own is escaped."""
    shown = "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in value
    )
    return shown if len(shown) <= _LONGEST_VALUE else shown[:_LONGEST_VALUE] + "..."
