"""What is wrong in a table, in every format: its path, line, column and words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Ratebook
from tests.cli.test_formats import junit_of, sarif_of

CATALOG = """\
catalog tiny {
  currencies  USD
  timezone    "UTC"
}

zone table destinations from "tables/destinations.csv"

usage class calls measured in count when destination in premium
"""

TABLE = 'zone,prefix,country\npremium,1900,\n"premium", "+1976",\nadult,1900,\n'
"""Wrong at line 3, column 13, and at line 4, column 7."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "case.ratebook").write_text(CATALOG, encoding="utf-8")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "destinations.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


@pytest.mark.feature("E2")
def test_text_shows_the_row_and_marks_the_cell(ratebook: Ratebook, folder: Path) -> None:
    said = ratebook("check", folder)
    assert said.code == 1
    assert (
        "error[RB333]: `+1976` is not the beginning of a number\n"
        f" --> {folder}/tables/destinations.csv:3:13\n"
        "  |\n"
        '3 | "premium", "+1976",\n'
        "  |             ^^^^^ the column `prefix` holds a prefix\n"
        "  |\n"
        "  = help: write `1976`\n"
    ) in said.text
    assert "4 | adult,1900,\n  |       ^^^^ in `adult` here\n" in said.text
    assert "2 | premium,1900,\n  |         ---- in `premium` here\n" in said.text


@pytest.mark.feature("E2")
def test_programs_read_the_place_and_the_words(ratebook: Ratebook, folder: Path) -> None:
    concise = ratebook("check", folder, "--format", "concise").out.splitlines()
    path = f"{folder}/tables/destinations.csv"
    assert concise[0].startswith(f"{path}:3:13: error[RB333]: ")
    records = [
        json.loads(line) for line in ratebook("check", folder, "--format", "json").out.splitlines()
    ]
    assert [(each["path"], each["line"], each["column"], each["words"]) for each in records] == [
        (path, 3, 13, "+1976"),
        (path, 4, 7, "1900"),
    ]
    commands = ratebook("check", folder, "--format", "github").out.splitlines()
    assert re.match(r"::error file=.*/destinations\.csv,line=3,endLine=3,col=13,", commands[0])
    (run,) = sarif_of(ratebook("check", folder, "--format", "sarif").out)["runs"]
    regions = [result["locations"][0]["physicalLocation"]["region"] for result in run["results"]]
    assert [(each["startLine"], each["startColumn"]) for each in regions] == [(3, 13), (4, 7)]
    suite = junit_of(ratebook("check", folder, "--format", "junit").out)
    failed = [case.get("name") for case in suite.iter("testcase") if case.findall("failure")]
    assert failed == [path]


@pytest.mark.feature("E2")
def test_a_table_that_is_no_text_is_shown_all_the_same(ratebook: Ratebook, folder: Path) -> None:
    (folder / "tables" / "destinations.csv").write_bytes(b"zone,prefix\npremium,\xff\n")
    for name in ("text", "concise", "json", "github", "sarif", "junit"):
        said = ratebook("check", folder, "--format", name)
        assert said.code == 1
        assert "RB001" in said.out
