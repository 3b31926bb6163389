"""Parts by number: in their order, however many threads; what one raises is raised."""

import threading

import pytest

from runtime.parallel.parts import do_parts


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_parts_give_in_their_order(threads: int) -> None:
    assert do_parts(lambda part: part * part, 7, threads) == [0, 1, 4, 9, 16, 25, 36]
    assert do_parts(lambda part: part, 0, threads) == []


def test_two_threads_do_two_parts_at_once() -> None:
    met = threading.Barrier(2, timeout=10)
    assert sorted(do_parts(lambda _: met.wait(), 2, 2)) == [0, 1]


@pytest.mark.parametrize("threads", [1, 2])
def test_what_a_part_raises_is_raised(threads: int) -> None:
    with pytest.raises(ZeroDivisionError):
        do_parts(lambda part: 1 // (part - 1), 3, threads)
