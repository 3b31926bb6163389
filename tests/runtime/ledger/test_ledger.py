"""What the ledger keeps, what it refuses, and how it is opened."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, update
from sqlalchemy.exc import IntegrityError, OperationalError

from runtime.engine import open_engine
from runtime.ledger.connect import hold_ledger, ledger_url, read_ledger
from runtime.ledger.faults import LedgerRefused
from runtime.ledger.history import (
    mark_written,
    read_invoice,
    read_invoice_numbers,
    read_last_run,
    read_unwritten,
)
from runtime.ledger.post import content_row, post_invoices
from runtime.ledger.posted import load_posted
from runtime.ledger.rows import insert_rows
from runtime.ledger.schema import (
    APPEND_ONLY,
    MINOR_MAX,
    corrections,
    credit_notes,
    credited_lines,
    entries,
    form_lines,
    invoice_forms,
    line_forms,
    payments,
    schema_version,
    sections,
    words,
)
from runtime.tax import rates_from_text
from tests.ledgers import Database
from tests.runtime.ledger.drafts import AS_OF, draft, post


@pytest.fixture
def url(tmp_path: Path, database: Database) -> str:
    return database.url(tmp_path / "ledger.db")


def pay(ledger: Connection) -> None:
    """Have a row in each table of what was paid and credited."""
    paid = ("PAY-1", "A1", "CAD", 2, 8000, "2026-02-05", None, None, None)
    insert_rows(ledger, payments, [paid])
    entry = (1, "payment", "2026-02-05", "A1", "CAD", 8000, "PAY-1", *[None] * 5, 1)
    insert_rows(ledger, entries, [entry])
    insert_rows(ledger, credit_notes, [("INV-000001", "INV-000001", "an outage")])
    insert_rows(ledger, credited_lines, [("INV-000001", 1, 1, 8000)])


def form(ledger: Connection) -> None:
    """Have a row in each table of invoices on forms."""
    (line,) = draft().lines
    insert_rows(ledger, words, [(1, "[]")])
    insert_rows(ledger, line_forms, [(1, 1, 1, 1, 1, 1, *content_row(line))])
    insert_rows(ledger, invoice_forms, [(1, 1, None, None, "[]")])
    insert_rows(ledger, form_lines, [(1, 1, 1, 1, 8000, 0)])
    insert_rows(ledger, sections, [(2, "INV-000001", 2, "A1", "P1", "S1", None, None)])
    insert_rows(ledger, corrections, [("INV-000001", 2, 1, "INV-000001", 1)])


@pytest.mark.feature("D9")
def test_numbers_follow_each_other_and_a_run_that_does_not_commit_leaves_no_gap(url: str) -> None:
    with hold_ledger(url) as ledger:
        assert post(ledger, 1, draft(), draft()) == ["INV-000001", "INV-000002"]
        ledger.commit()
    with hold_ledger(url) as ledger:
        assert post(ledger, 2, draft()) == ["INV-000003"]
    with hold_ledger(url) as ledger:
        assert post(ledger, 2, draft()) == ["INV-000003"]
        ledger.commit()
    with read_ledger(url) as ledger:
        assert read_invoice_numbers(ledger) == ("INV-000001", "INV-000002", "INV-000003")
        last = read_last_run(ledger)
        assert last is not None
        assert (last.run, last.as_of) == (2, AS_OF)


# What is tried on a row, by the database that knows the words.
CHANGES = {
    "sqlite": (
        "UPDATE {0} SET {2} = {2}",
        "DELETE FROM {}",
        "INSERT OR REPLACE INTO {0} SELECT * FROM {0}",
        "REPLACE INTO {0} SELECT * FROM {0}",
    ),
    "postgresql": (
        "UPDATE {0} SET {2} = {2}",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT ({1}) DO UPDATE SET {2} = EXCLUDED.{2}",
        "MERGE INTO {0} AS t USING {0} AS s ON t.{2} = s.{2} WHEN MATCHED THEN DELETE",
    ),
}


@pytest.mark.feature("D9")
@pytest.mark.parametrize("table", APPEND_ONLY, ids=lambda table: table.name)
def test_money_is_never_changed_or_deleted(url: str, database: Database, table: Table) -> None:
    with hold_ledger(url) as ledger:
        post(ledger, 1, draft())
        pay(ledger)
        form(ledger)
        ledger.commit()
    keys = [column.name for column in table.primary_key.columns]
    for change in CHANGES[database.name]:
        with hold_ledger(url) as ledger, pytest.raises(IntegrityError, match="append-only"):
            ledger.exec_driver_sql(change.format(table.name, ", ".join(keys), keys[0]))


@pytest.mark.feature("D9")
def test_another_owners_ledger_is_refused(url: str) -> None:
    with hold_ledger(url) as ledger:
        post(ledger, 1, draft())
        ledger.commit()
    with hold_ledger(url) as ledger, pytest.raises(LedgerRefused, match="are northwind's"):
        list(post_invoices(ledger, run=2, owner="southwind", drafts=[draft()]))


@pytest.mark.feature("D6")
def test_a_posted_line_comes_back_as_it_was_due(url: str) -> None:
    with hold_ledger(url) as ledger:
        post(ledger, 1, draft())
        ledger.commit()
    connection = open_engine(threads=1)
    with read_ledger(url) as ledger:
        assert load_posted(connection, ledger) == 1
    row = connection.execute("""
        SELECT kind, status, period_end, days, quantity, unit_price, minor, line_id, is_credit
        FROM charge.posted
    """).fetchone()
    price = Decimal("80.000000000000")
    assert row == ("recurring", "active", date(2026, 2, 1), 31, 1, price, 8000, 1, False)
    reference = connection.execute(
        "SELECT invoice, line, taxes FROM charge.posted_reference"
    ).fetchone()
    assert reference is not None
    assert reference[:2] == ("INV-000001", 1)
    assert rates_from_text(reference[2]) == draft().lines[0].taxes.rates


def test_an_amount_beyond_64_bits_is_refused_and_not_wrapped(url: str) -> None:
    with hold_ledger(url) as ledger, pytest.raises(LedgerRefused, match="64 bits"):
        post(ledger, 1, draft(MINOR_MAX + 1))


@pytest.mark.feature("D9")
def test_documents_are_to_be_written_until_they_are_marked(url: str) -> None:
    with hold_ledger(url) as ledger:
        post(ledger, 1, draft(), draft())
        ledger.commit()
    with hold_ledger(url) as ledger:
        mark_written(ledger, ("INV-000001",))
        ledger.commit()
    with read_ledger(url) as ledger:
        assert read_unwritten(ledger) == ("INV-000002",)


def test_an_unknown_number_is_no_invoice(url: str) -> None:
    with read_ledger(url) as ledger:
        assert read_invoice(ledger, "INV-000001") is None


def test_reading_a_ledger_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with read_ledger(ledger_url(tmp_path / "out" / "ledger.db")) as ledger:
        assert read_last_run(ledger) is None
    assert not (tmp_path / "out").exists()


def test_a_newer_ledger_is_refused(url: str) -> None:
    with hold_ledger(url) as ledger:
        ledger.execute(update(schema_version).values(version=99))
        ledger.commit()
    for opened in (hold_ledger, read_ledger):
        with pytest.raises(LedgerRefused, match="version 99"), opened(url):
            pass


def test_a_file_that_is_no_ledger_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    words = tmp_path / "words.db"
    words.write_text("This is no database at all, but it is long enough to be looked at." * 20)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE songs (title TEXT)")
    before = [words.read_bytes(), other.read_bytes()]
    for path in (words, other):
        for opened in (hold_ledger, read_ledger):
            with pytest.raises(LedgerRefused, match="not a ledger"), opened(ledger_url(path)):
                pass
    assert [words.read_bytes(), other.read_bytes()] == before


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me:secret@host/ledger",
        "postgresql+psycopg2://me:secret@host/ledger",
        "postgresql://me:secret@host:port/ledger",
        "sqlite://",
        "ledger.db",
    ],
)
def test_what_is_no_url_of_a_ledger_is_refused_without_its_password(url: str) -> None:
    for opened in (hold_ledger, read_ledger):
        with pytest.raises(LedgerRefused, match="as in sqlite:///") as refusal, opened(url):
            pass
        assert "secret" not in str(refusal.value)


def test_a_ledger_where_no_folder_can_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    url = ledger_url(tmp_path / "file" / "ledger.db")
    with pytest.raises(LedgerRefused, match="cannot be made"), hold_ledger(url):
        pass


def test_only_one_holds_a_ledger_and_the_next_one_may(url: str) -> None:
    with (
        hold_ledger(url),
        pytest.raises(LedgerRefused, match="another run holds the ledger"),
        hold_ledger(url),
    ):
        pass
    with hold_ledger(url):
        pass


@pytest.mark.only_on("sqlite")
@pytest.mark.feature("D3")
def test_a_sum_beyond_64_bits_is_refused_in_words(url: str) -> None:
    with hold_ledger(url) as ledger:
        post(ledger, 1, draft())
        ledger.commit()
    words = "comes to more in all than the 64 bits"
    two = "(SELECT 1 UNION ALL SELECT 2)"
    with pytest.raises(LedgerRefused, match=words), read_ledger(url) as reader:
        reader.exec_driver_sql(f"SELECT sum({2**62}) FROM lines, {two}").all()


# Writes more than it may keep in memory, and dies in the middle.
TORN = """
import os, signal, sqlite3, sys
ledger = sqlite3.connect(sys.argv[1], isolation_level=None)
ledger.execute("PRAGMA cache_size = 5")
ledger.execute("BEGIN IMMEDIATE")
rows = ((f"owner {n}", "INV", n) for n in range(20_000))
ledger.executemany("INSERT INTO number_series VALUES (?, ?, ?)", rows)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.only_on("sqlite")
@pytest.mark.feature("D9")
def test_a_file_that_a_killed_run_left_half_written_is_read_as_it_was(
    url: str, tmp_path: Path
) -> None:
    with hold_ledger(url) as ledger:
        post(ledger, 1, draft())
        ledger.commit()
    killed = subprocess.run([sys.executable, "-c", TORN, str(tmp_path / "ledger.db")], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / "ledger.db-journal").stat().st_size > 0
    with read_ledger(url) as reader:
        assert read_invoice_numbers(reader) == ("INV-000001",)
        owners = reader.exec_driver_sql("SELECT owner FROM number_series").scalars().all()
        assert owners == ["northwind"]
        with pytest.raises(OperationalError, match="readonly"):
            reader.exec_driver_sql("DELETE FROM documents")


def test_reading_in_parts_is_no_hindrance_to_posting(url: str) -> None:
    with hold_ledger(url) as ledger:
        load_posted(open_engine(threads=1), ledger)
        assert post(ledger, 1, draft()) == ["INV-000001"]
