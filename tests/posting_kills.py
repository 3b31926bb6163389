"""Kill processes that post run after run into one ledger, and audit the ledger after each.

`python -m tests.posting_kills --times 100` (`--postgres`: in a server of its own; `--ledger URL`:
in one that is there).  tests/kills kills whole bills; here nothing but posting is under way,
so that every kill falls into a transaction or between two, and the next process goes on at
once.  After each kill:

* every run that was told to be committed is there, and no run in part;
* invoices are numbered from 1 on without a gap, and the series says which was the last;
* every line is of its invoice, none is there twice.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, func, select

from runtime.invoice.draft import Draft
from runtime.ledger.connect import commit_run, hold_ledger, ledger_url, read_ledger
from runtime.ledger.history import read_last_run
from runtime.ledger.schema import all_lines, documents, invoices, number_series
from tests.postgres import local_server
from tests.runtime.ledger.drafts import draft, post
from tests.runtime.ledger.formed import Formed, make_formed

DRAFTED, ON_FORMS = 20, 60
"""The invoices each run posts, whole and on forms; enough that a kill falls into it."""

INVOICES = DRAFTED + ON_FORMS
LINES = DRAFTED * 5 + ON_FORMS * 2
"""What each run posts."""

WAIT_MS = 30_000
LONGEST_SECONDS = 2.5

STEPS = {b"h": "waiting or migrating", b"p": "posting", b"c": "committing", b"d": "done"}
"""What a process tells before each step; the last thing told is where it was killed."""


def make_invoices() -> tuple[Draft, Formed]:
    """Make what each run posts: once, as the processes that post are forked off this one."""
    one = draft()
    (line,) = one.lines
    whole = replace(one, lines=tuple(replace(line, number=n + 1) for n in range(5)))
    with tempfile.TemporaryDirectory() as folder:
        formed = make_formed(Path(folder), ON_FORMS)
    assert formed.lines == ON_FORMS * 2
    return whole, formed


def post_for_ever(url: str, made: tuple[Draft, Formed], told: int) -> None:
    """Post run after run; tell each step, and each run that is committed."""
    whole, formed = made
    while True:
        os.write(told, b"h")
        with hold_ledger(url, wait_ms=WAIT_MS) as ledger:
            os.write(told, b"p")
            last = read_last_run(ledger)
            number = last.run + 1 if last else 1
            post(ledger, number, *(DRAFTED * [whole]))
            formed.post(ledger, number)
            os.write(told, b"c")
            commit_run(ledger)
            os.write(told, b"d")


def kill_once(url: str, made: tuple[Draft, Formed], after: float) -> tuple[int, str]:
    """Kill a process that posts so many seconds after it began; give its runs and its step."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(reading)
            post_for_ever(url, made, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with open(reading, "rb") as told:  # noqa: PTH123 - it has no path
        first = told.read(1)
        time.sleep(after)
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        steps = first + told.read()
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, "a process that posts has failed"
    return steps.count(b"d"), STEPS[steps[-1:]]


def audit(ledger: Connection, committed: int) -> Iterator[str]:
    """Say what is wrong with a ledger into which so many runs were told to be committed."""
    last = read_last_run(ledger)
    runs = last.run if last else 0
    if runs < committed:
        yield f"{committed} runs were committed, {runs} are there"
    wrong = ledger.execute(
        select(invoices.c.run, func.count())
        .group_by(invoices.c.run)
        .having(func.count() != INVOICES)
    ).all()
    yield from (f"run {run} has {count} invoices" for run, count in wrong)
    count, low, high = ledger.execute(
        select(
            func.count(invoices.c.sequence.distinct()),
            func.min(invoices.c.sequence),
            func.max(invoices.c.sequence),
        )
    ).one()
    expected = INVOICES * runs
    series = ledger.execute(select(number_series.c.last)).scalar()
    if runs and (count, low, high, series) != (expected, 1, expected, expected):
        yield f"{runs} runs, numbers {low} to {high}, {count} of them; the series says {series}"
    pairs = select(all_lines.c.invoice, all_lines.c.line).distinct().subquery()
    ids = select(all_lines.c.line_id).distinct().subquery()
    for what, query, number in (
        ("lines", select(func.count()).select_from(all_lines), LINES * runs),
        ("different lines", select(func.count()).select_from(pairs), LINES * runs),
        ("ids of lines", select(func.count()).select_from(ids), LINES * runs),
        ("documents", select(func.count()).select_from(documents), expected),
    ):
        found = ledger.execute(query).scalar()
        if found != number:
            yield f"{found} {what} of {number}"


def kill_and_audit(url: str, times: int, seed: int) -> tuple[Counter[str], int, list[str]]:
    """Kill so often; give where, how many runs were posted, and what was wrong after which."""
    chance = random.Random(seed)
    steps: Counter[str] = Counter()
    wrong: list[str] = []
    committed, made = 0, make_invoices()
    for number in range(1, times + 1):
        done, step = kill_once(url, made, chance.uniform(0, LONGEST_SECONDS))
        steps[step] += 1
        with read_ledger(url) as ledger:
            wrong += [f"kill {number}: {each}" for each in audit(ledger, committed + done)]
            last = read_last_run(ledger)
            committed = last.run if last else 0
    return steps, committed, wrong


def main() -> int:
    """Do what the command line asks, and print what came of it; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--ledger", metavar="URL")
    given = parser.parse_args()
    with ExitStack() as stack:
        url = given.ledger
        if given.postgres:
            url = stack.enter_context(local_server()).url
        elif url is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            url = ledger_url(Path(folder) / "ledger.db")
        steps, runs, wrong = kill_and_audit(url, given.times, given.seed)
    print("| killed while | times |\n| --- | ---: |")
    for step, times in steps.most_common():
        print(f"| {step} | {times} |")
    print(
        f"\n{steps.total()} kills; {runs} runs, {INVOICES * runs:,} invoices without a gap, "
        f"{ON_FORMS * runs:,} of them on forms"
    )
    for each in wrong:
        print(f"WRONG: {each}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
