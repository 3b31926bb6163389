"""All that runs leave, as texts that can be compared: every file, and every row of the ledger."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from runtime.ledger.schema import documents, metadata, runs
from runtime.ledger.url import parse_ledger_url

RUNS = 2
"""How many runs there are to make: one with early usage, and the one that is killed."""

NOT_COMPARED = (
    "the bytes of ledger.db, whose rows are",
    "times at which files were written; a ledger holds none",
    "after a kill behind the commit, what the run leaves that then finds nothing to bill: its "
    "number and files, and summary.json and known/, which are the last runs'",
)
"""What cannot be equal by its nature."""


OF_THE_LAST_RUN = ("summary.json", "known")
"""What tells of the last run, or the last two, and nothing of those before."""


def state_of(out: Path, url: str) -> dict[str, str]:
    """Digest all that the runs left, by what it is; of runs after the last asked one nothing."""
    state = {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.relative_to(out).parts[0] != "ledger.db" and run_of(path) <= RUNS
    }
    return state | dict(ledger_rows(url))


def without_last_run(state: dict[str, str]) -> dict[str, str]:
    """Leave out what can be equal only where no run came after those to make."""
    return {name: it for name, it in state.items() if Path(name).parts[0] not in OF_THE_LAST_RUN}


def is_posted(out: Path) -> bool:
    """Whether all runs to make are posted, by the figures that a run leaves behind its commit.

    The ledger is not asked: who opens it mends what a kill left in it, which the next run has
    to do by itself.
    """
    return bool(json.loads((out / "summary.json").read_text())["run"] >= RUNS)


def run_of(path: Path) -> int:
    """Give the run that a file belongs to, 0 where it is of none."""
    named = [part.removeprefix("run=").partition(".")[0] for part in path.parts if "run=" in part]
    return max((int(run) for run in named if run.isdecimal()), default=0)


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
