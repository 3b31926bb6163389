"""Runs over a book that changes between them, at random, against one run that knew all.

Whatever became known late, in whatever order: what the runs billed adds up, for each account
service and kind of charge, to what one run bills over the last book, and a run done again
bills nothing.
"""

from __future__ import annotations

from contextlib import closing
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings

from runtime.book.load import load_book
from runtime.engine import open_engine
from runtime.program.model import Program
from tests.runtime.bill.books import Book, Row, customer, request, run, session, write_usage
from tests.runtime.bill.test_usage_of_changed_books import billed_at_once, sums
from tests.runtime.programs import connectivity_program

RUNS = 4
WALKS = 24 if settings().max_examples > 100 else 2


class Walk:
    """A subscription whose facts change; a change that the book may not have is taken back."""

    def __init__(self, chance: Random, folder: Path) -> None:
        self.chance, self.folder = chance, folder
        self.program = _program(chance)
        self.start = date(2026, 1, 1) - timedelta(days=chance.randrange(60))
        self.as_of = self.start + timedelta(days=chance.randrange(60))
        bill_day = chance.choice(("", 15, 29, 31))
        self.book = Book(customer("A1", bill_day=bill_day))
        frequency = chance.choice(("monthly", "monthly", "yearly"))
        self.book.sell("P1", "A1", str(self.start), frequency)
        self.sessions = 0

    def change(self) -> None:
        """Change something, known only now and perhaps long in force."""
        before = deepcopy(self.book.rows)
        self.chance.choice(CHANGES)(self)
        self.book.write(self.folder / "book")
        with closing(open_engine(threads=1)) as connection:
            found = load_book(connection, self.program, self.folder / "book", self.as_of)
        if found.faults:
            self.book.rows = before
            self.book.write(self.folder / "book")

    def day(self) -> str:
        known = (self.as_of - self.start).days + 20
        return str(self.start + timedelta(days=self.chance.randrange(known)))

    def set(self, entity: str, **changes: object) -> None:
        rows = self.book.rows[entity]
        place = self.chance.randrange(1 if entity == "accounts" else 0, len(rows))
        rows[place] = {**rows[place], **changes}

    def usage(self) -> tuple[Row, ...]:
        """Give some sessions from the first day to the as-of date, at the edges of days."""
        made = []
        for _ in range(self.chance.randrange(5)):
            self.sessions += 1
            days = self.chance.randrange((self.as_of - self.start).days + 1)
            day = str(self.start + timedelta(days=days))
            hour = self.chance.choice(("00:00:00", "04:59:59", "05:00:00", "23:59:59"))
            size = self.chance.choice(("1.5", "20", "45", "0", "70.000000001"))
            kind = self.chance.choice(("web", "backup"))
            made.append(
                session(self.sessions, "GW-P1", day, size, started=f"{day}T{hour}", kind=kind)
            )
        return tuple(made)


def suspend(walk: Walk) -> None:
    name = walk.chance.choice(("P1-access", "P1-data"))
    walk.book.change(name, walk.chance.choice(("suspended", "active", "cancelled")), walk.day())


def forget(walk: Walk) -> None:
    walk.book.rows["status_changes"].pop()


def close(walk: Walk) -> None:
    row = {"account_package": "P1", "status": "pending", "effective": walk.day()}
    walk.book.rows["status_changes"].append(row)


def end(walk: Walk) -> None:
    walk.set("account_services", cancelled=walk.chance.choice((walk.day(), "")))


def end_package(walk: Walk) -> None:
    walk.set("account_packages", cancelled=walk.chance.choice((walk.day(), "")))


def resize(walk: Walk) -> None:
    walk.book.rows["account_services"][0] = {
        **walk.book.rows["account_services"][0],
        "quantity": walk.chance.randrange(1, 6),
    }


def move(walk: Walk) -> None:
    day = walk.chance.choice(("", 1, 10, 31))
    walk.set("accounts", **{walk.chance.choice(("bill_day", "usage_bill_day")): day})


def travel(walk: Walk) -> None:
    walk.set("accounts", timezone=walk.chance.choice(("", "UTC", "Asia/Tokyo")))


def release(walk: Walk) -> None:
    walk.set("identifiers", until=walk.chance.choice((walk.day(), "")))


CHANGES = (suspend, suspend, forget, close, end, end_package, resize, move, travel, release)


def _program(chance: Random) -> Program:
    program = connectivity_program()
    (package,) = program.packages
    how = {
        "timing": chance.choice(("advance", "arrears")),
        "alignment": chance.choice(("bill_day", "anniversary")),
        "activation": chance.choice(("sale", "first_billable_status")),
    }
    return program.model_copy(update={"packages": (package.model_copy(update=how),)})


@pytest.mark.slow
@pytest.mark.feature("D1", "D3", "C3", "C4", "D9")
@pytest.mark.property
@pytest.mark.parametrize("seed", range(WALKS))
def test_all_runs_together_bill_what_one_would_that_knew_all(seed: int, tmp_path: Path) -> None:
    walk = Walk(Random(seed), tmp_path)
    usage, results = [], []
    for number in range(RUNS):
        for _ in range(walk.chance.randrange(4)):
            walk.change()
        walk.book.write(tmp_path / "book")
        usage.append(write_usage(tmp_path / f"usage-{number}.csv", *walk.usage()))
        asked = request(tmp_path, str(walk.as_of), *usage, program=walk.program)
        results.append(run(asked))
        assert run(asked).invoices == ()
        walk.as_of += timedelta(days=walk.chance.choice((0, 1, 20, 31, 60)))
    final = str(results[-1].as_of)
    knowing = billed_at_once(tmp_path, walk.book, final, *usage, program=walk.program)
    assert sums(*results) == knowing
