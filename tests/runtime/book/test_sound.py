"""A file that is read at once gives what reading it cell by cell gives, or is left to that."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import runtime.book.read as reading
from runtime.book.fault_table import collect_faults, make_fault_table
from runtime.book.faults import BookFault
from runtime.book.files import BookFile
from runtime.book.schema import columns_of
from runtime.book.sound import read_sound
from runtime.engine import open_engine

ENGINE = open_engine(threads=1)
HEADER = "account_service,account_package,service,effective,cancelled,quantity"
KEYS = ("S1", " S1", "S 1 ", "Zoë", "a" * 200, "a" * 201, "", "  ", "S\u200e1", "S\x851", '"a\nb"')
DAYS = ("", "2026-01-31", "2026-1-31", "2026/01/31", " 2026-01-31", "2026-02-30", "1899-12-31")
NUMBERS = ("", "1", "+1", "007", "0", "1.0", "1e2", " 1", "9" * 18, "9" * 19, "-3")
ENDS = ("\n", "\r\n")
PLAIN = ("S1", "P1", "line", "2026-01-31", "", "2")

Table = list[tuple[object, ...]]


def read(path: Path) -> tuple[bool, Table, list[BookFault]]:
    make_fault_table(ENGINE)
    file = BookFile("account_services", path.name, path)
    reading.make_empty(ENGINE, file)
    is_usable = reading.read_file(ENGINE, file, path)
    rows = ENGINE.execute("SELECT * FROM book.account_services ORDER BY row").fetchall()
    return is_usable, rows, collect_faults(ENGINE)


def both(path: Path) -> tuple[tuple[bool, Table, list[BookFault]], ...]:
    at_once = read(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "read_sound", lambda *_: False)
        return at_once, read(path)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.feature("B1")
def test_a_file_read_at_once_is_the_file_read_cell_by_cell(
    tmp_path: Path, data: st.DataObject
) -> None:
    cell = (KEYS, KEYS, KEYS, DAYS, DAYS, NUMBERS)
    odd = st.tuples(*(st.sampled_from(values) for values in cell))
    rows = data.draw(st.lists(st.one_of(st.just(PLAIN), odd), max_size=4))
    end = data.draw(st.sampled_from(ENDS))
    blank = data.draw(st.sampled_from(("", "", end)))
    text = end.join([HEADER, *(",".join(row) for row in rows)]) + blank
    path = tmp_path / "account_services.csv"
    path.write_bytes(text.encode())
    at_once, cell_by_cell = both(path)
    assert at_once == cell_by_cell


def test_a_sound_file_is_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "account_services.csv"
    path.write_text(f"{HEADER}\n{','.join(PLAIN)}\nZoë,P1,line,,,\n", "utf-8")
    columns = columns_of("account_services")
    file = BookFile("account_services", path.name, path)
    assert read_sound(ENGINE, file, path, HEADER.split(","), columns)


@pytest.mark.parametrize("part", [b"\x1b", "\u202e".encode(), "\x85".encode()])
def test_a_sign_that_lies_across_two_reads_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: bytes
) -> None:
    monkeypatch.setattr("runtime.book.sound._CHUNK", 7)
    columns = columns_of("account_services")
    for before in range(8):
        path = tmp_path / "account_services.csv"
        path.write_bytes(HEADER.encode() + b"\n" + b"a" * before + part + b",P1,line,,,\n")
        file = BookFile("account_services", path.name, path)
        assert not read_sound(ENGINE, file, path, HEADER.split(","), columns)
        at_once, cell_by_cell = both(path)
        assert at_once == cell_by_cell
