"""Kill a billing run at random instants, run it again, and compare with an undisturbed one.

`python -m tests.kills --records 5_000_000 --times 100`: two runs of the connectivity catalog,
the first with early usage.  The second one is killed (SIGKILL) once or several times, then run
to its end.  Everything that is left must be what the undisturbed run left, to the byte: rated
usage, exceptions, usage store, documents, and every row of the ledger.

A run that was killed after it had posted is followed by one that finds nothing to bill; of
that one only its number may be seen.

With `--postgres` the ledgers are databases of a server that is started for them.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from benchmarks.data import Size, write_book, write_usage
from compiler.compile import compile_folder
from runtime.ledger.schema import documents, metadata, runs
from runtime.ledger.url import parse_ledger_url
from runtime.program.artifact import to_bytes
from tests.postgres import Server, local_server

ROOT = Path(__file__).resolve().parent.parent
CATALOG = ROOT / "catalogs" / "connectivity"
EARLY, LATE = "2026-01-01", "2026-02-01"
RUNS = 2
"""How many runs there are to make: one with early usage, and the one that is killed."""

KILLS_A_TRIAL = (1, 1, 1, 2, 3)
"""How often one trial is killed before it may end; drawn with equal chance."""


@dataclass(frozen=True, slots=True)
class Killing:
    """What is billed, and how often it is killed.

    Attributes:
        folder: for data and the folders of runs; a trial's goes once it is compared.
        times: how many kills in all; a trial has one or several of them.
        seed: what decides when they come.
        server: where ledgers are databases, named as the folders of the runs are; None:
            they are files in these folders.
    """

    folder: Path
    records: int
    accounts: int
    times: int
    seed: int = 1
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
    """What was done: how many kills, in which stage of the run each, and what differed.

    `seconds` took the undisturbed run; kills come within `span`, which shrinks where a run is
    found to be faster, so that few of them come too late.
    """

    seconds: float
    span: float
    kills: int = 0
    posted_before: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


def kill_and_compare(asked: Killing, tell: Callable[[str], None] = lambda _: None) -> Killed:
    """Kill until it was done so often, and compare what every trial leaves; tell of each."""
    make_data(asked)
    early, calm = asked.folder / "early", asked.folder / "calm"
    if asked.server is not None:
        asked.server.execute('CREATE DATABASE "early"')
    bill(asked, early, EARLY)
    asked.copy(early, calm)
    start = time.perf_counter()
    bill(asked, calm, LATE)
    seconds = time.perf_counter() - start
    done = Killed(seconds, span=seconds)
    expected = state_of(calm, asked.ledger_of(calm))
    chance = random.Random(asked.seed)
    trial = 0
    while done.kills < asked.times:
        trial += 1
        out = asked.folder / f"trial-{trial}"
        asked.copy(early, out)
        for _ in range(min(chance.choice(KILLS_A_TRIAL), asked.times - done.kills)):
            kill(asked, out, chance.uniform(0, done.span), done)
        bill(asked, out, LATE)
        url = asked.ledger_of(out)
        found = state_of(out, url)
        done.posted_before += last_run(url) > RUNS
        different = [f"trial {trial}: {each}" for each in differences(expected, found)]
        done.differences += different
        tell("\n".join(different) or f"trial {trial}: {done.kills} kills until now, all is equal")
        asked.remove(out)
    return done


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


def command_of(asked: Killing, out: Path, as_of: str) -> list[str]:
    """Give the command line of a run; one as of LATE is fed both files."""
    names = ("early",) if as_of == EARLY else ("early", "late")
    given = [("--usage", str(asked.folder / f"{name}.parquet")) for name in names]
    return [
        *(sys.executable, "-m", "cli.main", "bill", str(asked.folder / "program.json")),
        *("--book", str(asked.folder / "book"), "--as-of", as_of, "--out", str(out)),
        *("--ledger", asked.ledger_of(out)),
        *(word for pair in given for word in pair),
    ]


def bill(asked: Killing, out: Path, as_of: str) -> None:
    """Run to the end; a run that fails is our failure."""
    said = subprocess.run(
        command_of(asked, out, as_of),
        cwd=ROOT,
        env=environment(asked),
        check=False,
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stderr


def environment(asked: Killing) -> dict[str, str]:
    """Let a killed run leave its temporary files where they go with the rest."""
    return {**os.environ, "TMPDIR": str(asked.folder / "tmp")}


def kill(asked: Killing, out: Path, after: float, done: Killed) -> None:
    """Kill a run so many seconds after it began; one that ended before is no kill."""
    said = asked.folder / "said"
    start = time.perf_counter()
    with said.open("w+") as stream:
        process = subprocess.Popen(
            command_of(asked, out, LATE),
            cwd=ROOT,
            env=environment(asked),
            stdout=subprocess.DEVNULL,
            stderr=stream,
            start_new_session=True,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
            done.span = min(done.span, time.perf_counter() - start)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        is_killed = process.wait() == -signal.SIGKILL
    shutil.rmtree(asked.folder / "tmp")
    (asked.folder / "tmp").mkdir()
    if is_killed:
        stages = [line for line in said.read_text().splitlines() if line.startswith("... ")]
        done.kills += 1
        done.stages[stages[-1].removeprefix("... ").partition(" (")[0] if stages else "start"] += 1


def state_of(out: Path, url: str) -> dict[str, str]:
    """Digest all that the runs left, by what it is; of runs after the last asked one nothing."""
    state = {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not is_of_a_run_to_no_purpose(path) and is_kept(out, path)
    }
    return state | dict(ledger_rows(url))


def is_of_a_run_to_no_purpose(path: Path) -> bool:
    """Whether a file is of a run that came after all was billed."""
    runs_of = [part.removeprefix("run=").partition(".")[0] for part in path.parts if "run=" in part]
    return any(run.isdecimal() and int(run) > RUNS for run in runs_of)


def is_kept(out: Path, path: Path) -> bool:
    """Whether a file is more than the last run's figures and digests, or the ledger's own bytes."""
    return path.relative_to(out).parts[0] not in {"summary.json", "ledger.db", "known"}


def ledger_rows(url: str) -> Iterator[tuple[str, str]]:
    """Give the rows of every table, but for runs that found nothing to bill."""
    with create_engine(parse_ledger_url(url), poolclass=NullPool).connect() as connection:
        for table in metadata.sorted_tables:
            query = select(table)
            if "run" in table.c:
                query = query.where(table.c.run <= RUNS)
            rows = sorted(repr(tuple(row)) for row in connection.execute(query))
            yield f"ledger {table.name}", "\n".join(rows)
        unwritten = connection.execute(select(documents).where(~documents.c.is_written)).all()
        yield "unwritten invoices", str(len(unwritten))


def last_run(url: str) -> int:
    """Give the number of the ledger's last run."""
    with create_engine(parse_ledger_url(url), poolclass=NullPool).connect() as connection:
        return max(int(run) for run in connection.execute(select(runs.c.run)).scalars())


