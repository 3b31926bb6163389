"""Runs to be killed: their data, their folders and ledgers, and what was found."""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.data import Size, write_book, write_usage
from compiler.compile import compile_folder
from runtime.program.artifact import to_bytes
from tests.kills.moments import Asked, Course, kill_at, run_whole
from tests.kills.state import RUNS, differences, is_posted, last_run, state_of, without_last_run
from tests.postgres import Server

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "catalogs" / "connectivity"
EARLY, LATE = "2026-01-01", "2026-02-01"


@dataclass(frozen=True, slots=True)
class Killing:
    """What is billed, and how often it is killed.

    Attributes:
        folder: for data and the folders of runs; a trial's goes once it is compared.
        times: how many kills in all.
        chain: at most so many before a run may end and what is left is compared.
        seed: what decides when they come.
        until: no kill is begun after this instant of time.monotonic(), seconds.
        server: where ledgers are databases, named as the folders of the runs are; None:
            they are files in these folders.
    """

    folder: Path
    records: int
    accounts: int
    times: int
    chain: int = 5
    seed: int = 1
    until: float = float("inf")
    server: Server | None = None

    def ledger_of(self, out: Path) -> str:
        """Give the URL of the ledger that belongs to a run's folder."""
        if self.server is None:
            return f"sqlite:///{out}/ledger.db"
        return self.server.database_url(out.name)

    def copy(self, run: Path, to: Path) -> None:
        """Copy a run's folder, and its ledger with it."""
        shutil.copytree(run, to)
        if self.server is not None:
            self.server.execute(f'CREATE DATABASE "{to.name}" TEMPLATE "{run.name}"')

    def remove(self, run: Path) -> None:
        """Remove what copy made."""
        shutil.rmtree(run)
        if self.server is not None:
            self.server.execute(f'DROP DATABASE "{run.name}" WITH (FORCE)')


@dataclass(slots=True)
class Killed:
    """What was done: the undisturbed run, kills by stage, and what differed after which.

    Attributes:
        compared: how many runs came to their end and were compared.
        posted_before: how many of these had been posted by a run that was killed thereafter.
    """

    course: Course
    stages: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    posted_before: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How many runs were killed."""
        return self.stages.total()


def kill_and_compare(asked: Killing, tell: Callable[[str], None] = lambda _: None) -> Killed:
    """Kill until it was done so often, and compare what every trial leaves; tell of each."""
    make_data(asked)
    early, calm = asked.folder / "early", asked.folder / "calm"
    if asked.server is not None:
        asked.server.execute('CREATE DATABASE "early"')
    run_whole(command_of(asked, early, EARLY))
    asked.copy(early, calm)
    done = Killed(run_whole(command_of(asked, calm, LATE)))
    expected = state_of(calm, asked.ledger_of(calm))
    chance = random.Random(asked.seed)
    while done.kills < asked.times and time.monotonic() < asked.until:
        out = asked.folder / f"trial-{done.compared + 1}"
        asked.copy(early, out)
        if not ended_in_a_row_of_kills(asked, out, chance, done, tell):
            run_whole(command_of(asked, out, LATE))
        compare(asked, out, expected, done, tell)
        asked.remove(out)
    return done


def ended_in_a_row_of_kills(
    asked: Killing,
    out: Path,
    chance: random.Random,
    done: Killed,
    tell: Callable[[str], None],
) -> bool:
    """Kill a run, and the one that begins after it, and so on until one had posted.

    True where the last of them ended before it could be killed: there is nothing left to run.

    Every second instant is any of the run's time, the others are of any stage: most of the time
    goes to a few stages, and the commit would hardly ever be met.
    """
    for _ in range(min(asked.chain, asked.times - done.kills)):
        draw = done.course.any_stage if done.kills % 2 else done.course.any_time
        stage = kill_at(command_of(asked, out, LATE), done.course, draw(chance))
        shutil.rmtree(asked.folder / "tmp")
        (asked.folder / "tmp").mkdir()
        if stage is None:
            return True
        done.stages[stage] += 1
        tell(f"{out.name}: kill {done.kills} while {stage}")
        if is_posted(out) or time.monotonic() > asked.until:
            return False
    return False


def compare(
    asked: Killing,
    out: Path,
    expected: dict[str, str],
    done: Killed,
    tell: Callable[[str], None],
) -> None:
    """Compare what is left with what the undisturbed run left."""
    url = asked.ledger_of(out)
    done.compared += 1
    found = state_of(out, url)
    if last_run(url) > RUNS:
        done.posted_before += 1
        expected, found = without_last_run(expected), without_last_run(found)
    different = [f"{out.name}: {each}" for each in differences(expected, found)]
    done.differences += different
    tell("\n".join(different) or f"{out.name}: all is equal")


def make_data(asked: Killing) -> None:
    """Write program, book and two usage files, of which the second repeats ids of the first."""
    program = compile_folder(CATALOG).program
    assert program is not None
    (asked.folder / "program.json").write_bytes(to_bytes(program))
    write_book(asked.folder / "book", asked.accounts)
    (asked.folder / "tmp").mkdir(exist_ok=True)
    early, late = (asked.folder / f"{name}.parquet" for name in ("early", "late"))
    write_usage(early, Size(max(asked.records // 20, 1), asked.accounts), seed=7)
    write_usage(late, Size(asked.records, asked.accounts))


def command_of(asked: Killing, out: Path, as_of: str) -> Asked:
    """Give the command of a run; one as of LATE is fed both files.

    What a killed run leaves of temporary files goes with the rest.
    """
    names = ("early",) if as_of == EARLY else ("early", "late")
    given = [("--usage", str(asked.folder / f"{name}.parquet")) for name in names]
    words = (
        *(sys.executable, "-m", "cli.main", "bill", str(asked.folder / "program.json")),
        *("--book", str(asked.folder / "book"), "--as-of", as_of, "--out", str(out)),
        *("--ledger", asked.ledger_of(out)),
        *(word for pair in given for word in pair),
    )
    return Asked(words, ROOT, {**os.environ, "TMPDIR": str(asked.folder / "tmp")})
