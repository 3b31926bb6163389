"""What a sound book becomes in the tables, and what its files may be made of."""

import csv
import io
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given
from hypothesis import strategies as st

from runtime.book.csv_file import read_csv_file, read_header
from runtime.book.load import load_book
from runtime.book.model import ENTITIES
from runtime.book.rules import HISTORY_RULES, REFERENCE_RULES
from runtime.engine import open_engine
from tests.runtime.programs import connectivity_program

HERE = Path(__file__).parent
AS_OF = date(2026, 1, 24)
OVERRIDES = """\
account_service,account_package,price,discount,effective,until,reason
S1-access,,79.5,,2026-02-01,2026-08-01,Promised by sales
S2-access,,59.25,,2026-01-10,,Agreed with the chamber of commerce
"""
PAYMENTS = """\
payment,account,received,amount,currency,method,reference,invoices
T1,H1,2026-01-20,80.5,CAD,bank transfer,Invoice of January,INV-000001=50.00 INV-000002
"""
CHANGES = "account_service,effective,quantity\nS1-access,2026-03-01,4\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    shutil.copytree(HERE / "base", tmp_path, dirs_exist_ok=True)
    (tmp_path / "overrides.csv").write_text(OVERRIDES, "utf-8")
    (tmp_path / "changes.csv").write_text(CHANGES, "utf-8")
    (tmp_path / "payments.csv").write_text(PAYMENTS, "utf-8")
    return tmp_path


def rows(connection: DuckDBPyConnection, entity: str) -> list[tuple[object, ...]]:
    return connection.execute(
        f"SELECT COLUMNS(lambda each: each <> 'file') FROM book.{entity} ORDER BY row"
    ).fetchall()


@pytest.mark.feature("B5")
def test_a_row_is_typed_and_knows_its_place(book: Path) -> None:
    connection = open_engine(threads=1)
    report = load_book(connection, connectivity_program(), book)
    assert report.faults == ()
    assert dict(report.rows)["account_services"] == 7
    found = connection.execute("SELECT * FROM book.account_services WHERE row = 3").fetchall()
    assert found == [(3, "S1-ip", "S1", "static_ip", date(2026, 1, 15), date(2026, 3, 1), 8, None)]


@pytest.mark.feature("B6")
def test_an_overrides_price_is_exact(book: Path) -> None:
    connection = open_engine(threads=1)
    load_book(connection, connectivity_program(), book)
    given = "SELECT file, price, reason FROM book.overrides ORDER BY row"
    assert connection.execute(given).fetchall() == [
        ("overrides.csv", Decimal("79.5"), "Promised by sales"),
        ("overrides.csv", Decimal("59.25"), "Agreed with the chamber of commerce"),
    ]


@pytest.mark.feature("B1", "B4", "B5")
def test_a_parquet_book_is_the_same_book(book: Path, tmp_path: Path) -> None:
    connection = open_engine(threads=1)
    load_book(connection, connectivity_program(), book)
    from_csv = {entity: rows(connection, entity) for entity in ENTITIES}
    for entity in ENTITIES:
        path = book / f"{entity}.csv"
        table = pa.csv.read_csv(path)  # whole numbers and dates get types of their own
        pa.parquet.write_table(table, book / f"{entity}.parquet")
        path.unlink()
    report = load_book(connection, connectivity_program(), book)
    assert report.faults == ()
    assert {entity: rows(connection, entity) for entity in ENTITIES} == from_csv


def test_the_folder_must_be_there(tmp_path: Path) -> None:
    report = load_book(open_engine(threads=1), connectivity_program(), tmp_path / "none")
    assert [fault.code for fault in report.faults] == ["folder_missing"]
    (tmp_path / "file").write_text("")
    report = load_book(open_engine(threads=1), connectivity_program(), tmp_path / "file")
    assert [fault.reason for fault in report.faults] == ["is not a folder"]


def test_signs_of_a_pattern_in_the_path_are_taken_as_they_are(book: Path, tmp_path: Path) -> None:
    strange = tmp_path / "book [1] *?"
    shutil.copytree(HERE / "base", strange)
    assert load_book(open_engine(threads=1), connectivity_program(), strange).faults == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"H1,sales,Caf\xe9,,,,,,\n", "not_utf8"),
        (b"\xff\xfe\x00", "not_utf8"),
        (b"H1,sales,\xed\xa0\x80,,,,,,\n", "not_utf8"),
    ],
)
def test_a_row_that_is_not_utf8_is_reported_with_its_number(
    book: Path, text: bytes, code: str
) -> None:
    path = book / "contacts.csv"
    path.write_bytes(path.read_bytes() + text)
    (fault,) = load_book(open_engine(threads=1), connectivity_program(), book).faults
    assert (fault.file, fault.row, fault.code) == ("contacts.csv", 5, code)
    assert "line 6" in fault.reason


