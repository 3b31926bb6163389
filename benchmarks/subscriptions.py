"""A million accounts: `python -m benchmarks.subscriptions --accounts 1_000_000`.

Bills a generated book from its files to posted lines, stage by stage, and again on the day
after, beside DuckDB alone reading the same files and writing as many rows.  Documents are not
rendered.  Each work runs in a process of its own; seconds are of the clock and of the
processor.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.measure import ROOT
from benchmarks.subscribers import DAY_AFTER, FIRST_RUN, write_subscribers
from runtime.engine import open_engine

GOAL_RATIO, GOAL_SECONDS = 3, 60


def _now() -> tuple[float, float]:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(each.ru_utime + each.ru_stime for each in spent)


@dataclass(slots=True)
class Clock:
    """Seconds of each stage, by the clock and by the processor; told as a run's progress."""

    stages: dict[str, list[float]] = field(default_factory=dict)
    now: str = "start"
    since: tuple[float, float] = field(default_factory=_now)

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Note when a stage begins."""
        if stage == self.now:
            return
        wall, processor = _now()
        before = self.stages.setdefault(self.now, [0.0, 0.0])
        before[0] += wall - self.since[0]
        before[1] += processor - self.since[1]
        self.now, self.since = stage, (wall, processor)


@dataclass(frozen=True, slots=True)
class Found:
    """What a work took: seconds, the processor's seconds, MB, and what it left."""

    seconds: float
    cpu: float
    peak: float
    stages: dict[str, list[float]]
    lines: int
    invoices: int
    ledger: float

    def of(self, stage: str) -> list[float]:
        """Give seconds and processor seconds of a stage, or of `all`."""
        return [self.seconds, self.cpu] if stage == "all" else self.stages.get(stage, [0.0, 0.0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=50_000)
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "ratebook-bench")
    parser.add_argument("--work", choices=("bare", "bill"))
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--as-of", default=FIRST_RUN)
    given = parser.parse_args()
    if given.work == "bare":
        print(json.dumps(asdict(bare(_book(given), given.data, given.rows))))
    elif given.work == "bill":
        found = bill_once(_book(given), given.data / "out", given.as_of)
        print(json.dumps(asdict(found)))
    else:
        measure(given)


def _book(given: argparse.Namespace) -> Path:
    folder: Path = given.data / f"book-{given.accounts}-{given.format}-{given.as_of}"
    write_subscribers(folder, given.accounts, given.format, given.as_of)
    return folder


def measure(given: argparse.Namespace) -> None:
    """Run every work in a process of its own, and print the tables."""
    shutil.rmtree(given.data / "out", ignore_errors=True)
    common = ["--accounts", str(given.accounts), "--format", given.format]
    common += ["--data", str(given.data)]
    for day in (FIRST_RUN, DAY_AFTER):
        given.as_of = day
        _book(given)
    first = _work([*common, "--work", "bill"])
    after = _work([*common, "--work", "bill", "--as-of", DAY_AFTER])
    alone = _work([*common, "--work", "bare", "--rows", str(first.lines)])
    print(f"{given.accounts:,} accounts with three services each, {given.format}\n")
    print("| stage | first run, s | cpu s | the day after, s | cpu s |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for stage in [*first.stages, "all"]:
        cells = [run.of(stage) for run in (first, after)]
        print(f"| {stage} | {' | '.join(f'{cell:.1f}' for pair in cells for cell in pair)} |")
    print(
        "\n| work | lines | invoices | seconds | cpu s | lines/s | x bare | peak MB | ledger MB |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, run in (("bare", alone), ("first run", first), ("the day after", after)):
        print("| " + " | ".join(_row(name, run, alone)) + " |")
    print(f"\ngoal: {GOAL_RATIO} x bare, then {GOAL_SECONDS} s with SQLite, for 1,000,000 accounts")


def _row(name: str, run: Found, alone: Found) -> Iterator[str]:
    yield name
    yield f"{run.lines:,}"
    yield f"{run.invoices:,}"
    yield f"{run.seconds:.1f}"
    yield f"{run.cpu:.1f}"
    yield f"{run.lines / run.seconds:,.0f}"
    yield f"{run.seconds / alone.seconds:.1f}"
    yield f"{run.peak:,.0f}"
    yield f"{run.ledger:,.0f}"


def _work(arguments: list[str]) -> Found:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.subscriptions", *arguments],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Found(**json.loads(done.stdout.splitlines()[-1]))


def bare(book: Path, data: Path, rows: int) -> Found:
    """Read every file of the book, and write so many rows made of them to a DuckDB file."""
    target = data / "bare.duckdb"
    target.unlink(missing_ok=True)
    form = next(book.glob("accounts.*")).suffix[1:]
    begun = _now()
    with open_engine() as connection:
        connection.execute(f"ATTACH '{target}' AS target")
        for path in sorted(book.iterdir()):
            connection.execute(f"CREATE TABLE {path.stem} AS SELECT * FROM read_{form}('{path}')")
        ((services,),) = connection.execute("SELECT count(*) FROM account_services").fetchall()
        connection.execute(f"""
            CREATE TABLE target.lines AS
            SELECT a.account, a.currency, a.jurisdiction, p.account_package, s.account_service,
                   s.service, coalesce(s.quantity, 1) AS quantity, p.effective AS period_start,
                   p.effective + 30 AS period_end, 1995 AS minor, c.name, c.street
            FROM account_services AS s
            JOIN account_packages AS p USING (account_package)
            JOIN accounts AS a USING (account)
            JOIN contacts AS c USING (account)
            CROSS JOIN range({rows // services + 1})
            LIMIT {rows}
        """)
        ((count,),) = connection.execute("SELECT count(*) FROM target.lines").fetchall()
        connection.execute("DETACH target")
    return _found(begun, {}, count, 0, target)


def bill_once(book: Path, out: Path, as_of: str) -> Found:
    """Bill the book into a folder, and give what it took; documents are not written."""
    from compiler.compile import compile_folder
    from runtime.bill import bill
    from runtime.bill_result import BillRequest, BillResult

    program = compile_folder(Path(__file__).parent / "mobile").program
    assert program is not None
    begun, clock = _now(), Clock()
    result = bill(
        BillRequest(
            program=program,
            book=book,
            usage=(),
            as_of=date.fromisoformat(as_of),
            out=out,
            progress=clock,
            formats=(),
            keeps_invoices=False,
        )
    )
    if not isinstance(result, BillResult):
        raise SystemExit(f"refused: {result.reasons[:3]}")
    clock("end", 0, None)
    return _found(begun, clock.stages, result.lines, result.made, out / "ledger.db")


def _found(
    begun: tuple[float, float],
    stages: dict[str, list[float]],
    lines: int,
    invoices: int,
    file: Path,
) -> Found:
    ended = _now()
    return Found(
        seconds=ended[0] - begun[0],
        cpu=ended[1] - begun[1],
        peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        stages=stages,
        lines=lines,
        invoices=invoices,
        ledger=file.stat().st_size / 1e6,
    )


if __name__ == "__main__":
    main()
