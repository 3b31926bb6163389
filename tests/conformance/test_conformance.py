"""The figures that others assert of tiers, calls and buckets: ours are the same, or said why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.differences import DIFFERENCES
from tests.conformance.run import FILES, OPTIONS, Outcome, run

CASES = {"tiers": 40, "usage_telecom": 22, "buckets": 14}


@pytest.fixture(scope="module")
def outcomes(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    if not (shared / "cases").exists():
        pytest.skip("the shared cases are not here")
    return run(shared, tmp_path_factory.mktemp("conformance"))


@pytest.mark.feature("A11", "A12", "A14", "A16", "C3", "D4")
def test_our_figures_are_those_of_others_or_it_is_said_why(outcomes: list[Outcome]) -> None:
    wrong = [
        f"{each.id}: {each.verdict}: {dict(each.found)}, not {dict(each.expected)}"
        for each in outcomes
        if each.verdict in {"differs", "no longer differs"}
    ]
    assert not wrong, "\n".join(wrong)


def test_every_case_is_worked_out_and_every_difference_is_of_a_case(
    outcomes: list[Outcome],
) -> None:
    assert {file: sum(each.file == file for each in outcomes) for file in FILES} == CASES
    known = {each.id for each in outcomes}
    assert known >= DIFFERENCES.keys()
    assert known >= OPTIONS.keys()
    assert all(reason.strip() for reason in DIFFERENCES.values())
    assert not DIFFERENCES.keys() & OPTIONS.keys()
