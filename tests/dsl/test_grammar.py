"""The grammar is unambiguous, its keywords are soft, and its tables are kept with care."""

from pathlib import Path

import pytest

from dsl import cache
from dsl.failures import Failure, parse
from dsl.grammar import tables
from dsl.grammar.machine import GRAMMAR_FILE
from dsl.kinds import KINDS

GRAMMAR = GRAMMAR_FILE.read_text(encoding="utf-8")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache directory, and a parser not yet made."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(tables, "parser", tables.parser.__wrapped__)
    return tmp_path / "ratebook"


def test_strict_mode_finds_no_two_terminals_that_match_the_same_text() -> None:
    tables.build(GRAMMAR, strict=True)


def test_every_kind_of_declaration_with_braces_has_a_start_for_them() -> None:
    bodies = {kind.body for kind in KINDS if kind.body}
    assert bodies == set(tables.parser().options.start) - {"declaration"}


@pytest.mark.feature("E1")
@pytest.mark.parametrize(
    "text",
    [
        "service type { type type; tax tax; lifecycle lifecycle }",
        'service status "Status" { identified by identified, by }',
        "service price { price monthly { price 1 CAD; type 2 CAD; monthly 3 CAD } }",
        "service on { on on charge charge 1 each }",
        "package status { category service; service service; service optional optional }",
        "package rates { service rates rates rates; service fixed 1..2 rates prorated }",
        "package bills { bills monthly; service default default 2; service up optional up to 3 }",
        "lifecycle order { from to -> until; new new, type -> price }",
        "usage class when measured in data when when == when and in in in type type",
        "usage class type type",
        "zone zone = countries DE, zone",
        "zone table = prefixes 1900",
        'zone table table from "table.csv"',
        "time band daily = daily 20:00..24:00, friday..monday",
        "rate group when { to to to 1 per per per; each 2 each each }",
        "rate plan rate { rate; group; plan }",
        "base bucket bucket { classes classes, where; where unit == where; unit unit }",
        "bucket of of of { recurring yearly whole; up to 3 up included; beyond rated }",
        "bucket rolls of one { one time for 3 months; rolls over 2 over for 1 period }",
        "share plan plan { sold as sold; bucket pool of pool { pool 1 per per per in in; "
        "consumed by by, consumed; priority 1; beyond rated + 1 flat flat } }",
        "feed feed { format format; id id, at; at at; service service = quantity; "
        "quantity quantity in in; attribute attribute; skip when skip in when }",
        'tax tax { tax CA 1%; from CA-ON 2% from 2026-01-01; exemption exemption "" }',
        "bill group group { deliver deliver, attach attach as as; carry forward under 5 under }",
        "count count = service in, across in where where package in package",
        "catalog currencies { currencies timezone, rounding }",
        "service billables { type billable_fees }",
    ],
)
def test_words_of_the_language_are_names_where_the_place_leaves_no_doubt(text: str) -> None:
    assert not isinstance(parse(text, "declaration"), Failure)


def test_tables_are_kept_and_read_again(kept: Path) -> None:
    tables.parser()
    (file,) = kept.iterdir()
    written = file.stat().st_mtime_ns
    again = tables.parser()
    assert file.stat().st_mtime_ns == written
    assert again.source_path == "<deserialized>"


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 100, b"\0" * 200_000], ids=len)
def test_a_damaged_table_is_made_anew(kept: Path, damage: bytes) -> None:
    tables.parser()
    (file,) = kept.iterdir()
    file.write_bytes(damage)
    assert tables.parser().source_path != "<deserialized>"
    assert tables.parser().source_path == "<deserialized>"


def test_a_table_cut_short_is_made_anew(kept: Path) -> None:
    tables.parser()
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert tables.parser().source_path != "<deserialized>"
    assert tables.parser().source_path == "<deserialized>"


def test_where_nothing_can_be_written_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert tables.parser.__wrapped__().source_path != "<deserialized>"
    assert blocked.read_text() == "in the way"


def test_a_relative_cache_home_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.directory() == tmp_path / ".cache" / "ratebook"
