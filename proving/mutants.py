"""Would a test notice a slip?  Each wrong catalog is billed, until a test fails with it.

A slip is noticed where a test that passed fails with it, or is refused.  A test is run only as
far as its first bill that fails, the one that reaches the changed price soonest goes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from proving.check import in_silence
from proving.coverage import Coverage
from proving.judge import judge, judge_bill
from proving.processes import Bench, in_processes
from proving.run import batches_of, bill_by_bill, run_batch
from proving.scenario import Scenario
from proving.slips import Mutant, mutants_of
from runtime.program.model import Program

FEW = 2
"""Tests that are asked first: nearly every slip is noticed by whoever reaches it."""

Batches = tuple[tuple[str, ...], ...]
"""Names of tests, those together that share their bills."""


@dataclass(frozen=True, slots=True)
class Fate:
    """A mutant, and the test that noticed it; None: none did."""

    mutant: Mutant
    noticed_by: str | None


@dataclass(frozen=True, slots=True)
class Trial:
    """A mutant by its number among all, and the tests that are to notice it."""

    number: int
    asked: Batches


def some_of(total: int, most: int) -> tuple[int, ...]:
    """Choose so many numbers of mutants at even distances, the same each time."""
    if total <= most:
        return tuple(range(total))
    return tuple(number * total // most for number in range(most))


def try_mutants(
    bench: Bench,
    numbers: Sequence[int],
    coverage: Coverage,
    *,
    processes: int = 1,
    progress: Callable[[int, int], None] = in_silence,
) -> tuple[Fate, ...]:
    """Run, for each mutant, the tests that reach what it changes, until one notices it.

    Args:
        bench: whose program is one of `proving.run.prepared`, for which all the tests pass.
        numbers: of the mutants, in the order of `proving.slips.mutants_of`.
        coverage: what the tests reach.
        processes: that try them side by side.
        progress: told how many were tried, of how many.
    """
    mutants = tuple(mutants_of(bench.program))
    trials = [
        Trial(number, _asked(mutants[number], bench.scenarios, coverage)) for number in numbers
    ]
    fates = []
    for done, noticed_by in enumerate(in_processes(bench, _noticed_by, trials, processes)):
        progress(done, len(trials))
        fates.append(Fate(mutants[numbers[done]], noticed_by))
    return tuple(fates)


def _asked(mutant: Mutant, scenarios: Sequence[Scenario], coverage: Coverage) -> Batches:
    """Name the tests that reach what a mutant changes, those first that do so soonest."""
    first: dict[str, int] = {}
    for key in mutant.keys:
        for name, bill in coverage.reached.get(key, {}).items():
            first[name] = min(bill, first.get(name, bill))
    asked = [each for each in scenarios if each.name in first]
    batches = [sorted(batch, key=lambda each: first[each.name]) for batch in batches_of(asked)]
    batches.sort(key=lambda batch: first[batch[0].name])
    parts = [part for batch in batches for part in (batch[:FEW], batch[FEW:]) if part]
    return tuple(tuple(each.name for each in part) for part in parts)


def _noticed_by(bench: Bench, trial: Trial) -> str | None:
    if not trial.asked:
        return None
    mutant = next(islice(mutants_of(bench.program), trial.number, None))
    program = mutant.program()
    by_name = {each.name: each for each in bench.scenarios}
    for names in trial.asked:
        found = _failing(bench, program, [by_name[name] for name in names])
        if found is not None:
            return found
    return None


def _failing(bench: Bench, program: Program, batch: Sequence[Scenario]) -> str | None:
    """Name the first test of a batch that fails, by the first bill that does."""
    for number, billed in enumerate(bill_by_bill(program, batch, bench.catalog)):
        if billed is None:
            each_alone = run_batch(program, batch, bench.catalog)
            return next(
                (test.name for test in batch if judge(test, each_alone[test.name], bench.catalog)),
                None,
            )
        for test in batch:
            # A test that bills fewer days has no part in the later bills.
            own = billed.get(test.name)
            if own is not None and judge_bill(test, number, own, bench.catalog):
                return test.name
    return None


def mutant_lines(fates: Sequence[Fate]) -> Iterator[str]:
    """Tell of the mutants that no test noticed, and the score."""
    for fate in fates:
        if fate.noticed_by is None:
            source = fate.mutant.source
            yield f"{source.path}:{source.line}: {fate.mutant.what}, and no test notices"
            yield f"    {source.text.strip()}"
    noticed = sum(fate.noticed_by is not None for fate in fates)
    yield f"mutation score: {noticed} of {len(fates)} ({score_of(fates)}%)"


def score_of(fates: Sequence[Fate]) -> int:
    """Give the noticed share in whole percent, cut."""
    noticed = sum(fate.noticed_by is not None for fate in fates)
    return noticed * 100 // len(fates) if fates else 100