def differences(expected: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    """Name what is missing, what is too much and what is another."""
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in expected:
            yield f"{name} was left behind"
        elif expected[name] != found[name]:
            yield f"{name} differs"


def whole(text: str) -> int:
    """Read a whole number that may be grouped, as 5_000_000."""
    return int(text.replace("_", ""))


def main() -> int:
    """Do what the command line asks, and print what came of it; 1 where something differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=whole, default=300_000)
    parser.add_argument("--accounts", type=whole, default=200)
    parser.add_argument("--times", type=whole, default=20, help="kills in all")
    parser.add_argument("--seed", type=whole, default=1)
    parser.add_argument("--postgres", action="store_true", help="ledgers in PostgreSQL")
    parser.add_argument("--data", type=Path, help="where to work; a temporary folder else")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=given.data, prefix="kills-"))
        asked = Killing(
            Path(folder),
            given.records,
            given.accounts,
            given.times,
            given.seed,
            stack.enter_context(local_server()) if given.postgres else None,
        )
        done = kill_and_compare(asked, lambda words: print(words, file=sys.stderr, flush=True))
    print(f"{given.records:,} records, {given.accounts:,} accounts, seed {given.seed}")
    print(f"undisturbed: {done.seconds:.1f} s\n")
    print("| killed while | times |\n| --- | ---: |")
    for stage, times in done.stages.most_common():
        print(f"| {stage} | {times} |")
    print(f"\n{done.kills} kills, {done.posted_before} trials had posted before their end")
    for each in done.differences:
        print(f"DIFFERS: {each}")
    print("" if done.differences else "every rerun equals the undisturbed run")
    return bool(done.differences)


if __name__ == "__main__":
    sys.exit(main())
