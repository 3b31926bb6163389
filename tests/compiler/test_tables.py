"""Tables: CSV files beside the text, read column by column, and wrong in every way there is."""

import csv
import io
import os
from collections import Counter
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.compile import Compilation, compile_folder, compile_sources
from compiler.graph import graph_of
from compiler.resolve.kinds import EntityId, Kind
from compiler.tables import load
from compiler.tables.cells import (
    COUNTRY,
    CURRENCY,
    DATE,
    DECIMAL,
    NAME,
    PREFIX,
    QUANTITY,
    TEXT,
    UNIT,
    WHOLE,
    words,
)
from compiler.tables.form import CellKind, Column, Form, Unreadable
from compiler.tables.read import read_table
from compiler.tables.table import Table
from dsl.source import Source
from dsl.syntax.tables import Holding
from runtime.program.expressions import AnyOf, BeginsWith, FieldValue, InCountries
from tests.compiler.catalogs import TINY
from tests.compiler.test_robustness import must_hold

ZONES = TINY + (
    'zone table destinations from "destinations.csv"\n\n'
    "usage class calls measured in count when destination in premium\n"
)


def compiled(table: str, text: str = ZONES) -> Compilation:
    return compile_sources([Source("case.ratebook", text), Source("destinations.csv", table)])


def said(compilation: Compilation) -> list[tuple[str, str, str]]:
    return [
        (found.code, found.primary.span.path, found.primary.message)
        for found in compilation.diagnostics
    ]


# ---- reading ------------------------------------------------------------------------------

A, B, C = (Column(name, TEXT) for name in "abc")
ABC = Form(columns=(A, B, C))
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=8)


@pytest.mark.feature("A14", "E1")
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.permutations([A, B, C]),
)
def test_what_is_written_is_read_and_every_place_is_that_of_its_words(
    rows: list[tuple[str, str, str]], quoting: int, ending: str, order: list[Column[str]]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, quoting=quoting, lineterminator=ending)  # type: ignore[arg-type]
    writer.writerow(column.name for column in order)
    writer.writerows(rows)
    source = Source("t.csv", text.getvalue())
    table = read_table(source, ABC)
    # A row without a word is none, and a blank at the start of a cell is no part of it.
    sound = [row for row in rows if any(cell.lstrip(" ") for cell in row)]
    assert len(table) == len(sound)
    for number, row in enumerate(sound):
        assert source.position(table.span(number).start)[1] == 1
        for column, cell in zip(order, row, strict=True):
            assert table[column].at(number) == (cell.strip() or None)
            shown = source.words(table.cell(number, column))
            assert shown.replace('""', '"') == cell.strip()


@pytest.mark.feature("A14")
def test_each_distinct_text_is_read_once_and_gives_the_first_row_it_stands_in() -> None:
    read: Counter[str] = Counter()

    def reading(text: str) -> str | Unreadable:
        read[text] += 1
        return Unreadable("is bad") if text == "bad" else text

    column = Column("a", CellKind("a text", reading))
    rows = ["x", "bad", "x", "", "bad", " y", "y"] * 1_000
    table = read_table(
        Source("t.csv", "a,b\n" + "".join(f"{row},1\n" for row in rows)), Form((column, B))
    )
    assert read == {"x": 1, "bad": 1, "y": 1}
    assert list(table[column])[:7] == ["x", None, "x", None, None, "y", "y"]
    assert [(name.text, name.span.start) for name in table.names(column)] == [("x", 4), ("y", 28)]
    (fault,) = table.faults
    assert fault.at.message == "the column `a` holds a text, here and in 1,999 rows more"
    assert fault.at.span.start == len("a,b\nx,1\n")


@pytest.mark.feature("A14")
def test_a_column_that_the_file_lacks_is_empty_in_each_row() -> None:
    table = read_table(Source("t.csv", "a\nx\ny\n"), ABC)
    assert (list(table[B]), table[B].at(1), table.has(B)) == ([None, None], None, False)
    assert table.cell(1, B) == table.span(1)


