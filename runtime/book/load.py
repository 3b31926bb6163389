"""Reads a book into the tables book.* and reports everything that is wrong with it.

The order is: files, cells, keys, then the rules of runtime.book.rules as they stand there.
One cause gives one report: a cell that could not be read is empty from there on, a rule
says nothing of a cell that was reported, and nothing where a file it needs is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.book.fault_table import (
    add_faults,
    add_query,
    collect_faults,
    has_faults,
    make_fault_table,
)
from runtime.book.faults import BookFault, BookReport
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
    """Load the book of a folder, leave book.<entity>, and give what is wrong with it.

    Args:
        connection: from open_engine; the tables book.* and offer.* are made anew.
        program: the catalog the book was sold from.
        folder: holds `<entity>.csv`, `.jsonl` or `.parquet`.
        as_of: rows recorded later are checked like the others, then left out.

    Every table has the columns of its model and `row` (the data row from 1); those of
    runtime.book.files.NAMED have `file`.
    Nothing is raised for a mistake in the book; with faults, the tables must not be billed.
    """
    book = _read(connection, program, folder)
    _check_keys(connection, book, KEYS)
    _check_names(connection, book)
    _apply(connection, book, REFERENCE_RULES)
    _check_cycles(connection, book)
    return _judge_histories(connection, program, book, as_of)


def load_changed(
    connection: DuckDBPyConnection,
    program: Program,
    folder: Path,
    others: Collection[str],
    narrow: Callable[[], None],
) -> BookReport | None:
    """Load a book of which much is as it was in another one that was sound.

    Args:
        connection: as of load_book, and `program` and `folder`.
        others: the entities whose files are others.
        narrow: leaves in the tables the accounts of which a row may be another, with those that
            are invoiced with them and whom they are invoiced to.

    Rules that hang on more than that are judged before, where a file is another that they read;
    the others of what is left.  None: something is not sound, and load_book says what.
    """
    book = _read(connection, program, folder)
    is_whole = any(not rule.is_local and rule.entity in book.filled for rule in HISTORY_RULES)
    if is_whole or book.faults or has_faults(connection):
        return None
    _check_keys(connection, book, KEYS.keys() & others)
    known = [
        rule
        for rule in REFERENCE_RULES
        if not rule.is_local and not {rule.entity, *rule.needs}.isdisjoint(others)
    ]
    _apply(connection, book, known)
    if "accounts" in others:
        _check_cycles(connection, book)
    if has_faults(connection):
        return None
    narrow()
    _check_names(connection, book)
    _apply(connection, book, [rule for rule in REFERENCE_RULES if rule.is_local])
    report = _judge_histories(connection, program, book, None)
    return None if report.faults else report


@dataclass(frozen=True, slots=True)
class _Book:
    """A book that was read: its files, those that have rows, and those that rules may rely on."""

    files: dict[str, BookFile]
    faults: list[BookFault]
    filled: dict[str, BookFile]
    readable: set[str]
    rows: tuple[tuple[str, int], ...]


def _read(connection: DuckDBPyConnection, program: Program, folder: Path) -> _Book:
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
    return _Book(files, faults, filled, readable, tuple(rows))


def _check_names(connection: DuckDBPyConnection, book: _Book) -> None:
    for entity, file in book.filled.items():
        for query in name_fault_queries(connection, entity):
            add_query(connection, entity, file.name, query)


def _check_cycles(connection: DuckDBPyConnection, book: _Book) -> None:
    if "accounts" in book.readable:
        name = book.files["accounts"].name
        add_faults(connection, "accounts", list(cycle_faults(connection, name)))


def _judge_histories(
    connection: DuckDBPyConnection, program: Program, book: _Book, as_of: date | None
) -> BookReport:
    make_lives(connection)
    make_histories(connection)
    _apply(connection, book, HISTORY_RULES)
    if as_of is not None:
        hide_recorded_later(connection, as_of)
    rules = (*REFERENCE_RULES, *HISTORY_RULES)
    faults = book.faults + with_proposals(connection, collect_faults(connection), rules, program)
    for name in PASSING:
        connection.execute(f"DROP TABLE book.{name}")
    return BookReport(tuple(sorted(faults)), book.rows)


def hide_recorded_later(connection: DuckDBPyConnection, as_of: date) -> None:
    """Leave out the rows that a run as of a day does not know of."""
    for entity in RECORDED_FILES:
        connection.execute(f"DELETE FROM book.{entity} WHERE recorded > DATE '{as_of}'")


def _count(connection: DuckDBPyConnection, entity: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM book.{entity}").fetchone()
    assert found is not None
    count: int = found[0]
    return count


def _check_keys(connection: DuckDBPyConnection, book: _Book, entities: Collection[str]) -> None:
    """Report keys that stand twice, and keep the first row of each."""
    for entity, key in KEYS.items():
        if entity not in entities or entity not in book.readable or entity not in book.filled:
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
        if add_query(connection, entity, book.filled[entity].name, second):
            connection.execute(
                f"DELETE FROM book.{entity} WHERE row IN (SELECT row FROM ({second}) s)"
            )


def _apply(connection: DuckDBPyConnection, book: _Book, rules: Iterable[Rule]) -> None:
    for rule in rules:
        if rule.entity in book.filled and {rule.entity, *rule.needs} <= book.readable:
            query = f"SELECT r.*, '{rule.code}' AS code FROM ({rule.sql}) r"
            add_query(connection, rule.entity, book.filled[rule.entity].name, query)
