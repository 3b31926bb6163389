"""Tests are run by several processes as by one."""

import os
from pathlib import Path

import pytest

from proving.processes import Bench, ProcessDied, in_processes
from proving.scenario import scenarios_of
from tests.proving.catalogs import ACTIVE, compiled

pytestmark = pytest.mark.feature("E3")


def days_of(bench: Bench, number: int) -> tuple[str, int, int]:
    """Say what a process sees of its bench, and which it is."""
    return bench.scenarios[number].name, len(bench.program.prices), os.getpid()


def die(bench: Bench, number: int) -> int:
    """End the process as if it were killed."""
    os._exit(9)


def benched(folder: Path) -> Bench:
    names = ("a", "b", "c", "d", "e")
    text = "".join(
        f"test {each} {{\n{ACTIVE}  bill 2026-01-01\n  expect line f.sim recurring 31.00 USD\n}}\n"
        for each in names
    )
    compilation = compiled(folder, text)
    assert compilation.program is not None
    return Bench(compilation.program, scenarios_of(compilation.resolved), folder)


def test_answers_come_from_other_processes_in_the_order_of_the_questions(tmp_path: Path) -> None:
    bench = benched(tmp_path)
    answers = list(in_processes(bench, days_of, range(5), 2))
    assert [name for name, _, _ in answers] == ["a", "b", "c", "d", "e"]
    assert {prices for _, prices, _ in answers} == {len(bench.program.prices)}
    assert os.getpid() not in {process for _, _, process in answers}


def test_few_questions_are_answered_here(tmp_path: Path) -> None:
    answers = list(in_processes(benched(tmp_path), days_of, range(2), 2))
    assert {process for _, _, process in answers} == {os.getpid()}


def test_a_process_that_is_killed_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ProcessDied):
        list(in_processes(benched(tmp_path), die, range(5), 2))
