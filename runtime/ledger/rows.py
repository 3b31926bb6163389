"""Many rows at once, into a ledger on either database.

`Row` values stand in the order of the table's columns: whole numbers, texts, booleans, None.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain

from sqlalchemy import Connection, Table

Row = tuple[object, ...]

VALUES_AT_ONCE = 8_000
"""How many values go into one statement, where the SQLite at hand takes so many; more are not
faster."""


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
    marks = f"({', '.join('?' for _ in table.columns)})"
    insert = f"INSERT INTO {table.name} ({names}) VALUES "
    many = _most_values(ledger) // len(table.columns)
    whole = len(rows) // many * many
    if whole:
        groups = [tuple(chain(*rows[at : at + many])) for at in range(0, whole, many)]
        ledger.exec_driver_sql(insert + ", ".join(many * [marks]), groups)
    if whole < len(rows):
        ledger.exec_driver_sql(insert + marks, list(rows[whole:]))


def _most_values(ledger: Connection) -> int:
    driver = ledger.connection.driver_connection
    assert driver is not None
    return min(VALUES_AT_ONCE, int(driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)))
