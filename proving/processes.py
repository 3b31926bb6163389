"""Tests are run side by side, in as many processes as there are cores.

A process is started anew: one that is forked would share the engine's threads and files.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from proving.scenario import Scenario
from runtime.program.model import Program

WORTH_A_PROCESS = 4
"""Questions from which on a second process, which takes a second to start, is worth it."""

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class ProcessDied(Exception):
    """A process that ran tests ended before its answer."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What every process has: a program of `proving.run.prepared`, tests, the catalog's folder."""

    program: Program
    scenarios: tuple[Scenario, ...]
    catalog: Path


_bench: Bench | None = None


def in_processes(
    bench: Bench,
    answer: Callable[[Bench, Asked], Answer],
    asked: Sequence[Asked],
    processes: int,
) -> Iterator[Answer]:
    """Give the answer to each question, in their order.

    Args:
        bench: what is known to whoever answers.
        answer: a function of a module, so that other processes find it.
        asked: the questions.
        processes: at most; 1: none but this one.

    Raises ProcessDied where one is killed.
    """
    if processes == 1 or len(asked) < WORTH_A_PROCESS:
        yield from (answer(bench, each) for each in asked)
        return
    count = min(processes, len(asked))
    with (
        TemporaryDirectory(prefix="ratebook-bench-") as folder,
        ProcessPoolExecutor(count, get_context("spawn"), _begin, (_kept(bench, folder),)) as pool,
    ):
        try:
            waiting = [pool.submit(_answer, answer, each) for each in asked]
            for each in waiting:
                yield each.result()
        except BrokenProcessPool as fault:
            raise ProcessDied from fault
        finally:
            pool.shutdown(cancel_futures=True)


def _kept(bench: Bench, folder: str) -> Path:
    """Leave the bench in a file: what is handed over while a process starts blocks if it dies."""
    path = Path(folder) / "bench"
    path.write_bytes(pickle.dumps(bench))
    return path


def _begin(kept: Path) -> None:
    global _bench  # noqa: PLW0603 - what a process is started with
    _bench = pickle.loads(kept.read_bytes())


def _answer(answer: Callable[[Bench, Asked], Answer], asked: Asked) -> Answer:
    assert _bench is not None
    return answer(_bench, asked)