@pytest.mark.feature("A14")
@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (NAME, "zone_1", "zone_1"),
        (NAME, "1zone", None),
        (NAME, "é", None),
        (NAME, "x" * 201, None),
        (COUNTRY, "DE", "DE"),
        (COUNTRY, "de", None),
        (COUNTRY, "UK", None),
        (PREFIX, "0049", "0049"),
        (PREFIX, "٤٩", None),
        (PREFIX, "+49", None),
        (PREFIX, "1" * 15, "1" * 15),
        (PREFIX, "1" * 16, None),
        (DECIMAL, "1_000.50", Decimal("1000.50")),
        (DECIMAL, "0", Decimal(0)),
        (DECIMAL, "-1", None),
        (DECIMAL, "1e3", None),
        (DECIMAL, "1,5", None),
        (DECIMAL, ".5", None),
        (DECIMAL, "9" * 31, None),
        (DECIMAL, "NaN", None),
        (WHOLE, "12", 12),
        (WHOLE, "1.5", None),
        (CURRENCY, "JPY", "JPY"),
        (CURRENCY, "usd", None),
        (CURRENCY, "XXX", None),
        (QUANTITY, "60 s", (Decimal(60), "s")),
        (QUANTITY, "0.5GB", (Decimal("0.5"), "GB")),
        (QUANTITY, "60", None),
        (QUANTITY, "s 60", None),
        (UNIT, "GB", "GB"),
        (DATE, "2026-02-29", None),
        (DATE, "2026-W01-1", None),
        (words("a status", "active", "suspended"), "active", "active"),
        (words("a status", "active", "suspended"), "activ", None),
    ],
)
def test_a_cell_is_read_exactly_or_not_at_all(
    kind: CellKind[object], text: str, value: object
) -> None:
    read = kind.read(text)
    assert (None if isinstance(read, Unreadable) else read) == value
    if isinstance(value, Decimal):
        assert isinstance(read, Decimal)
        assert read.as_tuple() == value.as_tuple()


def test_a_cell_that_is_nearly_right_is_told_how() -> None:
    def helped(kind: CellKind[object], text: str) -> str | None:
        read = kind.read(text)
        assert isinstance(read, Unreadable)
        return kind.help_for(text, read)

    assert helped(PREFIX, "+49 (30)") == "write `4930`"
    assert helped(CURRENCY, "usd") == "write `USD`"
    assert helped(COUNTRY, "UK") == "did you mean `GB`?"
    assert helped(words("a status", "active", "suspended"), "activ") == "did you mean `active`?"
    assert helped(words("a status", "active", "new"), "gone") == "write `active` or `new`"


# ---- size ---------------------------------------------------------------------------------

ROWS = 100_000


@pytest.mark.feature("A14", "E1")
def test_of_a_hundred_thousand_rows_nothing_is_made_but_what_is_asked_for() -> None:
    table = "zone,prefix,country\n" + "".join(f"zone_{row % 300},{row},\n" for row in range(ROWS))
    text = ZONES.replace("in premium", "in zone_7")
    compilation = compiled(table, text)
    assert compilation.diagnostics == ()
    assert compilation.program is not None
    assert len(compilation.program.zone_prefixes) == ROWS
    # 300 zones, the table and the class; an edge from each zone to its table, and one more.
    assert len(compilation.resolved.entities) == 303
    assert len(compilation.resolved.references) == 301


@pytest.mark.feature("E2")
@pytest.mark.parametrize(
    "row",
    ["{},x{},", "{},,x{}", "z{}", "z,1,DE,{}", "z,+{},", "1{},1,", "zone,1{},\nzone2,1{},", ",,"],
)
def test_a_table_wrong_in_every_row_gives_few_reports(row: str) -> None:
    wrong = "".join(row.format(*[number] * row.count("{}")) + "\n" for number in range(20_000))
    compilation = compiled("zone,prefix,country\n" + wrong)
    assert 0 < len(compilation.diagnostics) <= 45
    must_hold(compilation)


@pytest.mark.feature("E2")
def test_a_table_named_twice_declares_its_zones_twice_and_says_so_a_few_times() -> None:
    table = "zone,prefix\npremium,1900\n" + "".join(f"z{row},{row}\n" for row in range(500))
    text = ZONES + 'zone table again from "destinations.csv"\n'
    compilation = compiled(table, text)
    assert Counter(found.code for found in compilation.diagnostics) == {"RB103": 20, "RB120": 1}


