"""Every case of a file of the shared figures, ours beside theirs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from tests.conformance import buckets, calls, tiers
from tests.conformance.differences import DIFFERENCES
from tests.conformance.sheet import Figures, Sheet, rate_sheets

FILES = ("tiers", "usage_telecom", "buckets")

Adapter = Callable[[dict[str, Any]], Sheet | Figures]

ADAPTERS: Mapping[str, Adapter] = {
    "tiered_charge": tiers.tiered_charge,
    "graduated_percentage_charge": tiers.graduated_percentage_charge,
    "percentage_charge": tiers.percentage_charge,
    "quantity_transform": tiers.quantity_transform,
    "transformed_charge": tiers.transformed_charge,
    "windowed_charge": tiers.windowed_charge,
    "block_tiers_charge": tiers.block_tiers_charge,
    "capacity_tiers_charge": tiers.capacity_tiers_charge,
    "cumulative_deltas": tiers.cumulative_deltas,
    "prorated_graduated_charge": tiers.prorated_graduated_charge,
    "rated_call": calls.rated_call,
    "longest_prefix": calls.longest_prefix,
    "schedule_segments": calls.schedule_segments,
    "round_amount": calls.round_amount,
    "usage_windows": calls.usage_windows,
    "usage_by_local_month": calls.usage_by_local_month,
    "ordered_drawdown": buckets.ordered_drawdown,
    "grant_timeline": buckets.grant_timeline,
    "prepaid_call": buckets.prepaid_call,
}

OPTIONS: Mapping[str, str] = {
    "cg1-factor-limit": buckets.UNIT,
    "cg1-two-925": buckets.UNIT,
    "cg-call-zero1m": "the rate's increment rounds up, before the bucket",
    "om-delta-unit-round": "target minus posted",
    "om-delta-vol-flat-unit": "target minus posted",
    "om-delta-pkg-down": "target minus posted",
}
"""What of ours it takes to match, of cases that are no rows of a sheet."""

Verdict = Literal["passed", "by option", "known difference", "differs", "no longer differs"]


@dataclass(frozen=True)
class Outcome:
    """A case, what others say of it and what we do."""

    file: str
    id: str
    kind: str
    expected: Figures
    found: Figures
    option: str | None

    @property
    def verdict(self) -> Verdict:
        """Whether the figures are the same, and whether that is as it should be."""
        is_same = all(
            _number(self.found.get(name)) == _number(value) for name, value in self.expected.items()
        )
        if self.id in DIFFERENCES:
            return "no longer differs" if is_same else "known difference"
        if not is_same:
            return "differs"
        return "by option" if self.option else "passed"


def _number(value: Any) -> Any:  # noqa: ANN401 - a figure, or a list or a mapping of figures
    """Make fractions of the numbers of a figure, however they are written."""
    if isinstance(value, dict):
        return {name: _number(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_number(each) for each in value]
    if isinstance(value, str):
        try:
            return Fraction(value) if not value.startswith("+") else value
        except ValueError:
            return value
    return value


def run(shared: Path, folder: Path, files: Sequence[str] = FILES) -> list[Outcome]:
    """Work out every case of some files."""
    cases = [
        (file, each)
        for file in files
        for each in json.loads((shared / "cases" / f"{file}.json").read_text("utf-8"))
    ]
    made = {
        f"c{number}": ADAPTERS[each["kind"]](each["given"])
        for number, (_, each) in enumerate(cases)
    }
    sheets = {name: each for name, each in made.items() if isinstance(each, Sheet)}
    figures = rate_sheets(sheets, folder)
    outcomes = []
    for (name, one), (file, case) in zip(made.items(), cases, strict=True):
        outcomes.append(
            Outcome(
                file=file,
                id=case["id"],
                kind=case["kind"],
                expected=case["expect"],
                found=figures[name] if isinstance(one, Sheet) else one,
                option=one.option if isinstance(one, Sheet) else OPTIONS.get(case["id"]),
            )
        )
    return outcomes
