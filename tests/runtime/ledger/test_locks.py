"""Runs at once on one ledger: one is refused or waits, and both post what they would alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from runtime.ledger.connect import hold_ledger, note_in_ledger, read_ledger, wait_for_ledger
from runtime.ledger.faults import LedgerHeld
from runtime.ledger.history import (
    mark_written,
    read_invoice_numbers,
    read_last_run,
    read_unwritten,
)
from tests.ledgers import Database
from tests.runtime.ledger.drafts import draft, post

LONG_MS = 60_000


@pytest.fixture
def url(tmp_path: Path, database: Database) -> str:
    return database.url(tmp_path / "ledger.db")


def post_next(url: str) -> list[str | None]:
    """Post two invoices by the run that comes next, waiting for those before it."""
    with hold_ledger(url, wait_ms=LONG_MS) as ledger:
        last = read_last_run(ledger)
        numbers = post(ledger, last.run + 1 if last else 1, draft(), draft())
        ledger.commit()
    return numbers


@pytest.mark.feature("D9")
def test_runs_that_wait_for_each_other_leave_no_gap_and_give_no_number_twice(url: str) -> None:
    runs = 6
    with ThreadPoolExecutor(runs) as pool:
        given = list(pool.map(post_next, [url] * runs))
    expected = [f"INV-{number:06d}" for number in range(1, 2 * runs + 1)]
    assert sorted(number or "" for numbers in given for number in numbers) == expected
    with read_ledger(url) as ledger:
        assert list(read_invoice_numbers(ledger)) == expected


@pytest.mark.feature("D9")
def test_who_waits_is_told_so_and_then_knows_what_the_other_has_posted(url: str) -> None:
    waits = Event()

    def wait() -> int:
        with wait_for_ledger(url, wait_ms=LONG_MS, tell=waits.set) as ledger:
            last = read_last_run(ledger)
            return last.run if last else 0

    with ThreadPoolExecutor(1) as pool:
        with hold_ledger(url) as ledger:
            found = pool.submit(wait)
            assert waits.wait(LONG_MS / 1000)
            post(ledger, 1, draft())
            ledger.commit()
        assert found.result() == 1


@pytest.mark.feature("D9")
def test_who_waits_for_one_that_posts_nothing_goes_on(url: str) -> None:
    waits = Event()

    def wait() -> bool:
        with wait_for_ledger(url, wait_ms=LONG_MS, tell=waits.set) as ledger:
            post(ledger, 1, draft())
            ledger.commit()
        return True

    with ThreadPoolExecutor(1) as pool:
        with hold_ledger(url):
            done = pool.submit(wait)
            assert waits.wait(LONG_MS / 1000)
        assert done.result()
    with read_ledger(url) as ledger:
        assert read_invoice_numbers(ledger) == ("INV-000001",)


@pytest.mark.feature("D9")
def test_one_waits_no_longer_than_one_was_told_to(url: str) -> None:
    told: list[bool] = []
    with (
        hold_ledger(url),
        pytest.raises(LedgerHeld, match="another run holds the ledger"),
        wait_for_ledger(url, wait_ms=300, tell=lambda: told.append(True)),
    ):
        pass
    assert told == [True]


@pytest.mark.feature("D9")
def test_a_reader_sees_one_state_whatever_is_posted_meanwhile(url: str, database: Database) -> None:
    post_next(url)
    with read_ledger(url) as reader:
        assert len(read_invoice_numbers(reader)) == 2
        with ThreadPoolExecutor(1) as pool:
            # A commit into a file waits for its readers.
            posting = pool.submit(post_next, url)
            if database.name == "postgresql":
                posting.result()
            assert len(read_invoice_numbers(reader)) == 2
            reader.close()
            posting.result()
    with read_ledger(url) as reader:
        assert len(read_invoice_numbers(reader)) == 4


@pytest.mark.only_on("postgresql")
@pytest.mark.feature("D9")
def test_files_are_noted_while_a_run_holds_the_ledger(url: str) -> None:
    post_next(url)
    with hold_ledger(url) as ledger:
        with note_in_ledger(url) as notes:
            mark_written(notes, ("INV-000001",))
            notes.commit()
        post(ledger, 2, draft())
        ledger.commit()
    with read_ledger(url) as reader:
        assert read_unwritten(reader) == ("INV-000002", "INV-000003")
