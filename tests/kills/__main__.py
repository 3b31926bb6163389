"""Print what came of killing so often; see tests.kills."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import tests.kills
from tests.kills.killing import Killed, Killing, kill_and_compare
from tests.kills.state import NOT_COMPARED
from tests.postgres import local_server


def whole(text: str) -> int:
    """Read a whole number that may be grouped, as 5_000_000."""
    return int(text.replace("_", ""))


def main() -> int:
    """Do what the command line asks, and print what came of it; 1 where something differed."""
    parser = argparse.ArgumentParser(prog="tests.kills", description=tests.kills.__doc__)
    parser.add_argument("--records", type=whole, default=300_000)
    parser.add_argument("--accounts", type=whole, default=200)
    parser.add_argument("--times", type=whole, default=20, help="kills in all")
    parser.add_argument("--chain", type=whole, default=5, help="kills before a run may end")
    parser.add_argument("--seed", type=whole, default=1)
    parser.add_argument("--minutes", type=float, help="begin no kill later, and tell how many")
    parser.add_argument("--postgres", action="store_true", help="ledgers in PostgreSQL")
    parser.add_argument("--data", type=Path, help="where to work; a temporary folder else")
    given = parser.parse_args()
    until = time.monotonic() + given.minutes * 60 if given.minutes else float("inf")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=given.data, prefix="kills-"))
        asked = Killing(
            Path(folder),
            given.records,
            given.accounts,
            given.times,
            given.chain,
            given.seed,
            until,
            stack.enter_context(local_server()) if given.postgres else None,
        )
        done = kill_and_compare(asked, lambda words: print(words, file=sys.stderr, flush=True))
        usage = json.loads((asked.folder / "calm" / "summary.json").read_text())["usage"]
    print(f"{given.records:,} records, {given.accounts:,} accounts, seed {given.seed}")
    print(", ".join(f"{count:,} {reason.lower()}" for reason, count in usage["reasons"]) + "\n")
    tell(done)
    return bool(done.differences or done.kills < given.times)


def tell(done: Killed) -> None:
    """Print the undisturbed run's stages, the kills in each, and what differed."""
    course = done.course
    print("| stage | undisturbed, s | killed in it |\n| --- | ---: | ---: |")
    seconds = dict.fromkeys(course.stages, 0.0)
    for number, stage in enumerate(course.stages):
        seconds[stage] += course.length(number)
    for stage in dict.fromkeys([*course.stages, *done.stages]):
        print(f"| {stage} | {seconds.get(stage, 0.0):.1f} | {done.stages[stage]} |")
    print(f"| **in all** | {course.end:.1f} | {done.kills} |\n")
    print(
        f"{done.kills} kills; {done.compared} runs came to their end and were compared; "
        f"of {done.posted_before} a killed run had already posted"
    )
    print("not compared: " + "; ".join(NOT_COMPARED))
    for each in done.differences:
        print(f"DIFFERS: {each}")
    if not done.differences:
        print("every one equals the undisturbed run: files to the byte, ledger row for row")


if __name__ == "__main__":
    sys.exit(main())
