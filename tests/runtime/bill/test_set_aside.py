"""Accounts of which nothing is due and nothing has changed are left out, and nobody sees it.

That what they are left out of is billed as it would be otherwise, test_incremental.py has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from runtime.subscriptions import aside
from tests.runtime.bill.books import lines, refuse, request, run
from tests.runtime.bill.test_commercial import program_of
from tests.runtime.bill.test_incremental import CATALOG, Tree, by_account, into


@pytest.fixture(name="left_out")
def noted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Set aside as few as one account; note of each run that may how many services were."""
    counts: list[int] = []
    build = aside.settle

    def settle(connection: DuckDBPyConnection, *given: object) -> object:
        settled = build(connection, *given)  # type: ignore[arg-type]
        rows = connection.execute("SELECT count(*) FROM subscription.aside").fetchall()
        counts.append(rows[0][0])
        return settled

    monkeypatch.setattr(aside, "MOST", 1)
    monkeypatch.setattr("runtime.bill_book.settle", settle)
    return counts


def sold() -> Tree:
    """Give a book of which the account A3 is under no contract that charges on any day."""
    book = Tree()
    book.rows["account_packages"] = [
        {**each, "package": "fleet"} for each in book.rows["account_packages"]
    ]
    return book


@pytest.mark.feature("D9")
def test_nothing_but_what_changed_is_looked_at_and_what_is_known_of_the_rest_stays(
    tmp_path: Path, left_out: list[int]
) -> None:
    book = sold()
    book.change("P4-sim", "suspended", "2026-02-20", recorded="2026-02-08")
    book.write(tmp_path / "book")

    def bill_on(day: str) -> int:
        return len(lines(run(request(tmp_path, day, program=by_account()))))

    assert bill_on("2026-02-01") > 0
    book.change("P2-sim", "suspended", "2026-01-20")
    book.write(tmp_path / "book")
    assert bill_on("2026-02-03") > 0
    # Nobody touched the file in which the suspension of P4's SIM stands; now it is known.
    assert bill_on("2026-02-09") > 0
    # A1 and A2, which is invoiced to it, have four account services, and A3 has three.
    assert left_out == [3, 4]


FAULTS: tuple[Callable[[Tree], object], ...] = (
    lambda book: book.set("account_packages", "account_package", "P3", account_package="P1"),
    lambda book: book.set("account_services", "account_service", "P2-sim", service="modem"),
    lambda book: book.set("accounts", "account", "A1", parent="A2"),
    lambda book: book.rows["account_packages"].pop(1),
    lambda book: book.rows["contacts"].pop(1),
)
"""Changes that make a book faulty, by rows of one account or of several together."""


@pytest.mark.feature("B5", "D9")
def test_a_fault_is_found_whoever_is_looked_at_and_told_in_the_same_words(tmp_path: Path) -> None:
    sold().write(tmp_path / "book")
    asked = request(tmp_path, "2026-02-01", program=by_account())
    run(asked)
    known = replace(asked, as_of=date(2026, 2, 2), is_dry_run=True)
    for change in FAULTS:
        book = sold()
        change(book)
        book.write(tmp_path / "book")
        told = refuse(known).reasons
        assert told == refuse(into(tmp_path / "new", known)).reasons
        assert told != ()


@pytest.mark.feature("D3")
def test_what_was_kept_of_a_book_is_made_anew_where_it_is_not_that_of_the_last_run(
    tmp_path: Path, left_out: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    book, known = sold(), tmp_path / "out" / "known"
    book.write(tmp_path / "book")
    first = request(tmp_path, "2026-02-01", program=by_account())
    run(first)
    book.change("P1-sim", "suspended", "2026-01-20")
    book.write(tmp_path / "book")
    # Of a run that saw the change and was never posted to this ledger.
    run(into(tmp_path / "other", first))
    (known / "book=1.parquet").write_bytes(
        (tmp_path / "other" / "known" / "book=1.parquet").read_bytes()
    )
    found = lines(run(replace(first, as_of=date(2026, 2, 2))), "P1-sim")
    assert any(each.is_credit for each in found)
    (known / "book=2.parquet").write_bytes(b"no digests")
    run(replace(first, as_of=date(2026, 2, 3)))
    monkeypatch.setattr("runtime.subscriptions.kept._BOOK_FORMAT", 0)
    run(replace(first, as_of=date(2026, 2, 4)))
    run(replace(first, as_of=date(2026, 2, 5)))
    # Another catalog, of which a charge reaches over accounts that are invoiced elsewhere.
    run(replace(first, as_of=date(2026, 2, 6), program=program_of(CATALOG)))
    # Only in the run before did anybody ask.
    assert left_out == [7]
