"""The driver makes the trees that lark makes, or leaves the text to lark."""

import re

import pytest
from hypothesis import given
from lark.exceptions import UnexpectedInput

from dsl.grammar import driver as driving
from dsl.grammar.driver import Driver, driver
from dsl.grammar.machine import machine
from dsl.grammar.tables import parser
from dsl.grammar.trees import Branch, Token, branch_of
from dsl.slices import cut
from dsl.source import Source
from dsl.syntax_examples import EXAMPLES
from tests.dsl import strategies
from tests.dsl.catalogs import SOURCES


def told(tree: Branch | Token | None) -> object:
    """Everything a builder can see of a tree."""
    if isinstance(tree, Branch):
        children = [told(child) for child in tree.children]
        return tree.data, tree.start_pos, tree.end_pos, children
    return tree and (str(tree), tree.type, tree.start_pos, tree.end_pos)


def by_lark(text: str) -> Branch | None:
    try:
        return branch_of(parser().parse(text, start="declaration"))
    except UnexpectedInput:
        return None


def declarations(source: Source) -> list[str]:
    return [source.text[piece.start : piece.end] for piece in cut(source).slices]


@pytest.mark.parametrize("source", SOURCES, ids=[source.path for source in SOURCES])
def test_catalogs_are_read_as_by_lark_at_first_and_from_a_known_form(source: Source) -> None:
    fresh = Driver(machine())
    for text in declarations(source):
        due = told(by_lark(text))
        assert due is not None
        assert told(fresh.parse(text, "declaration")) == due
        assert told(fresh.parse(text, "declaration")) == due


@pytest.mark.property
@given(strategies.files())
def test_any_declaration_is_read_as_by_lark(text: str) -> None:
    for declaration in declarations(Source("a", text)):
        found = driver().parse(declaration, "declaration")
        assert found is None or told(found) == told(by_lark(declaration))


def test_wrong_texts_are_read_by_neither() -> None:
    for example in EXAMPLES:
        for text in declarations(Source("a", example.wrong)):
            found = driver().parse(text, "declaration")
            assert found is None or told(found) == told(by_lark(text))


@pytest.mark.parametrize(
    "text",
    [
        "usage class a measured in data when AB-C == DE-F",
        "usage class a measured in data when x == 2026-01-31",
    ],
    ids=["names that look like a region", "a sum that looks like a date"],
)
def test_a_text_that_only_its_place_makes_plain_is_left_to_lark(text: str) -> None:
    assert driver().parse(text, "declaration") is None
    assert by_lark(text) is not None


def test_a_form_is_told_by_its_keywords_not_by_its_names() -> None:
    fresh = Driver(machine())
    for name in ("a", "type", "status", "price"):
        for text in (f"service {name} {{ type {name} }}", f"zone {name} = countries {name}"):
            assert told(fresh.parse(text, "declaration")) == told(by_lark(text))


def test_no_more_forms_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driving, "MOST_FORMS", 3)
    fresh = Driver(machine())
    for source in SOURCES:
        for text in declarations(source):
            assert told(fresh.parse(text, "declaration")) == told(by_lark(text))
    assert len(fresh._runs) == len(fresh._wholes) == 3


def test_no_terminal_looks_at_what_stands_around_it() -> None:
    """So that a word alone tells its terminal."""
    for terminal in parser().terminals:
        assert not re.search(r"\(\?[=!<]|\\[bBAZ]|(?<!\\)[$^](?!\])", _plain(terminal.pattern))


def _plain(pattern: object) -> str:
    """A pattern without its classes of characters, where `^` means another thing."""
    assert hasattr(pattern, "to_regexp")
    return re.sub(r"\[(?:\\.|[^\]\\])*\]", "", pattern.to_regexp())
