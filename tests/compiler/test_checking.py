"""What is parsed and checked in a second process is found as in the first."""

import os
from collections.abc import Callable

import pytest

from compiler import checking, child, parsing
from compiler.compile import Compilation, compile_sources
from compiler.session import Session
from dsl.diagnostic import Diagnostic, from_plain, to_plain
from dsl.source import Source
from tests.dsl.catalogs import SOURCES

WRONG = """\
service type unused = fee
service status active = billabel
service tablet { type recurrent; tax telecom; price monthly { aktive 1.00 CAD } }
usage class a measured in data
usage class b measured in data
rate group g { a to nowhere 1.00 EUR per minute }  # allow(unused-declaration): as a test
package p { bills monthly; service tablet 5..2; service tablett }
"""


def found_in(sources: list[Source]) -> tuple[Diagnostic, ...]:
    return compile_sources(sources).diagnostics


@pytest.fixture
def wrong() -> list[Source]:
    return [*SOURCES, Source("wrong.ratebook", WRONG)]


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Parse and check any catalog in a child, too; give the children's processes."""
    monkeypatch.setattr(checking, "WORTHWHILE", 0)
    monkeypatch.setattr(parsing, "WORTHWHILE", 0)
    monkeypatch.setattr(child, "can_start", lambda: True)
    started: list[int] = []
    start = child.start

    def note(work: Callable[[], object]) -> child.Child | None:
        found = start(work)
        started.extend([] if found is None else [found.process])
        return found

    monkeypatch.setattr(child, "start", note)
    return started


def alone(sources: list[Source], monkeypatch: pytest.MonkeyPatch) -> Compilation:
    """Compile in one process."""
    with monkeypatch.context() as patch:
        patch.setattr(child, "can_start", lambda: False)
        return compile_sources(sources)


def draw_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave all work to the child."""
    parent, drawn = os.getpid(), child._drawn
    monkeypatch.setattr(child, "_drawn", lambda bag: () if os.getpid() == parent else drawn(bag))


def test_a_child_finds_what_the_parent_does_not_look_for(
    wrong: list[Source], forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    due = alone(wrong, monkeypatch)
    assert len({diagnostic.code for diagnostic in due.diagnostics}) > 6
    assert forked == []
    found = compile_sources(wrong)
    assert (found.files, found.diagnostics) == (due.files, due.diagnostics)
    assert len(forked) == 2


def test_a_child_can_do_all_of_the_work(
    wrong: list[Source], forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    due = alone(wrong, monkeypatch)
    draw_nothing_here(monkeypatch)
    found = compile_sources(wrong)
    assert (found.files, found.diagnostics) == (due.files, due.diagnostics)


def test_a_child_that_comes_to_grief_leaves_its_work_to_the_parent(
    wrong: list[Source], forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    due = found_in(wrong)
    draw_nothing_here(monkeypatch)
    parent = os.getpid()
    look = checking._found

    def fail(*arguments: object) -> tuple[Diagnostic, ...]:
        if os.getpid() != parent:
            raise MemoryError
        return look(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(checking, "_found", fail)
    assert found_in(wrong) == due
    assert len(forked) == 4


@pytest.mark.parametrize("count", [0, 1, 255])
def test_shared_work_is_given_in_order(count: int, forked: list[int]) -> None:
    finish = child.share(count, lambda number: number * 2, str, lambda _, packed: int(str(packed)))
    assert finish() == [number * 2 for number in range(count)]


@pytest.mark.parametrize(
    "data", [(), ("a", 1, None), ("x" * 1_000_000,)], ids=["none", "few", "much"]
)
def test_what_a_child_sends_arrives_whole(data: tuple[object, ...], forked: list[int]) -> None:
    assert child.result(child.start(lambda: data)) == data


def test_what_cannot_be_sent_is_as_good_as_nothing(forked: list[int]) -> None:
    assert child.result(child.start(Session)) is None
    assert child.result(child.start(lambda: os._exit(0))) is None
    assert child.result(None) is None


def test_no_child_is_left_behind(forked: list[int]) -> None:
    child.result(child.start(lambda: 1))
    with pytest.raises(ChildProcessError):
        os.waitpid(forked[0], os.WNOHANG)


def test_where_there_is_one_core_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert child.start(lambda: 1) is None


def test_a_diagnostic_is_the_same_after_it_was_sent(wrong: list[Source]) -> None:
    due = found_in(wrong)
    assert tuple(from_plain(to_plain(found)) for found in due) == due
