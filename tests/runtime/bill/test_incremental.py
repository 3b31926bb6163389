"""A run that looks at what is due or changed gives what one that looks at all would.

The digests that the last run left are what the short cut rests on.  Of two ledgers over the
same books, one run always has them and the other never: every document and line is equal.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest
from duckdb import DuckDBPyConnection
from sqlalchemy import Connection, select

from runtime.bill import bill
from runtime.bill_result import BillRefused, BillRequest
from runtime.ledger.connect import read_ledger
from runtime.ledger.history import read_invoice_numbers, read_invoices
from runtime.ledger.posted import load_unsettled
from runtime.ledger.schema import all_lines as ledger_lines
from runtime.program.model import Program
from tests.runtime.bill.books import Book, customer, ledger_of, lines, refuse, request, run
from tests.runtime.bill.test_commercial import program_of

RUNS = 4

CATALOG = """\
catalog skies "Skies" {
  currencies  CAD
  timezone    "America/Toronto"
}

bill group business {
  bill day  1
  terms     net 30 days
}

service status active    = billable
service status suspended = billable
service status cancelled = canceled

package status open   = billable
package status paused = non_billable

lifecycle device {
  activate   new -> active
  suspend    active -> suspended
  resume     suspended -> active
  terminate  active, suspended -> cancelled
}

service type lines = recurring
service type sales = non_recurring
service type fees  = fee

service fee "Fee" {
  type fees
}

service sim "SIM" {
  type       lines
  lifecycle  device

  price monthly {
    active     12.00 CAD
    suspended   3.00 CAD
  }
  price monthly from 2026-03-01 for all {
    active     13.00 CAD
    suspended   3.00 CAD
  }

  on resume charge fee  5.00 CAD
}

count sims = service sim in active across account tree

service platform "Platform" {
  type  lines

  price monthly volume by sims {
    up to 3  40.00 CAD
    beyond   90.00 CAD
  }
}

service modem "Modem" {
  type   sales
  price  80.00 CAD
}

discount launch  = 10% off for 2 periods
discount loyalty = 1.00 CAD off
discount trial   = at 0.00 CAD for 1 period

contract year "Year" {
  term           12 months
  minimum        30.00 CAD per month charge fee
  leaving early  costs 50% of remaining charges charge fee
}

package fleet {
  bills     monthly in advance
  service   sim 1..9 default 1
  service   platform optional up to 1
  service   modem optional up to 9
  discount  launch
}

package later {
  bills     monthly in arrears
  service   sim 1..9 default 1
  contract  year
}
"""

SOLD = {
    "P1": ("A1", "fleet", ("sim", "platform", "modem")),
    "P2": ("A2", "fleet", ("sim",)),
    "P3": ("A3", "later", ("sim",)),
    "P4": ("A3", "fleet", ("sim", "platform")),
}


class Tree(Book):
    """Four packages of three accounts, of which one is below and invoiced to another."""

    def __init__(self) -> None:
        below = customer("A2", parent="A1", invoicer="A1")
        super().__init__(customer("A1"), below, customer("A3"))
        for name, (account, package, services) in SOLD.items():
            row = {"account_package": name, "account": account, "effective": "2026-01-05"}
            self.rows["account_packages"].append(row | {"package": package, "frequency": "monthly"})
            for service in services:
                own = {"account_service": f"{name}-{service}", "account_package": name}
                self.rows["account_services"].append(own | {"service": service})
                if service == "sim":
                    self.change(f"{name}-sim", "active", "2026-01-05")

    def set(self, entity: str, key: str, name: str, **changes: object) -> None:
        rows = self.rows[entity]
        (place,) = (number for number, row in enumerate(rows) if row[key] == name)
        rows[place] = {**rows[place], **changes}

    def given(self, day: str, **what: object) -> None:
        self.rows["overrides"].append({"effective": day, "reason": "Asked for"} | what)


def some_change(chance: Random, book: Tree, day: str, known: str) -> None:
    """Change one thing from a day on, long past or ahead."""
    package = chance.choice(tuple(SOLD))
    sim, until = f"{package}-sim", chance.choice((day, ""))
    match chance.randrange(11):
        case 0 | 1 | 2:
            status = chance.choice(("suspended", "active", "active", "cancelled"))
            book.change(sim, status, day, chance.choice(("", known)))
        case 3:
            book.set("account_services", "account_service", sim, quantity=chance.randrange(1, 5))
        case 4:
            book.set("account_services", "account_service", sim, cancelled=until)
        case 5:
            book.set("account_packages", "account_package", package, cancelled=until)
        case 6:
            row = {"account_package": package, "effective": day}
            status = chance.choice(("open", "paused"))
            book.rows["status_changes"].append(row | {"status": status})
        case 7:
            book.given(day, account_service=sim, price=chance.choice(("9.00", "0.00", "20.00")))
        case 8:
            discount = chance.choice(("loyalty", "trial"))
            book.given(day, account_service=sim, discount=discount)
        case 9:
            book.given(day, account_package=package, discount=chance.choice(("loyalty", "trial")))
        case _:
            account, day_of_bill = chance.choice(("A1", "A2", "A3")), chance.choice(("", 10, 31))
            book.set("accounts", "account", account, bill_day=day_of_bill)


def changed(chance: Random, book: Tree, as_of: date, asked: BillRequest) -> None:
    """Change the book, but to nothing that a run would refuse."""
    before = deepcopy(book.rows)
    day = str(as_of + timedelta(days=chance.randrange(-60, 20)))
    known = str(as_of + timedelta(days=chance.randrange(-10, 40)))
    some_change(chance, book, max(day, "2026-01-06"), known)
    book.write(asked.book)
    if isinstance(bill(replace(asked, is_dry_run=True)), BillRefused):
        book.rows = before
        book.write(asked.book)


def into(out: Path, asked: BillRequest) -> BillRequest:
    """Ask for the same into another folder, with a ledger of its own."""
    return replace(asked, out=out, ledger=ledger_of(out))


def posted(out: Path) -> tuple[Sequence[str], Sequence[tuple[object, ...]]]:
    """Give every document and every line of a ledger."""
    with read_ledger(ledger_of(out)) as ledger:
        numbers = read_invoice_numbers(ledger)
        found = [each.model_dump_json() for each in read_invoices(ledger, numbers)]
        rows = ledger.execute(select(ledger_lines).order_by(ledger_lines.c.line_id)).all()
    return found, [tuple(row) for row in rows]


@pytest.mark.slow
@pytest.mark.feature("D1", "D3", "D9")
@pytest.mark.parametrize("seed", range(2))
def test_runs_over_a_changing_book_post_what_looking_at_all_of_it_would(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In one of the two all that is not due or changed may be set aside, in the other nothing.
    monkeypatch.setattr("runtime.subscriptions.aside.MOST", 1)
    programs = (program_of(CATALOG), dearer()) if seed else (by_account(), by_account())
    chance, book = Random(seed), Tree()
    as_of = date(2026, 1, 5)
    for number in range(RUNS):
        program = programs[number * 2 // RUNS]
        asked = request(tmp_path, str(as_of), program=program)
        book.write(asked.book)
        for _ in range(chance.randrange(4)):
            changed(chance, book, as_of, asked)
        run(asked)
        whole = into(tmp_path / "whole", asked)
        run(whole)
        shutil.rmtree(whole.out / "known")
        assert posted(asked.out) == posted(whole.out)
        as_of += timedelta(days=chance.choice((0, 1, 12, 27, 31, 45)))


def by_account() -> Program:
    """Give the catalog without what reaches over a tree of accounts."""
    return program_of(CATALOG.replace("across account tree", "across account"))


def dearer() -> Program:
    return program_of(CATALOG.replace("13.00 CAD", "14.00 CAD"))


def lines_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note how many posted lines each run reads."""
    counts: list[int] = []

    def noting(connection: DuckDBPyConnection, ledger: Connection) -> int:
        counts.append(load_unsettled(connection, ledger))
        return counts[-1]

    monkeypatch.setattr("runtime.bill.load_unsettled", noting)
    return counts


