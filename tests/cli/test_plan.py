"""`ratebook plan` and `ratebook test` as a pull request's checks run them."""

import json
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import CONNECTIVITY, Ratebook
from tests.proving.catalogs import ACTIVE, METERED


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with a catalog in it that uses a shared folder."""
    root = tmp_path / "repository"
    shutil.copytree(CONNECTIVITY, root / "connectivity")
    shutil.copytree(CONNECTIVITY.parent / "shared", root / "shared")
    for arguments in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "one"),
    ):
        subprocess.run(["git", "-C", str(root), *arguments], check=True)
    return root / "connectivity"


def change(folder: Path, old: str, new: str, file: str = "services.ratebook") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.feature("E4")
def test_a_plan_against_git_names_what_changed_and_exits_by_it(
    repository: Path, ratebook: Ratebook
) -> None:
    same = ratebook("plan", repository, "--against", "HEAD", "--exit-code")
    assert (same.code, same.out.strip()) == (0, f"{repository} against HEAD: no changes")
    change(repository, "active     80.00 CAD", "active     82.00 CAD")
    raised = ratebook("plan", repository, "--against", "HEAD", "--exit-code")
    assert raised.code == 4
    assert "price up: recurring price access, monthly, active, CAD" in raised.out
    assert "80.00 CAD -> 82.00 CAD" in raised.out
    assert "reaches package:business_connectivity <- service:access" in raised.out
    assert ratebook("plan", repository, "--against", "HEAD").code == 0
    refused = ratebook("plan", repository, "--against", "HEAD", "--allow", "text")
    assert refused.code == 1
    assert "refused: 1 edit beyond what the policy allows" in refused.out
    (repository / "plan.toml").write_text(
        'allow = "text"\n[[exempt]]\nedit = "recurring price: access, *"\n'
        'until = 9000-01-01\nreason = "PRICE-12"\n'
    )
    exempted = ratebook("plan", repository, "--against", "HEAD")
    assert exempted.code == 0
    assert "exempted until 9000-01-01: PRICE-12" in exempted.out


@pytest.mark.feature("E4")
def test_each_form_of_a_plan_escapes_what_the_catalog_says(
    repository: Path, tmp_path: Path, ratebook: Ratebook
) -> None:
    change(repository, '"Access line"', '"<b>Line</b> | _x_"')
    asked = ("plan", repository, "--against", "HEAD")
    markdown = ratebook(*asked, "--format", "markdown").out
    assert r"\<b\>Line\</b\> \| \_x\_" in markdown
    page = tmp_path / "plan.html"
    assert ratebook(*asked, "--format", "html", "--out", page).code == 0
    html = page.read_text(encoding="utf-8")
    assert "&lt;b&gt;Line&lt;/b&gt;" in html
    assert "<b>Line" not in html
    assert "http" not in html
    body = json.loads(ratebook(*asked, "--format", "json").out)
    assert [(each["verb"], each["level"], each["after"]) for each in body["edits"]] == [
        ("reworded", "text", "<b>Line</b> | _x_")
    ]


@pytest.mark.feature("E4")
def test_a_plan_that_cannot_be_made_says_why(repository: Path, ratebook: Ratebook) -> None:
    cases = (
        (("--against", "nowhere"), "nowhere: is neither a file, a folder nor known to git"),
        (("--against", "--output=x"), "is neither a file, a folder nor a git reference"),
        (("--against", "HEAD", "--max-increase", "3"), "a replay takes a --book and --as-of"),
        (("--against", "HEAD", "--max-increase", "-3"), "is not a number of zero or more"),
    )
    for arguments, said in cases:
        found = ratebook("plan", repository, *arguments)
        assert found.code == 2, arguments
        assert said in found.err
    (repository / "plan.toml").write_text("allow = 1")
    assert "allow: `1` is none of" in ratebook("plan", repository, "--against", "HEAD").err


@pytest.mark.feature("E4", "E6")
def test_a_plan_compares_with_a_compiled_program_and_refuses_over_a_limit(
    repository: Path, tmp_path: Path, ratebook: Ratebook
) -> None:
    program = tmp_path / "before.json"
    assert ratebook("compile", repository, "--out", program).code == 0
    change(repository, "active     80.00 CAD", "active     120.00 CAD")
    book = repository / "book"
    found = ratebook(
        *("plan", repository, "--against", program, "--book", book, "--as-of", "2026-01-01"),
        *("--max-increase", "20", "--quiet"),
    )
    assert found.code == 1
    assert "business_connectivity: 319 account packages of 319 accounts" in found.out
    assert "accounts pay more by over the limit" in found.out


@pytest.mark.feature("E3")
def test_the_tests_of_a_catalog_are_told_to_a_person_and_to_ci(
    tmp_path: Path, ratebook: Ratebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "catalog.ratebook").write_text(METERED, encoding="utf-8")
    (tmp_path / "tests.ratebook").write_text(
        f"test one {{\n{ACTIVE}  bill 2026-01-01\n  expect total  30.00 USD\n}}\n"
        "guard cheap {\n  for every service sim\n  price < 40.00 USD\n}\n"
        "guard cheaper {\n  for every service sim\n  price < 31.00 USD\n}\n",
        encoding="utf-8",
    )
    xml = tmp_path / "out" / "tests.xml"
    found = ratebook("test", tmp_path, "--junit", xml, "--quiet", "--verbose")
    assert found.code == 1
    assert "tests.ratebook:7: expect total 30.00 USD" in found.out
    assert "does not hold for the service `sim`, in `active`, monthly" in found.out
    assert "ok      cheap: holds for 2 prices" in found.out
    assert "1 test, 1 failed, 2 guards, 1 failed" in found.out
    suite = ElementTree.parse(xml).getroot()
    assert suite.attrib["failures"] == "2"
    assert [each.attrib["name"] for each in suite.iter("testcase")] == ["one", "cheap", "cheaper"]
    assert ratebook("test", tmp_path, "-k", "cheap", "--quiet").code == 1
    assert ratebook("test", tmp_path, "-k", "nothing", "--quiet").code == 0
    monkeypatch.setenv("CI", "true")
    refused = ratebook("test", tmp_path, "--record")
    assert refused.code == 2
    assert "--record is for a person" in refused.err
