"""Many rows at once, into a ledger on either database, row by row or column by column.

Values are whole numbers, texts, booleans and None, in the order of the table's columns.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from sqlalchemy import Connection, Table

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows by their columns: each a list as long as there are rows, or what all rows have.

    What all rows have is a single text, number, boolean or None.
    """

    rows: int
    values: Sequence[object]

    def lists(self) -> list[Sequence[object]]:
        """Give all columns as lists."""
        return [each if isinstance(each, list) else [each] * self.rows for each in self.values]


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


def insert_columns(ledger: Connection, table: Table, columns: Columns) -> None:
    """Insert rows that are at hand by columns, as `insert_rows` does.

    Raises sqlalchemy.exc.IntegrityError where a row is there already or refers to none.
    """
    if not columns.rows:
        return
    if ledger.dialect.name == "postgresql":
        insert_rows(ledger, table, list(zip(*columns.lists(), strict=True)))
        return
    names = ", ".join(column.name for column in table.columns)
    shared = [each for each in columns.values if not isinstance(each, list)]
    lists = [each for each in columns.values if isinstance(each, list)]
    are_shared = tuple(not isinstance(each, list) for each in columns.values)
    many = min(columns.rows, (_most_values(ledger) - len(shared)) // max(1, len(lists)))
    whole = columns.rows // many * many
    for first, until, step in ((0, whole, many), (whole, columns.rows, columns.rows - whole)):
        if first < until:
            insert = f"INSERT INTO {table.name} ({names}) VALUES {_marks(are_shared, step)}"
            groups = _flat(shared, lists, range(first, until, step), step)
            ledger.exec_driver_sql(insert, groups)


@lru_cache(maxsize=64)
def _marks(are_shared: tuple[bool, ...], rows: int) -> str:
    """Give the marks of so many rows: values that all have are bound once, before the others.

    Only the first row's are numbered, and those that stand for what all have: SQLite numbers the
    others as they come, and looks through all numbers that it is given at each one more.
    """
    place, shared = 0, {}
    for at, is_shared in enumerate(are_shared):
        if is_shared:
            place += 1
            shared[at] = f"?{place}"
    first = []
    for at in range(len(are_shared)):
        if at not in shared:
            place += 1
        first.append(shared.get(at) or f"?{place}")
    other = [shared.get(at, "?") for at in range(len(are_shared))]
    return ", ".join(f"({', '.join(row)})" for row in (first, *[other] * (rows - 1)))


def _flat(
    shared: Sequence[object], lists: Sequence[list[object]], firsts: range, rows: int
) -> list[tuple[object, ...]]:
    """Give the values of each statement, row after row."""
    groups = []
    for first in firsts:
        values: list[object] = [None] * (rows * len(lists))
        for at, column in enumerate(lists):
            values[at :: len(lists)] = column[first : first + rows]
        groups.append((*shared, *values))
    return groups


def _most_values(ledger: Connection) -> int:
    driver = ledger.connection.driver_connection
    assert driver is not None
    return min(VALUES_AT_ONCE, int(driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)))
