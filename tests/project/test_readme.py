"""The README is true: its links lead somewhere and its price sheet is the catalog's."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("page", sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")]))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+)[)#]", page.read_text("utf-8")):
        assert (page.parent / link).exists(), f"{page.name} links to {link}"


@pytest.mark.feature("E1")
def test_the_price_sheet_is_the_catalogs() -> None:
    sheet = re.search(r"```ratebook\n(.*?)```", README, re.DOTALL)
    assert sheet
    catalog = "".join(
        path.read_text("utf-8") for path in (ROOT / "catalogs/connectivity").glob("*.ratebook")
    )
    missing = [
        line
        for line in sheet.group(1).splitlines()
        if line.strip() and not line.startswith("##") and line not in catalog.splitlines()
    ]
    assert missing == []


def test_every_command_it_names_exists() -> None:
    from cli.main import COMMANDS

    named = set(re.findall(r"^(?:\$ )?ratebook (\w+)", README, re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)
