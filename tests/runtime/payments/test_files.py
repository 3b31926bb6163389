"""Payments out of files: three ways to write them, one meaning; all of a file or nothing."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Connection, func, select

from runtime.book.faults import BookFault
from runtime.engine import open_engine
from runtime.ledger.schema import entries
from runtime.payments.ledger import post_journal
from runtime.payments.receive import PaymentsRefused, Received, receive_files
from tests.runtime.payments.accounts import balance, day, invoice, new_ledger, post

ROWS = (
    ("P1", "A1", "2026-02-03", "60.00", "CAD", "wire", "W 1", ""),
    ("P2", "A1", "2026-02-02", "70.5", "CAD", "", "", ""),
    ("P3", "B1", "2026-02-04", "50.00", "CAD", "", "", "INV-000002=20.00"),
)
NAMES = ("payment", "account", "received", "amount", "currency", "method", "reference", "invoices")


def write(path: Path, rows: tuple[tuple[str, ...], ...] = ROWS) -> Path:
    match path.suffix:
        case ".csv":
            path.write_text("\n".join(",".join(row) for row in (NAMES, *rows)) + "\n")
        case ".jsonl":
            lines = []
            for row in rows:
                pairs = [f'"{name}": "{cell}"' for name, cell in zip(NAMES, row, strict=True)]
                pairs[3] = f'"amount": {row[3]}'  # a number, which keeps its digits
                lines.append("{" + ", ".join(pairs) + "}\n")
            path.write_text("\n".join(lines))
        case _:
            columns = [pa.array(column) for column in zip(*rows, strict=True)]
            pq.write_table(pa.table(columns, names=list(NAMES)), path)
    return path


def take(ledger: Connection, *paths: Path, until: str = "02-10") -> Received | PaymentsRefused:
    with open_engine(threads=1) as engine:
        found = receive_files(engine, ledger, paths, day(until))
    if isinstance(found, Received):
        post_journal(ledger, found.journal)
    return found


def count(ledger: Connection) -> int:
    return ledger.execute(select(func.count()).select_from(entries)).scalar() or 0


@pytest.mark.feature("D7", "D9")
@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_a_file_is_recorded_once_however_it_is_written(tmp_path: Path, suffix: str) -> None:
    # A1 owes 100.00: P2 came first and pays 70.50, P1 the other 29.50, and 30.50 are left.
    # B1 owes 50.00: 20.00 of P3 are for its invoice, and 30.00 are left.
    with new_ledger(tmp_path) as ledger:
        post(ledger, 1, invoice("A1", "02-01", 10_000), invoice("B1", "02-01", 5_000))
        first = take(ledger, write(tmp_path / f"first{suffix}"))
        assert isinstance(first, Received)
        assert [each.payment for each in first.journal.payments] == ["P2", "P1", "P3"]
        entered = count(ledger)
        again = take(ledger, tmp_path / f"first{suffix}", write(tmp_path / "more.csv", ROWS[:0]))
        assert isinstance(again, Received)
        assert (again.journal.entries, again.repeated) == ([], 3)
        assert count(ledger) == entered
        a, b = balance(ledger, "A1", "02-10"), balance(ledger, "B1", "02-10")
        assert (a.open, a.account_credit, b.open, b.account_credit) == (0, 3_050, 3_000, 3_000)
        assert (balance(ledger, "A1", "02-02").open, balance(ledger, "A1", "02-03").open) == (
            2_950,
            0,
        )


@pytest.mark.feature("D7")
def test_one_bad_row_of_several_files_stops_all_of_them(tmp_path: Path) -> None:
    bad = (
        ("P4", "A1", "2026-02-03", '"12,50"', "CAD", "", "", ""),
        ("P1", "A1", "yesterday", "5", "CAD", "", "", ""),
        ("", "A9", "2026-02-11", "5", "CAD", "", "", ""),
    )
    with new_ledger(tmp_path) as ledger:
        post(ledger, 1, invoice("A1", "02-01", 10_000), invoice("B1", "02-01", 5_000))
        found = take(ledger, write(tmp_path / "good.csv"), write(tmp_path / "bad.jsonl", bad[1:]))
        assert isinstance(found, PaymentsRefused)
        assert [(each.file, each.row, each.field, each.code) for each in found.faults] == [
            ("bad.jsonl", 1, "payment", "duplicate_key"),
            ("bad.jsonl", 1, "received", "bad_date"),
            ("bad.jsonl", 2, "account", "unknown_payer"),
            ("bad.jsonl", 2, "payment", "missing"),
            ("bad.jsonl", 2, "received", "payment_in_future"),
        ]
        (unreadable,) = (
            each for each in faults(take(ledger, write(tmp_path / "cells.csv", bad[:1])))
        )
        assert (unreadable.row, unreadable.code) == (1, "bad_amount")
        assert count(ledger) == 0


def faults(found: Received | PaymentsRefused) -> tuple[BookFault, ...]:
    assert isinstance(found, PaymentsRefused)
    return found.faults


@pytest.mark.feature("D7")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file_unreadable"),
        ("[1, 2]\n", "file_unreadable"),
        ('{"payment": "P1", "account": ["A1"]}\n', "malformed_row"),
        ('{"payment": "P1", "payment": "P2"}\n', "malformed_row"),
        ('{"paiment": "P1"}\n', "column_unknown"),
    ],
)
def test_lines_that_are_no_rows_are_told(tmp_path: Path, text: str, code: str) -> None:
    with new_ledger(tmp_path) as ledger:
        post(ledger, 1, invoice("A1", "02-01", 10_000))
        path = tmp_path / "lines.jsonl"
        path.write_text(text)
        assert code in [each.code for each in faults(take(ledger, path))]
