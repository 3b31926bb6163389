"""Reads a book into the tables book.* and reports everything that is wrong with it.

The order is: files, cells, keys, then the rules of runtime.book.rules as they stand there.
One cause gives one report: a cell that could not be read is empty from there on, a rule
says nothing of a cell that was reported, and nothing where a file it needs is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.book.fault_table import add_faults, add_query, collect_faults, make_fault_table
from runtime.book.faults import BookReport
from runtime.book.files import BookFile, find_files
from runtime.book.model import OPTIONAL_FILES, RECORDED_FILES
from runtime.book.offer import make_offer
from runtime.book.proposals import with_proposals
from runtime.book.read import make_empty, read_file, read_sound_files
from runtime.book.rule import Rule
from runtime.book.rules import HISTORY_RULES, REFERENCE_RULES
from runtime.book.rules.histories import make_histories
from runtime.book.rules.lives import make_lives
from runtime.book.rules.names import name_fault_queries
from runtime.book.rules.tree import cycle_faults
from runtime.program.model import Program

KEYS = {
    "accounts": "account",
    "account_packages": "account_package",
    "account_services": "account_service",
    "payments": "payment",
}

PASSING = (
    "broken",
    "faults",
    "lives",
    "growths",
    "held",
    "service_histories",
    "package_histories",
)
"""The tables that the rules alone read."""


def load_book(
    connection: DuckDBPyConnection, program: Program, folder: Path, as_of: date | None = None
) -> BookReport:
    """Read the book of a folder, leave book.<entity>, and give what is wrong with it.

    Args:
        connection: from open_engine; the tables book.* and offer.* are made anew.
        program: the catalog the book was sold from.
        folder: holds `<entity>.csv`, `.jsonl` or `.parquet`.
        as_of: rows recorded later are checked like the others, then left out.

    Every table has the columns of its model, `row` (the data row from 1) and `file`.
    Nothing is raised for a mistake in the book; with faults, the tables must not be billed.
    """
    make_offer(connection, program)
    make_fault_table(connection)
    files, faults = find_files(folder)
    readable = set()
    rows = []
    for file in files.values():
        make_empty(connection, file)
    sound = read_sound_files(connection, files.values())
    for entity, file in files.items():
        is_absent = file.path is None and not any(fault.file == file.name for fault in faults)
        if is_absent and entity in OPTIONAL_FILES:
            readable.add(entity)
        is_read = entity in sound
        if file.path is not None and read_file(connection, file, file.path, is_read=is_read):
            readable.add(entity)
        rows.append((entity, _count(connection, entity)))
    # A rule finds rows of its own entity, so none is asked of one without rows; but that there
    # is no owner is found where there are no accounts at all.
    filled = {entity: files[entity] for entity, count in rows if count or entity == "accounts"}
    _check_keys(connection, filled, readable)
    for entity, file in filled.items():
        for query in name_fault_queries(connection, entity):
            add_query(connection, entity, file.name, query)
    _apply(connection, filled, readable, REFERENCE_RULES)
    if "accounts" in readable:
        name = files["accounts"].name
        add_faults(connection, "accounts", list(cycle_faults(connection, name)))
    make_lives(connection)
    make_histories(connection)
    _apply(connection, filled, readable, HISTORY_RULES)
    if as_of is not None:
        hide_recorded_later(connection, as_of)
    rules = (*REFERENCE_RULES, *HISTORY_RULES)
    faults += with_proposals(connection, collect_faults(connection), rules, program)
    for name in PASSING:
        connection.execute(f"DROP TABLE book.{name}")
    return BookReport(tuple(sorted(faults)), tuple(rows))


def hide_recorded_later(connection: DuckDBPyConnection, as_of: date) -> None:
    """Leave out the rows that a run as of a day does not know of."""
    for entity in RECORDED_FILES:
        connection.execute(f"DELETE FROM book.{entity} WHERE recorded > DATE '{as_of}'")


def _count(connection: DuckDBPyConnection, entity: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM book.{entity}").fetchone()
    assert found is not None
    count: int = found[0]
    return count


def _check_keys(
    connection: DuckDBPyConnection, filled: dict[str, BookFile], readable: set[str]
) -> None:
    """Report keys that stand twice, and keep the first row of each."""
    for entity, key in KEYS.items():
        if entity not in readable or entity not in filled:
            continue
        second = f"""
            SELECT r.row, '{key}' AS field, r.{key} AS value, 'duplicate_key' AS code,
              'stands in row ' || CAST(f.row AS VARCHAR) || ' already' AS reason, '' AS hint
            FROM book.{entity} r
            JOIN (
              SELECT {key}, min(row) AS row FROM book.{entity}
              WHERE {key} IS NOT NULL GROUP BY {key} HAVING count(*) > 1
            ) f ON f.{key} = r.{key} AND f.row < r.row
            """
        add_query(connection, entity, filled[entity].name, second)
        connection.execute(f"DELETE FROM book.{entity} WHERE row IN (SELECT row FROM ({second}) s)")


def _apply(
    connection: DuckDBPyConnection,
    filled: dict[str, BookFile],
    readable: set[str],
    rules: Sequence[Rule],
) -> None:
    for rule in rules:
        if rule.entity in filled and {rule.entity, *rule.needs} <= readable:
            query = f"SELECT r.*, '{rule.code}' AS code FROM ({rule.sql}) r"
            add_query(connection, rule.entity, filled[rule.entity].name, query)
