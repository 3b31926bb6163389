"""Hold a catalog to its tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from proving.judge import judge
from proving.report import Verdict
from proving.run import batches_of, prepared, run_scenarios
from proving.scenario import Scenario
from runtime.program.model import Program


def in_silence(done: int, total: int) -> None:
    """Take note of nothing."""


def check_scenarios(
    program: Program,
    scenarios: Sequence[Scenario],
    catalog: Path,
    progress: Callable[[int, int], None] = in_silence,
) -> tuple[Verdict, ...]:
    """Run tests and judge each, in their order.

    Args:
        program: the compiled catalog.
        catalog: its folder, for the files that tests name.
        progress: told how many tests have run, of how many.
    """
    made = prepared(program)
    verdicts: dict[str, Verdict] = {}
    for batch in batches_of(scenarios):
        progress(len(verdicts), len(scenarios))
        billed = run_scenarios(made, batch, catalog)
        for each in batch:
            verdicts[each.name] = Verdict(each, judge(each, billed[each.name], catalog))
    return tuple(verdicts[each.name] for each in scenarios)