def test_a_file_in_another_encoding_is_one_fault(book: Path) -> None:
    path = book / "contacts.csv"
    path.write_bytes(path.read_text("utf-8").encode("utf-16"))
    (fault,) = load_book(open_engine(threads=1), connectivity_program(), book).faults
    assert fault.code == "file_unreadable"
    assert fault.text() == "contacts.csv: is not text in UTF-8"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(book: Path, newline: str, mark: str) -> None:
    for entity in ENTITIES:
        path = book / f"{entity}.csv"
        text = mark + path.read_text("utf-8").replace("\n", newline)
        path.write_bytes(text.encode())
    assert load_book(open_engine(threads=1), connectivity_program(), book).faults == ()


@pytest.mark.feature("B1")
def test_what_cannot_be_seen_is_dropped_from_printed_text(book: Path) -> None:
    path = book / "accounts.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("Harbour Downtown", '"Har\u202ebour\n\x07 Down\ttown "'), "utf-8")
    connection = open_engine(threads=1)
    assert load_book(connection, connectivity_program(), book).faults == ()
    found = connection.execute("SELECT name FROM book.accounts WHERE account = 'H2'").fetchall()
    assert found == [("Harbour  Down town",)]


@pytest.mark.feature("D2")
def test_what_is_recorded_later_is_checked_and_then_left_out(book: Path) -> None:
    connection = open_engine(threads=1)
    report = load_book(connection, connectivity_program(), book, AS_OF)
    assert report.faults == ()
    assert dict(report.rows)["status_changes"] == 9
    assert [row[0] for row in rows(connection, "status_changes")] == [1, 2, 4, 5, 6, 7, 8, 9]


@pytest.mark.feature("B2")
def test_a_book_loaded_again_forgets_the_one_before(book: Path) -> None:
    connection = open_engine(threads=1)
    load_book(connection, connectivity_program(), book)
    (book / "status_changes.csv").unlink()
    load_book(connection, connectivity_program(), book)
    assert rows(connection, "status_changes") == []


CELLS = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from(' ,"\n\r;\t'), max_size=6
)


@given(table=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8), final_break=st.booleans())
def test_both_ways_of_reading_agree(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[tuple[str, str, str]],
    final_break: bool,
) -> None:
    """The quick reader and the careful one give the same rows of a sound file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("account", "kind", "name"), *table])
    sound = text.getvalue() if final_break else text.getvalue().rstrip("\n")
    path = tmp_path_factory.mktemp("csv") / "contacts.csv"
    connection = open_engine(threads=1)
    positions: dict[str, int | None] = {"account": 0, "kind": 1, "name": 2, "email": None}
    path.write_bytes(sound.encode())
    assert read_header(path) == ("account", "kind", "name")
    assert read_csv_file(connection, path, 3, positions, frozenset()) == []
    quick = connection.execute("SELECT * FROM book.raw ORDER BY row").fetchall()
    # One more record, with a cell too few, makes the file malformed.
    path.write_bytes(sound.encode() + b'\n"one","too few"')
    (broken,) = read_csv_file(connection, path, 3, positions, frozenset({"account"}))
    careful = connection.execute("SELECT * FROM book.raw ORDER BY row").fetchall()
    assert careful == [*quick, (len(table) + 1, True, "one", None, None, None)]
    assert broken.row == len(table) + 1
    expected = [tuple(cell or None for cell in row) for row in table]
    assert [row[2:5] for row in quick] == expected


def test_every_fault_has_its_case_and_its_line_in_the_document(root: Path) -> None:
    told = set(re.findall(r"^([a-z][a-z_0-9]+): \w+\.(?:csv|parquet)", cases_text(), re.MULTILINE))
    # These need bytes or a folder that a case file cannot state.
    told |= {"not_utf8", "folder_missing", "too_long"}
    document = (root / "docs" / "book.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `([a-z][a-z_0-9]+)` \| [^|]* \|$", document, re.MULTILINE))
    documented -= set(ENTITIES) | {name for row in ENTITIES.values() for name in row.model_fields}
    rules = {rule.code for rule in (*REFERENCE_RULES, *HISTORY_RULES)}
    assert rules <= told
    assert told == documented


def cases_text() -> str:
    return "".join(path.read_text("utf-8") for path in sorted((HERE / "cases").glob("*.txt")))


def test_a_key_has_an_end(book: Path) -> None:
    path = book / "account_services.csv"
    path.write_text(path.read_text("utf-8").replace("S1-ip", "S" * 201), "utf-8")
    (fault,) = load_book(open_engine(threads=1), connectivity_program(), book).faults
    assert (fault.code, fault.row, fault.field) == ("too_long", 3, "account_service")
    assert fault.value == "S" * 200 + "..."