@pytest.mark.feature("E2")
def test_unknown_names_of_a_whole_column_give_few_reports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    zone = Column("zone", NAME, required=True, refers=Kind.USAGE_CLASS, role="rates")
    form = Form(columns=(zone, Column("prefix", PREFIX)))
    monkeypatch.setattr(load, "FORMS", MappingProxyType({Holding.ZONES: form}))
    wrong = "".join(f"none_{number},1\n" for number in range(5_000))
    text = ZONES.split("usage class", maxsplit=1)[0] + "usage class calls measured in count\n"
    monkeypatch.setattr("compiler.resolve.from_syntax.zones_of", lambda table, use: ())
    compilation = compiled(f"zone,prefix\ncalls,1\ncalls,2\ncals,3\n{wrong}", text)
    unknown = [found for found in compilation.diagnostics if found.code == "RB101"]
    assert len(unknown) == 20
    assert unknown[0].help == "did you mean `calls`?"
    assert unknown[0].primary.span.path == "destinations.csv"
    # However many rows name it, a class is one reference of the table's declaration.
    table, calls = EntityId(Kind.ZONE_TABLE, "destinations"), EntityId(Kind.USAGE_CLASS, "calls")
    (edge,) = graph_of(compilation.resolved).between(table, calls)
    assert (edge.role, edge.name.span.start) == ("rates", len("zone,prefix\n"))


# ---- broken files -------------------------------------------------------------------------

SIGNS = st.sampled_from(
    (
        *('"', '""', ",", ",,", "\n", "\r\n", "\r", " ", "zone", "prefix", "country", "premium"),
        *("1900", "DE", "é", "𝄞", ";", "\t", "\u2028", "\x0b", "\ufeff", "#", "=1+1", "x" * 300),
    )
)


@pytest.mark.feature("E1", "E2")
@given(st.booleans(), st.lists(SIGNS, max_size=40).map("".join))
def test_whatever_a_table_holds_there_are_diagnostics_or_a_program(
    has_header: bool, text: str
) -> None:
    must_hold(compiled(("zone,prefix,country\n" if has_header else "") + text))