@pytest.mark.feature("D9")
def test_a_run_reads_only_what_was_posted_of_those_that_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, program = lines_read(monkeypatch), program_of(CATALOG)
    book = Tree()
    book.rows["account_packages"] = [
        {key: each[key] for key in each if key != "contract"}
        | ({"package": "fleet"} if each["package"] == "later" else {})
        for each in book.rows["account_packages"]
    ]
    book.write(tmp_path / "book")
    first = len(lines(run(request(tmp_path, "2026-03-10", program=program))))
    run(request(tmp_path, "2026-03-11", program=program))
    assert counts == [0, 0]
    # A SIM of A3 counts for the platform of its own tree and for no other's, and the discount
    # of that platform's package for all of its services.
    book.change("P3-sim", "suspended", "2026-03-09")
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-03-12", program=program))
    of_a3 = [each for each in posted(tmp_path / "out")[1] if each[4] == "A3" and each[1] == 1]
    assert 0 < counts[2] == len(of_a3) < first


@pytest.mark.feature("D3")
def test_what_a_run_left_that_was_never_posted_is_not_relied_on(tmp_path: Path) -> None:
    program = program_of(CATALOG)
    book = Tree()
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-02-01", program=program))
    known = tmp_path / "out" / "known" / "run=1.parquet"
    left, mark = known.read_bytes(), pq.read_schema(known).metadata
    book.change("P1-sim", "suspended", "2026-01-20")
    book.write(tmp_path / "book")
    # The digests of a run that saw the change, in the place of those of one that did not.
    run(into(tmp_path / "other", request(tmp_path, "2026-02-01", program=program)))
    other = tmp_path / "other" / "known" / "run=1.parquet"
    known.write_bytes(other.read_bytes())
    assert known.read_bytes() != left
    asked = request(tmp_path, "2026-02-02", program=program)
    found = lines(run(replace(asked, is_dry_run=True)), "P1-sim")
    assert any(each.is_credit for each in found)
    # Nor are rows that somebody copied into the file of the run that was posted.
    pq.write_table(pq.read_table(other).replace_schema_metadata(mark), known)
    assert pq.read_schema(known).metadata == mark
    assert lines(run(asked), "P1-sim") == found


@pytest.mark.feature("D3")
@pytest.mark.parametrize("damage", [b"", b"not a file of digests"])
def test_digests_that_cannot_be_read_are_done_without(damage: bytes, tmp_path: Path) -> None:
    program = program_of(CATALOG)
    book = Tree()
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-02-01", program=program))
    (tmp_path / "out" / "known" / "run=1.parquet").write_bytes(damage)
    book.change("P2-sim", "suspended", "2026-01-20")
    book.write(tmp_path / "book")
    assert lines(run(request(tmp_path, "2026-02-02", program=program)), "P2-sim") != []


@pytest.mark.feature("D1")
def test_a_billed_account_service_that_left_the_book_is_missed_though_it_is_settled(
    tmp_path: Path,
) -> None:
    program = program_of(CATALOG)
    book = Tree()
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-02-01", program=program))
    rows = book.rows["account_services"]
    book.rows["account_services"] = [
        each for each in rows if each["account_service"] != "P1-platform"
    ]
    book.write(tmp_path / "book")
    refused = refuse(request(tmp_path, "2026-02-02", program=program))
    assert "P1-platform" in refused.reasons[0]
