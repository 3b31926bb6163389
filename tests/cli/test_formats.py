"""`ratebook check --format`: what programs read, held to the schemas of their formats."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xmlschema
from jsonschema import Draft4Validator

from cli.render import formats, renderer
from cli.render.findings import Findings
from dsl.diagnostic import Diagnostic, Label
from dsl.source import Source, Span
from tests.cli.conftest import CONNECTIVITY, Ratebook, edit
from tests.cli.test_check import SIX_BREAKS, break_in_six_places

SCHEMAS = Path(__file__).with_name("schemas")
SARIF = Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text("utf-8")))
JUNIT = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")

# What a catalog's text may hold that the formats give a meaning to, or cannot hold at all.
HOSTILE = "a%b\r\n::error::x, y: z <&> ]]> [l](1) {0} \x00\x1b[31m 𝄞é"
LINES = "zone 𝄞 = countries FR\nnext line\n"


def hostile() -> Findings:
    """Findings whose every text is hostile, over one line and over two."""

    def found(start: int, end: int, severity: str) -> Diagnostic:
        return Diagnostic(
            "RB101" if severity == "error" else "RB120",
            "unknown-name" if severity == "error" else "unused-declaration",
            "error" if severity == "error" else "warning",
            HOSTILE,
            Label(Span("a,b:c%.ratebook", start, end), HOSTILE),
            (Label(Span("a,b:c%.ratebook", 0, 4), HOSTILE),),
            HOSTILE,
        )

    source = Source("a,b:c%.ratebook", LINES)
    return Findings(
        (found(5, 6, "error"), found(5, 30, "warning")), {source.path: source}, prefix="x y"
    )


def sarif_of(text: str) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(text)
    assert [error.message for error in SARIF.iter_errors(log)] == []
    return log


def junit_of(text: str) -> ElementTree.Element:
    JUNIT.validate(text)
    return ElementTree.fromstring(text)


@pytest.mark.feature("E2")
def test_the_formats_are_those_of_the_manual() -> None:
    assert formats() == ("text", "concise", "json", "sarif", "github", "junit")


@pytest.mark.feature("E2")
@pytest.mark.parametrize("form", formats())
def test_each_format_gives_the_same_exit_code_and_bytes(
    ratebook: Ratebook, catalog: Path, form: str
) -> None:
    assert ratebook("check", CONNECTIVITY, "--format", form).code == 0
    break_in_six_places(catalog)
    first = ratebook("check", catalog, "--format", form)
    assert first.code == 1
    assert ratebook("check", catalog, "--format", form).out == first.out
    for code in ("RB010", "RB101", "RB201", "RB311"):
        assert code in first.out


@pytest.mark.feature("E2")
@pytest.mark.parametrize("form", formats())
def test_hostile_text_breaks_no_format(form: str) -> None:
    assert renderer(form)(hostile()).endswith("\n")


@pytest.mark.feature("E2")
def test_sarif_of_a_clean_catalog_is_valid_and_empty(ratebook: Ratebook) -> None:
    (run,) = sarif_of(ratebook("check", CONNECTIVITY, "--format", "sarif").out)["runs"]
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])
    assert run["columnKind"] == "unicodeCodePoints"


@pytest.mark.feature("E2")
def test_sarif_has_a_result_a_fault_and_a_page_a_rule(
    ratebook: Ratebook, catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_in_six_places(catalog)
    monkeypatch.chdir(catalog.parent)
    (run,) = sarif_of(ratebook("check", catalog.name, "--format", "sarif").out)["runs"]
    results, rules = run["results"], run["tool"]["driver"]["rules"]
    assert len(results) == len(SIX_BREAKS)
    for result in results:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert result["level"] == rule["defaultConfiguration"]["level"] == "error"
        assert rule["help"]["markdown"].startswith(f"# {rule['id']}: ")
    (unknown,) = (one for one in results if one["message"]["text"].endswith("`metered`?"))
    place = unknown["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {
        "uri": "connectivity/services.ratebook",
        "uriBaseId": "%SRCROOT%",
    }
    # `    rates   meterd` on line 45: the name starts in column 13 and has six letters.
    assert place["region"] == {"startLine": 45, "startColumn": 13, "endLine": 45, "endColumn": 19}
    (near,) = unknown["relatedLocations"]
    assert near["physicalLocation"]["artifactLocation"]["uri"] == "connectivity/usage.ratebook"
    assert near["message"]["text"] == "`metered` is declared here"


@pytest.mark.feature("E2")
def test_sarif_names_no_folder_of_the_machine(ratebook: Ratebook, catalog: Path) -> None:
    break_in_six_places(catalog)
    said = ratebook("check", catalog, "--format", "sarif")
    assert str(catalog.parent) not in said.out
    uris = {
        (one["uri"], one["uriBaseId"])
        for one in _every(sarif_of(said.out), "artifactLocation")
        if isinstance(one, dict)
    }
    assert ("services.ratebook", "CATALOG") in uris
    assert {base for _, base in uris} == {"CATALOG"}


@pytest.mark.feature("E2")
def test_sarif_takes_no_text_of_a_catalog_for_a_link_or_a_placeholder() -> None:
    (run,) = sarif_of(renderer("sarif")(hostile()))["runs"]
    one, other = run["results"]
    assert r"\[l\](1) {{0}}" in one["message"]["text"]
    place = one["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "x%20y/a%2Cb%3Ac%25.ratebook"
    # The sign of four bytes and two UTF-16 units is one column wide.
    assert place["region"] == {"startLine": 1, "startColumn": 6, "endLine": 1, "endColumn": 7}
    region = other["locations"][0]["physicalLocation"]["region"]
    # The first line has 21 characters and its end: offset 30 is the ninth of the second.
    assert region == {"startLine": 1, "startColumn": 6, "endLine": 2, "endColumn": 9}


@pytest.mark.feature("E2")
def test_junit_has_a_case_a_file_and_a_failure_an_error(ratebook: Ratebook, catalog: Path) -> None:
    break_in_six_places(catalog)
    with (catalog / "packages.ratebook").open("a") as file:
        file.write("\n# In no country yet.\nzone nowhere = countries FR, FR\n")
    edit(catalog / "lifecycle.ratebook", "-> cancelled", "-> cancelld")
    root = junit_of(ratebook("check", catalog, "--format", "junit").out)
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("7", "5", "0")
    failures = {
        str(case.get("name")).removeprefix(f"{catalog.parent}/"): len(case.findall("failure"))
        for case in suite
    }
    assert failures == {
        "shared/geography/zones.ratebook": 0,
        "connectivity/catalog.ratebook": 1,
        "connectivity/tests.ratebook": 0,
        "connectivity/lifecycle.ratebook": 3,
        "connectivity/packages.ratebook": 1,
        "connectivity/services.ratebook": 2,
        "connectivity/usage.ratebook": 1,
    }
    texts = [failure.text or "" for failure in suite.iter("failure")]
    assert any("45 |     rates   meterd" in text for text in texts)


@pytest.mark.feature("E2")
def test_junit_fails_nothing_for_a_warning(ratebook: Ratebook, catalog: Path) -> None:
    with (catalog / "usage.ratebook").open("a") as file:
        file.write("\nzone nowhere = countries FR\n")
    root = junit_of(ratebook("check", catalog, "--format", "junit").out)
    assert root.get("failures") == "0"
    assert [case.get("name") for case in root.iter("testcase") if len(case)] == [
        f"{catalog}/usage.ratebook"
    ]
    (printed,) = root.iter("system-out")
    assert "warning[RB120]: nothing uses the zone `nowhere`" in (printed.text or "")


@pytest.mark.feature("E2")
def test_junit_replaces_what_xml_cannot_hold() -> None:
    root = junit_of(renderer("junit")(hostile()))
    (failure,) = root.iter("failure")
    message = failure.get("message") or ""
    assert "<&> ]]>" in message
    assert "\N{REPLACEMENT CHARACTER}[31m 𝄞é" in message


COMMAND = re.compile(r"::(?P<level>error|warning) (?P<properties>[^:]*)::(?P<data>[^\r\n]*)")


def command_of(line: str) -> tuple[str, Mapping[str, str], str]:
    """Read a workflow command as GitHub's runner does."""
    found = COMMAND.fullmatch(line)
    assert found, line
    pairs = (pair.split("=", 1) for pair in found["properties"].split(","))
    properties = {name: _unescaped(value) for name, value in pairs}
    return found["level"], properties, _unescaped(found["data"])


