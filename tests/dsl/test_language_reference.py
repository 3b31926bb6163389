"""Every example of the language reference parses, and stands in canonical layout."""

import re

import pytest

from dsl.kinds import KINDS
from dsl.parser import parse_source
from dsl.printer import FormattedText, format_source
from dsl.source import Source
from tests.dsl.catalogs import ROOT

REFERENCE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```ratebook\n(.*?)^```$", REFERENCE, re.MULTILINE | re.DOTALL)


@pytest.mark.feature("E1")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_an_example_parses_and_is_in_canonical_layout(example: str) -> None:
    result = format_source(Source("docs/language.md", example))
    assert isinstance(result, FormattedText), result
    assert result.text == example


def test_every_kind_of_declaration_has_an_example() -> None:
    shown = "\n".join(EXAMPLES)
    missing = [
        kind.words for kind in KINDS if not re.search(kind.opening.pattern, shown, re.MULTILINE)
    ]
    assert not missing


def test_the_links_inside_the_page_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-")
        for line in re.findall(r"^#+ (.*)$", REFERENCE, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", REFERENCE)) <= headings


def test_examples_hold_no_mistake() -> None:
    assert all(not parse_source(Source("docs/language.md", text))[1] for text in EXAMPLES)
