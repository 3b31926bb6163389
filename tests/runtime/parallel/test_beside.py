"""Steps side by side: what each makes, and whose fault is told."""

from __future__ import annotations

from contextlib import closing

import pytest
from duckdb import DuckDBPyConnection

from runtime.engine import open_engine
from runtime.parallel.steps import beside


class Fault(Exception):
    """What a step raises here."""


def make_other(connection: DuckDBPyConnection) -> int:
    connection.execute("CREATE TABLE book.other AS SELECT range AS number FROM range(1000)")
    zone = connection.execute("SELECT current_setting('TimeZone')").fetchall()
    assert zone == [("UTC",)], "a connection of the step's own is in UTC, as all are"
    return 7


def fail(connection: DuckDBPyConnection) -> int:
    make_other(connection)
    raise Fault("the step's")


@pytest.mark.parametrize("threads", [1, 2])
def test_both_have_made_their_tables_at_the_end(threads: int) -> None:
    with closing(open_engine(threads=threads)) as connection:
        with beside(connection, make_other) as other:
            connection.execute("CREATE TABLE book.own AS SELECT 1 AS number")
        assert other.value == 7
        counts = "SELECT (SELECT count(*) FROM book.own), (SELECT count(*) FROM book.other)"
        assert connection.execute(counts).fetchall() == [(1, 1000)]


@pytest.mark.parametrize("threads", [1, 2])
def test_the_fault_of_a_step_is_raised_at_the_end(threads: int) -> None:
    with closing(open_engine(threads=threads)) as connection:
        with pytest.raises(Fault, match="the step's"), beside(connection, fail):
            connection.execute("CREATE TABLE book.own AS SELECT 1 AS number")
        assert connection.execute("SELECT number FROM book.own").fetchall() == [(1,)]


@pytest.mark.parametrize("threads", [1, 2])
def test_the_fault_of_the_body_comes_before_the_step_s(threads: int) -> None:
    with (
        closing(open_engine(threads=threads)) as connection,
        pytest.raises(Fault, match="the body's"),
        beside(connection, fail),
    ):
        raise Fault("the body's")