def _unescaped(text: str) -> str:
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, char)
    return text


@pytest.mark.feature("E2")
def test_a_workflow_command_names_file_line_and_column(ratebook: Ratebook, catalog: Path) -> None:
    edit(catalog / "services.ratebook", "rates   metered", "rates   meterd")
    said = ratebook("check", catalog, "--format", "github")
    level, properties, message = command_of(said.out.removesuffix("\n"))
    assert level == "error"
    assert properties == {
        "file": f"{catalog}/services.ratebook",
        "line": "45",
        "endLine": "45",
        "col": "13",
        "endColumn": "19",
        "title": "RB101 unknown-name",
    }
    first, near, hint = message.splitlines()
    assert first == "no rate plan is called `meterd`"
    assert near.endswith("`metered` is declared here")
    assert hint == "help: did you mean `metered`?"


@pytest.mark.feature("E2")
def test_a_workflow_command_cannot_be_ended_by_text_of_a_catalog() -> None:
    lines = renderer("github")(hostile()).removesuffix("\n").split("\n")
    assert len(lines) == 2
    level, properties, message = command_of(lines[0])
    assert level == "error"
    assert properties["file"] == "x y/a,b:c%.ratebook"
    assert message.startswith(HOSTILE)
    _, over_two_lines, _ = command_of(lines[1])
    assert (over_two_lines["line"], over_two_lines["endLine"]) == ("1", "2")
    assert "col" not in over_two_lines


@pytest.mark.feature("E2")
@pytest.mark.parametrize("form", formats())
def test_a_file_that_is_no_text_is_reported_in_each_format(
    ratebook: Ratebook, catalog: Path, form: str
) -> None:
    (catalog / "usage.ratebook").write_bytes(b"\xff\xfe\x00")
    said = ratebook("check", catalog, "--format", form)
    assert said.code == 1
    assert "RB001" in said.out


def _every(value: object, key: str) -> list[object]:
    """Give every value that stands under a key, at any depth."""
    if isinstance(value, dict):
        own = [value[key]] if key in value else []
        return own + [found for each in value.values() for found in _every(each, key)]
    if isinstance(value, list):
        return [found for each in value for found in _every(each, key)]
    return []
