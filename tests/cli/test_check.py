"""`ratebook check`: every fault of a catalog in one run, in order of place."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import CONNECTIVITY, Ratebook, edit


@pytest.mark.feature("E1", "E2")
def test_a_clean_catalog_exits_with_0(ratebook: Ratebook) -> None:
    said = ratebook("check", CONNECTIVITY)
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith("clean (7 files)\n")


SIX_BREAKS = (
    ("catalog.ratebook", "terms     net 30 days", "terms     30 days"),
    ("lifecycle.ratebook", "activate   ordered", "activate   orderd"),
    ("lifecycle.ratebook", "cancelled = canceled", "cancelled = stopped"),
    ("services.ratebook", "suspended  20.00 CAD, 15.00 USD", "suspended  20.00 CAD"),
    ("services.ratebook", "rates   metered", "rates   meterd"),
    ("usage.ratebook", "up to 60 GB", "up to 40 GB"),
)


def break_in_six_places(catalog: Path) -> None:
    for file, old, new in SIX_BREAKS:
        edit(catalog / file, old, new)


@pytest.mark.feature("E2")
def test_a_catalog_broken_in_six_places_gets_six_diagnostics_in_order_of_place(
    ratebook: Ratebook, catalog: Path
) -> None:
    break_in_six_places(catalog)
    said = ratebook("check", catalog, "--format", "concise")
    assert said.code == 1
    places = re.findall(r"connectivity/(\w+\.ratebook):(\d+):(\d+): error\[(RB\d+)\]", said.out)
    assert [(file, int(line), int(column)) for file, line, column, _ in places] == [
        ("catalog.ratebook", 11, 13),
        ("lifecycle.ratebook", 4, 28),
        ("lifecycle.ratebook", 13, 14),
        ("services.ratebook", 18, 5),
        ("services.ratebook", 45, 13),
        ("usage.ratebook", 43, 9),
    ]
    assert len(said.out.splitlines()) == len(SIX_BREAKS)


@pytest.mark.feature("E2")
def test_the_text_form_shows_the_words_the_hint_and_the_count(
    ratebook: Ratebook, catalog: Path
) -> None:
    edit(catalog / "services.ratebook", "rates   metered", "rates   meterd")
    said = ratebook("check", catalog)
    assert said.out.startswith("error[RB101]: no rate plan is called `meterd`\n")
    assert "45 |     rates   meterd\n   |             ^^^^^^" in said.out
    assert "= help: did you mean `metered`?" in said.out
    assert said.out.endswith("connectivity: 1 error\n")


@pytest.mark.feature("E2")
def test_the_json_form_is_one_object_a_finding(ratebook: Ratebook, catalog: Path) -> None:
    edit(catalog / "services.ratebook", "rates   metered", "rates   meterd")
    (line,) = ratebook("check", catalog, "--format", "json").out.splitlines()
    found = json.loads(line)
    assert (found["code"], found["line"], found["column"]) == ("RB101", 45, 13)
    assert (found["words"], found["severity"]) == ("meterd", "error")


@pytest.mark.feature("E2")
def test_a_warning_fails_only_when_strict(ratebook: Ratebook, catalog: Path) -> None:
    with (catalog / "usage.ratebook").open("a") as file:
        file.write("\nzone nowhere = countries FR\n")
    assert ratebook("check", catalog).code == 0
    said = ratebook("check", catalog, "--strict")
    assert said.code == 1
    assert "warning[" in said.out
    assert "nowhere" in said.out


@pytest.mark.feature("E2")
@pytest.mark.parametrize("state", ["missing", "empty", "a file"])
def test_a_folder_that_is_no_catalog_is_refused(
    ratebook: Ratebook, tmp_path: Path, state: str
) -> None:
    folder = tmp_path / "folder"
    if state == "empty":
        folder.mkdir()
    elif state == "a file":
        folder.write_text("catalog c {}")
    said = ratebook("check", folder)
    assert said.code == 2
    assert said.err.startswith(f"ratebook: {folder}: ")


def test_an_unknown_option_exits_with_2(ratebook: Ratebook) -> None:
    assert ratebook("check", CONNECTIVITY, "--wrong").code == 2


def test_our_own_fault_exits_with_3_and_shows_no_traceback(
    ratebook: Ratebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path, *, is_cached: bool) -> None:
        raise ZeroDivisionError("deliberate")

    monkeypatch.setattr("compiler.check.check_folder", fail)
    said = ratebook("check", CONNECTIVITY)
    assert said.code == 3
    assert "ZeroDivisionError: deliberate" in said.err
    report = re.search(r"report it with (\S+)\.\n", said.err)
    assert report
    path = Path(report.group(1))
    assert "Traceback" in path.read_text()
    path.unlink()
