"""Hold a catalog to its tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from proving.judge import judge
from proving.processes import Bench, in_processes
from proving.report import Verdict
from proving.run import Billed, batches_of, prepared, run_batch
from proving.scenario import Scenario
from runtime.program.model import Program


def in_silence(done: int, total: int) -> None:
    """Take note of nothing."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Tests that were run: what each of their bills came to, and a verdict on each, in order."""

    scenarios: tuple[Scenario, ...]
    billed: Mapping[str, tuple[Billed, ...]]
    verdicts: tuple[Verdict, ...]


def prove(
    program: Program,
    scenarios: Sequence[Scenario],
    catalog: Path,
    progress: Callable[[int, int], None] = in_silence,
    *,
    processes: int = 1,
) -> Proof:
    """Run tests and judge each.

    Args:
        program: the compiled catalog.
        catalog: its folder, for the files that tests name.
        progress: told how many tests have run, of how many.
        processes: that run them side by side; those that share their bills stay together.
    """
    bench = Bench(prepared(program), tuple(scenarios), catalog)
    batches = [tuple(each.name for each in batch) for batch in batches_of(scenarios)]
    billed: dict[str, tuple[Billed, ...]] = {}
    progress(0, len(scenarios))
    for found in in_processes(bench, _billed, batches, processes):
        billed.update(found)
        progress(len(billed), len(scenarios))
    verdicts = tuple(Verdict(each, judge(each, billed[each.name], catalog)) for each in scenarios)
    return Proof(tuple(scenarios), billed, verdicts)


def _billed(bench: Bench, names: tuple[str, ...]) -> dict[str, tuple[Billed, ...]]:
    batch = [each for each in bench.scenarios if each.name in names]
    return run_batch(bench.program, batch, bench.catalog)
