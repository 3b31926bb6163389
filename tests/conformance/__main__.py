"""Print how our figures compare with those of others: `python -m tests.conformance FOLDER`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conformance.differences import DIFFERENCES
from tests.conformance.run import FILES, Outcome, Verdict, run

COLUMNS: tuple[Verdict, ...] = ("passed", "by option", "known difference")


def table(outcomes: list[Outcome]) -> str:
    """Give the table as Markdown: a row a file and kind, then the options and the differences."""
    lines = ["| file | kind | cases | passed | by option | known difference |", "|" + " --- |" * 6]
    for file in FILES:
        ours = [each for each in outcomes if each.file == file]
        for kind in dict.fromkeys(each.kind for each in ours):
            lines.append(_row(file, kind, [each for each in ours if each.kind == kind]))
        lines.append(_row(f"**{file}**", "**all**", ours))
    lines.append(_row("**all**", "", outcomes))
    lines += ["", "| by option | takes |", "| --- | --- |"]
    lines += [f"| {each.id} | {each.option} |" for each in outcomes if each.verdict == "by option"]
    lines += ["", "| known difference | reason |", "| --- | --- |"]
    lines += [
        f"| {each.id} | {DIFFERENCES[each.id]} |"
        for each in outcomes
        if each.verdict == "known difference"
    ]
    wrong = [each for each in outcomes if each.verdict not in COLUMNS]
    lines += [f"{each.id}: {each.verdict}, {each.found} for {each.expected}" for each in wrong]
    return "\n".join(lines)


def _row(file: str, kind: str, ours: list[Outcome]) -> str:
    counts = Counter(each.verdict for each in ours)
    figures = " | ".join(str(counts[name]) for name in COLUMNS)
    return f"| {file} | {kind} | {len(ours)} | {figures} |"


if __name__ == "__main__":
    with TemporaryDirectory() as made:
        print(table(run(Path(sys.argv[1]), Path(made))))  # noqa: T201 - what the command is for