@pytest.mark.feature("E1", "E2")
@given(content=st.binary(max_size=200))
def test_whatever_bytes_a_table_holds_there_are_diagnostics_or_a_program(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("catalog")
    (folder / "case.ratebook").write_text(ZONES, encoding="utf-8")
    (folder / "destinations.csv").write_bytes(content)
    must_hold(compile_folder(folder))


@pytest.mark.feature("E1", "E2")
@given(st.data())
def test_a_table_with_a_sign_put_in_or_taken_out(data: st.DataObject) -> None:
    table = 'zone,prefix,country\npremium,1900,\n"home","49",DE\nabroad,,AT\n'
    place = data.draw(st.integers(0, len(table)))
    sign = data.draw(st.one_of(st.just(""), SIGNS))
    length = data.draw(st.integers(0, 3))
    must_hold(compiled(table[:place] + sign + table[place + length :]))


@pytest.mark.feature("E2")
@pytest.mark.parametrize(
    ("content", "code", "place", "message"),
    [
        (b"zone,prefix\npremium,\xff\n", "RB001", (2, 9), "byte 0xff"),
        (b"zone,prefix\npremium,1\x009\n", "RB001", (2, 10), "NUL byte"),
        ("zone,prefix\n".encode("utf-16"), "RB001", (1, 1), "UTF-16"),
        (b"zone,prefix\rpremium,1900\r", "RB332", (1, 1), "lone carriage return"),
        (b"zone,prefix\npremium," + b"1" * 200_000, "RB332", (2, 1), "more than 131,072"),
        (b'zone,prefix\npremium,"' + b"1\n" * 200_000, "RB332", (2, 1), "more than 131,072"),
        (b"zone,prefix," + b"," * 200_000 + b"\n", "RB331", (1, 13), "has no name"),
    ],
    ids=["latin", "nul", "utf-16", "mac", "huge cell", "open quote", "huge row"],
)
def test_a_file_that_is_no_table_is_reported_in_it(
    content: bytes, code: str, place: tuple[int, int], message: str, tmp_path: Path
) -> None:
    (tmp_path / "case.ratebook").write_text(ZONES, encoding="utf-8")
    (tmp_path / "destinations.csv").write_bytes(content)
    compilation = compile_folder(tmp_path)
    first = compilation.diagnostics[0]
    sources = {source.path: source for source in compilation.sources}
    assert (first.code, first.primary.span.path) == (code, "destinations.csv")
    assert sources["destinations.csv"].position(first.primary.span.start) == place
    assert message in first.message
    # The zone that the text asks for may have stood there: it is not missed.
    assert not {"RB101", "RB120"} & {found.code for found in compilation.diagnostics}


@pytest.mark.feature("E1")
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_ends_and_a_byte_order_mark_mean_nothing(ending: str, tmp_path: Path) -> None:
    (tmp_path / "case.ratebook").write_text(ZONES, encoding="utf-8")
    table = f"zone,prefix{ending}premium,1900{ending}{ending}premium,1976"
    (tmp_path / "destinations.csv").write_bytes(b"\xef\xbb\xbf" + table.encode())
    compilation = compile_folder(tmp_path)
    assert said(compilation) == []
    assert compilation.program is not None
    assert [row.prefix for row in compilation.program.zone_prefixes] == ["1900", "1976"]


# ---- where tables lie ---------------------------------------------------------------------


def write(folder: Path, use: str, *, inside: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = ZONES.replace("destinations.csv", use).replace("}\n", f"{inside}}}\n", 1)
    (folder / "case.ratebook").write_text(text, encoding="utf-8")


TABLE = "zone,prefix\npremium,1900\n"


@pytest.mark.feature("E1", "E2")
@pytest.mark.parametrize(
    ("use", "reason", "hint"),
    [
        ("destination.csv", "there is no such file", "did you mean `destinations.csv`?"),
        ("more/destinations.csv", "there is no such file", None),
        ("folder.csv", "there is no such file", None),
        ("link.csv", "it is a link to a file outside of the catalog's folder", None),
        ("../outside.csv", "it lies outside of the catalog's folder", "put it beside"),
        ("more/../../outside.csv", "it lies outside of the catalog's folder", "put it beside"),
        ("/etc/passwd.csv", "write it as a path from this file's folder, with `/`", None),
        ("destinations.tsv", "a table is a file whose name ends with `.csv`", None),
        ("empty.csv", "it is empty", "its first line names the columns"),
        ("x" * 300 + ".csv", "it cannot be read: File name too long", None),
    ],
)
def test_a_table_that_cannot_be_read_is_one_fault_and_silences_its_names(
    use: str, reason: str, hint: str | None, tmp_path: Path
) -> None:
    folder = tmp_path / "one"
    write(folder, use)
    (tmp_path / "outside.csv").write_text(TABLE)
    for name, text in (("destinations.csv", TABLE), ("empty.csv", "\n \n")):
        (folder / name).write_text(text)
    (folder / "folder.csv").mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    compilation = compile_folder(folder)
    assert said(compilation) == [("RB330", "case.ratebook", reason)]
    (found,) = compilation.diagnostics
    assert compilation.sources[0].words(found.primary.span) == f'"{use}"' or use == "empty.csv"
    assert (found.help or "").startswith(hint or "")
    assert bool(found.help) == bool(hint)


@pytest.mark.feature("E2")
def test_a_table_larger_than_the_memory_it_may_take_is_not_read(
    tmp_path: Path,
) -> None:
    write(tmp_path, "destinations.csv")
    with (tmp_path / "destinations.csv").open("wb") as file:
        os.truncate(file.fileno(), load.LARGEST + 1)
    assert said(compile_folder(tmp_path)) == [("RB330", "case.ratebook", "it is larger than 64 MB")]


@pytest.mark.feature("E1")
def test_a_table_of_a_shared_folder_is_named_from_there_and_from_the_catalog(
    tmp_path: Path,
) -> None:
    shared = tmp_path / "shared" / "geography"
    shared.mkdir(parents=True)
    (shared / "own.csv").write_text(TABLE)
    (shared / "other.csv").write_text("zone,country\nhome,DE\n")
    (shared / "zones.ratebook").write_text('zone table shared from "own.csv"\n')
    write(
        tmp_path / "one",
        "../shared/geography/other.csv",
        inside='  use  "../shared/geography"\n',
    )
    compilation = compile_folder(tmp_path / "one")
    assert [found.code for found in compilation.diagnostics] == ["RB120"]  # `home` is not used
    assert [source.path for source in compilation.sources] == [
        "../shared/geography/other.csv",
        "../shared/geography/own.csv",
        "../shared/geography/zones.ratebook",
        "case.ratebook",
    ]
    texts = compile_sources(Source(each.path, each.text) for each in reversed(compilation.sources))
    assert texts.diagnostics == compilation.diagnostics
    assert texts.program == compilation.program


@pytest.mark.feature("E1")
def test_a_table_that_no_text_names_is_no_part_of_the_catalog(tmp_path: Path) -> None:
    write(tmp_path, "destinations.csv")
    (tmp_path / "destinations.csv").write_text(TABLE)
    (tmp_path / "notes.csv").write_bytes(b"\xff")
    compilation = compile_folder(tmp_path)
    assert said(compilation) == []
    assert [source.path for source in compilation.sources] == ["case.ratebook", "destinations.csv"]


# ---- zones --------------------------------------------------------------------------------


@pytest.mark.feature("A14", "E5", "E6")
def test_zones_of_a_table_are_rows_of_the_program_and_edges_of_the_graph() -> None:
    text = TINY + (
        "zone premium = prefixes 1976, 1900, 19761\n"
        'zone table destinations from "destinations.csv"\n\n'
        "usage class one measured in count when destination in premium\n"
        "usage class two measured in count when place in mixed\n"
    )
    table = "zone,prefix,country\nmixed,49,\nother,43,\nmixed,,AT\nmixed,4930,\n"
    compilation = compiled(table, text)
    assert compilation.diagnostics == ()
    program = compilation.program
    assert program is not None
    assert [(row.zone, row.prefix) for row in program.zone_prefixes] == [
        ("premium", "1900"),
        ("premium", "1976"),
        ("premium", "19761"),
        ("mixed", "49"),
        ("mixed", "4930"),
        ("other", "43"),
    ]
    assert [(row.zone, row.country) for row in program.zone_countries] == [("mixed", "AT")]
    one, two = (usage_class.criterion for usage_class in program.usage_classes)
    # 19761 begins with 1976 and 4930 with 49: they add nothing to a membership.
    assert one == BeginsWith(value=FieldValue(name="destination"), prefixes=("1900", "1976"))
    place = FieldValue(name="place")
    assert two == AnyOf(
        operands=(
            InCountries(value=place, countries=("AT",)),
            BeginsWith(value=place, prefixes=("49",)),
        )
    )
    graph = graph_of(compilation.resolved)
    zone = EntityId(Kind.ZONE, "mixed")
    (use,) = graph.between(EntityId(Kind.USAGE_CLASS, "two"), zone)
    (row,) = graph.between(zone, EntityId(Kind.ZONE_TABLE, "destinations"))
    assert (use.role, row.role) == ("zone", "row of")
    assert EntityId(Kind.ZONE, "other") not in graph.nodes  # one of a table that nothing uses
    assert row.name.span.path == "destinations.csv"
    assert compilation.catalog is not None
    assert [(zone.id, zone.table) for zone in compilation.catalog.zones] == [
        ("premium", None),
        ("mixed", "destinations"),
        ("other", "destinations"),
    ]


# 2026-12-25 is a Friday, and 2026-12-31 a Thursday.
@pytest.mark.feature("A14", "E6")
def test_hours_of_a_time_band_are_rows_day_by_day_split_at_midnight() -> None:
    text = TINY + (
        "time band off_peak = friday..saturday 20:00..07:30, 2026-12-31 22:00..24:00\n"
        "time band late = sunday 23:00..00:00, 2026-12-31 23:00..01:00\n"
        "time band weekend = weekends, 2026-12-25\n"
    )
    program = compiled(TABLE, text).program
    assert program is not None
    assert [band.id for band in program.time_bands] == ["off_peak", "late", "weekend"]
    rows = [
        (row.band, row.weekday if row.day is None else row.day.isoformat(), row.start, row.end)
        for row in program.time_band_hours
    ]
    assert rows == [
        # From 20:00 (20 x 60 = 1200) to midnight (1440), and to 7:30 (450) of the day after.
        ("off_peak", 4, 1200, 1440),
        ("off_peak", 5, 0, 450),
        ("off_peak", 5, 1200, 1440),
        ("off_peak", 6, 0, 450),
        ("off_peak", "2026-12-31", 1320, 1440),
        # Midnight written as the beginning of a day ends the day it follows.
        ("late", 6, 1380, 1440),
        ("late", "2026-12-31", 1380, 1440),
        ("late", "2027-01-01", 0, 60),
        ("weekend", 5, 0, 1440),
        ("weekend", 6, 0, 1440),
        ("weekend", "2026-12-25", 0, 1440),
    ]
    assert {program.sources[row.source].line for row in program.time_band_hours} == {6, 7, 8}


def table_of(text: str) -> Table:
    return read_table(Source("t.csv", text), ABC)


def test_places_of_a_row_over_several_lines_are_in_the_right_line() -> None:
    table = table_of('a,b,c\n"x\ny","1\n2",3\n\nu,v,w\n')
    assert [table[A].at(0), table[B].at(0), table[C].at(1)] == ["x\ny", "1\n2", "w"]
    source = table.source
    assert source.position(table.cell(0, C).start) == (4, 4)
    assert source.position(table.span(1).start) == (6, 1)
    assert source.words(table.span(0)) == '"x'
