"""Steps side by side give what they would one after the other, and end together."""

from __future__ import annotations

from collections.abc import Callable
from threading import active_count

import pytest
from duckdb import DuckDBPyConnection

from runtime.engine import open_engine
from runtime.parallel.steps import side_by_side

LONG = "SELECT sum(a.a % 7 + b.b) FROM range(1000000) a(a), range(1000000) b(b)"


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_each_step_gives_its_own_in_their_order(threads: int) -> None:
    def make(number: int) -> Callable[[DuckDBPyConnection], int]:
        def step(connection: DuckDBPyConnection) -> int:
            connection.execute(f"CREATE TABLE t{number} AS SELECT {number} AS n")
            return number

        return step

    with open_engine(threads=threads) as connection:
        found = side_by_side(connection, [make(number) for number in range(5)])
        made = connection.execute("SELECT n FROM t0 UNION ALL FROM t4 ORDER BY 1").fetchall()
        assert side_by_side(connection, []) == []
    assert found == [0, 1, 2, 3, 4]
    assert made == [(0,), (4,)]


def test_a_fault_ends_what_is_under_way_and_is_raised() -> None:
    def fail(_: DuckDBPyConnection) -> None:
        raise KeyError("faulty")

    def last(connection: DuckDBPyConnection) -> None:
        connection.execute(LONG)

    before = active_count()
    with open_engine(threads=2) as connection:
        with pytest.raises(KeyError, match="faulty"):
            side_by_side(connection, [fail, last, last])
        assert connection.execute("SELECT 3").fetchall() == [(3,)]
    assert active_count() == before
