"""Items made in a thread ahead of who takes them: in order, with their faults, and ended early."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, active_count

import pytest

from runtime.engine import open_engine
from runtime.parallel.ahead import made_ahead


def nothing() -> None:
    """Nothing is under way that could be stopped."""


def test_items_come_in_order_and_no_more_of_them_than_asked_wait() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(50):
            made.append(number)
            yield number

    with made_ahead(items(), most=3, stop=nothing) as taken:
        for number in range(50):
            assert next(taken) == number
            # Three wait, one is being put, and one is in the hands of who takes them.
            assert len(made) <= number + 5
        assert list(taken) == []


def test_what_fails_is_raised_where_the_item_would_have_been_taken() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("the second")

    with made_ahead(items(), most=3, stop=nothing) as taken:
        assert next(taken) == 1
        with pytest.raises(ValueError, match="the second"):
            next(taken)


def test_who_leaves_early_finds_the_thread_ended() -> None:
    threads = active_count()

    def items() -> Iterator[int]:
        while True:
            yield 1

    with made_ahead(items(), most=1, stop=nothing) as taken:
        assert next(taken) == 1
        assert active_count() == threads + 1
    assert active_count() == threads


def test_a_query_under_way_is_stopped_and_the_engine_can_be_used_again() -> None:
    connection = open_engine(threads=1)
    is_begun = Event()

    def items() -> Iterator[object]:
        is_begun.set()
        yield connection.execute(
            "SELECT count(*) FROM range(10_000_000_000) AS a(i) WHERE hash(i) = 1"
        ).fetchall()

    with made_ahead(items(), most=1, stop=connection.interrupt):
        assert is_begun.wait(10)
    assert connection.execute("SELECT 1").fetchall() == [(1,)]
