"""Many rows at once, into a ledger on either database.

`Row` values stand in the order of the table's columns: whole numbers, texts, booleans, None.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table

Row = tuple[object, ...]


def insert_rows(ledger: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, as fast as the database takes them; none is no statement at all.

    Raises sqlalchemy.exc.IntegrityError where a row is there already or refers to none.
    """
    if not rows:
        return
    if ledger.dialect.name == "postgresql":
        from runtime.ledger.postgres import copy_rows

        copy_rows(ledger, table, rows)
        return
    names = ", ".join(column.name for column in table.columns)
    marks = ", ".join("?" for _ in table.columns)
    ledger.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(rows))
