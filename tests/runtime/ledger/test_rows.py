"""Rows that go into a ledger column by column are those that go in row by row."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import select

from runtime.engine import open_engine
from runtime.ledger import post_forms
from runtime.ledger.connect import hold_ledger
from runtime.ledger.rows import Columns, _marks, insert_columns
from runtime.ledger.schema import words
from tests.ledgers import Database


@pytest.mark.feature("D9")
@pytest.mark.parametrize("count", [0, 1, 3_999, 4_000, 8_001])
def test_columns_are_rows(count: int, tmp_path: Path, database: Database) -> None:
    numbers: list[object] = list(range(count))
    texts: list[object] = [f'["{number}", "é"]' for number in numbers]
    with hold_ledger(database.url(tmp_path / "ledger.db")) as ledger:
        insert_columns(ledger, words, Columns(count, [numbers, texts]))
        found = [tuple(row) for row in ledger.execute(select(words).order_by(words.c.words))]
    assert found == list(zip(numbers, texts, strict=True))


@pytest.mark.feature("D9")
def test_what_all_rows_have_is_said_once(tmp_path: Path, database: Database) -> None:
    with hold_ledger(database.url(tmp_path / "ledger.db")) as ledger:
        insert_columns(ledger, words, Columns(9_000, [list(range(9_000)), "[]"]))
        found = [tuple(row) for row in ledger.execute(select(words).order_by(words.c.words))]
    assert found == [(number, "[]") for number in range(9_000)]


@pytest.mark.feature("D9")
@pytest.mark.parametrize("are_shared", list(product((False, True), repeat=3)))
def test_marks_stand_for_their_own_values(are_shared: tuple[bool, ...]) -> None:
    rows = 3
    shared = [f"all {at}" for at, is_shared in enumerate(are_shared) if is_shared]
    own = [f"{row} {at}" for row in range(rows) for at in range(3) if not are_shared[at]]
    with sqlite3.connect(":memory:") as connection:
        found = connection.execute(f"VALUES {_marks(are_shared, rows)}", [*shared, *own]).fetchall()
    assert found == [
        tuple(f"all {at}" if are_shared[at] else f"{row} {at}" for at in range(3))
        for row in range(rows)
    ]


@pytest.mark.feature("D9")
def test_numbers_stay_whole_and_a_column_of_nothing_is_one_nothing() -> None:
    query = """
        SELECT * FROM (VALUES
          (9007199254740993, 9007199254740993::HUGEINT, NULL::INTEGER, 'a', true),
          (NULL, -1::HUGEINT, NULL, NULL, false)
        )
    """
    with open_engine(threads=1) as connection:
        (columns,) = post_forms._columns(connection, query, {})
    large = 9007199254740993
    assert columns == Columns(2, [[large, None], [large, -1], None, ["a", None], [True, False]])
    whole: Sequence[object] = columns.lists()[0]
    assert isinstance(whole[0], int)


def test_a_number_beyond_64_bits_is_refused_and_never_cut() -> None:
    with open_engine(threads=1) as connection, pytest.raises(pa.ArrowInvalid):
        list(post_forms._columns(connection, "SELECT 9223372036854775808::HUGEINT", {}))
