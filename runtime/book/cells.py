"""Turns the text of book.raw into typed columns, and reports the cells that do not fit.

A cell that does not fit is empty from there on, so that no rule is misled by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from duckdb import DuckDBPyConnection

from runtime.book.files import BookFile, file_sql
from runtime.book.schema import SQL_TYPES, Column

EARLIEST_DAY = "1900-01-01"
LATEST_DAY = "9998-12-31"

# Control characters, and the marks that turn the direction of the text around them: they
# have no place in a name, and could make a printed one look like another.
UNPRINTABLE = r"[\p{Cc}\x{061C}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2066}-\x{2069}]"
_WHOLE = r"[+-]?[0-9]{1,18}"
AMOUNT = r"[0-9]{1,15}(\.[0-9]{1,12})?"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def type_cells(connection: DuckDBPyConnection, file: BookFile, columns: Sequence[Column]) -> None:
    """Make the entity's table, and book.cells: the same columns beside raw_<name>."""
    typed = ", ".join(
        f'{typed_sql(column)} AS "{column.name}", "{column.name}" AS "raw_{column.name}"'
        for column in columns
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE book.cells AS SELECT row, is_broken, {typed} FROM book.raw"
    )
    kept = ", ".join(f'"{column.name}"' for column in columns)
    connection.execute(
        f"CREATE OR REPLACE TABLE book.{file.entity} AS "
        f"SELECT row, {file_sql(file)}{kept} FROM book.cells"
    )


def cell_fault_queries(columns: Sequence[Column], absent: frozenset[str]) -> Iterator[str]:
    """Yield queries over book.cells that give row, field, value, code, reason, hint.

    `absent` are the columns the header lacks: of those nothing is said for each row.
    """
    for column in columns:
        if column.name in absent:
            continue
        name, raw = f'"{column.name}"', f'"raw_{column.name}"'
        if column.is_required:
            empty = f"{name} IS NULL AND {_has_no_text(raw)}"
            yield _query(column, empty, "missing", "must not be empty")
        unfit = f"{name} IS NULL AND {raw} IS NOT NULL AND NOT ({_has_no_text(raw)})"
        match column.kind:
            case "text":
                pass
            case "key":
                yield _query(
                    column,
                    f"{unfit} AND regexp_matches({raw}, '{UNPRINTABLE}')",
                    "bad_characters",
                    "holds a control or direction character",
                )
                yield _query(
                    column,
                    f"{unfit} AND NOT regexp_matches({raw}, '{UNPRINTABLE}')",
                    "too_long",
                    f"is longer than {column.longest} characters",
                )
            case "choice":
                yield _query(column, unfit, "bad_choice", f"is none of {_listed(column.choices)}")
            case "day":
                yield _query(
                    column,
                    unfit,
                    "bad_date",
                    f"is not a day from {EARLIEST_DAY} to {LATEST_DAY}",
                    "write it as 2026-01-31",
                )
            case "whole":
                number = f"regexp_full_match({raw}, '{_WHOLE}')"
                reason = "is not a whole number of up to 18 digits"
                yield _query(column, f"{unfit} AND NOT {number}", "bad_number", reason)
                yield _query(column, f"{unfit} AND {number}", "out_of_range", _range(column))
            case "amount":
                reason = "is not an amount of up to 15 digits and 12 decimals"
                yield _query(column, unfit, "bad_amount", reason, "write it as 12.50")
            case _:
                assert_never(column.kind)


def typed_sql(column: Column) -> str:
    """Give SQL for the value of the text in a column of the same name; NULL: it does not fit."""
    raw = f'"{column.name}"'
    match column.kind:
        case "text":
            spaced = rf"regexp_replace({raw}, '[\t\r\n]+', ' ', 'g')"
            return (
                f"CASE WHEN {raw} IS NULL THEN NULL "
                f"WHEN NOT regexp_matches({raw}, '{UNPRINTABLE}') THEN nullif(trim({raw}), '') "
                f"ELSE nullif(trim(regexp_replace({spaced}, '{UNPRINTABLE}', '', 'g')), '') END"
            )
        case "key":
            return (
                f"CASE WHEN length({raw}) <= {column.longest} "
                f"AND NOT regexp_matches({raw}, '{UNPRINTABLE}') AND trim({raw}) <> '' "
                f"THEN {raw} END"
            )
        case "choice":
            choices = ", ".join(f"'{choice}'" for choice in column.choices)
            return f"CASE WHEN {raw} IN ({choices}) THEN {raw} END"
        case "day":
            day = f"CASE WHEN regexp_full_match({raw}, '{_DAY}') THEN TRY_CAST({raw} AS DATE) END"
            return (
                f"CASE WHEN ({day}) BETWEEN DATE '{EARLIEST_DAY}' AND DATE '{LATEST_DAY}' "
                f"THEN {day} END"
            )
        case "whole":
            number = (
                f"CASE WHEN regexp_full_match({raw}, '{_WHOLE}') THEN CAST({raw} AS "
                f"{SQL_TYPES[column.kind]}) END"
            )
            least = f"AND ({number}) >= {column.minimum}" if column.minimum is not None else ""
            most = f"AND ({number}) <= {column.maximum}" if column.maximum is not None else ""
            return f"CASE WHEN TRUE {least} {most} THEN {number} END"
        case "amount":
            return (
                f"CASE WHEN regexp_full_match({raw}, '{AMOUNT}') THEN CAST({raw} AS "
                f"{SQL_TYPES[column.kind]}) END"
            )
        case _:
            assert_never(column.kind)


def _query(column: Column, condition: str, code: str, reason: str, hint: str = "") -> str:
    return (
        f"SELECT row, '{column.name}' AS field, coalesce(\"raw_{column.name}\", '') AS value, "
        f"'{code}' AS code, '{reason}' AS reason, '{hint}' AS hint "
        f"FROM book.cells WHERE NOT is_broken AND {condition}"
    )


def _has_no_text(raw: str) -> str:
    return rf"coalesce(regexp_replace({raw}, '(\s|{UNPRINTABLE})+', '', 'g'), '') = ''"


def _range(column: Column) -> str:
    if column.maximum is None:
        return f"must be {column.minimum} or more"
    return f"must be from {column.minimum} to {column.maximum}"


def _listed(choices: Sequence[str]) -> str:
    return ", ".join(choices)
