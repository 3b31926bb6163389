"""Places are true: a node lies in its parent, and the text of a place is what was read."""

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given

from dsl.parser import parse_source
from dsl.slices import cut
from dsl.source import Source
from dsl.syntax.base import Comment, Day, Money, Name, Node, Number, Percent, QuotedName, Text
from tests.dsl import strategies
from tests.dsl.catalogs import SOURCES


def children(node: Node) -> Iterator[Node]:
    for field in fields(node):
        value = getattr(node, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Node):
                yield item


def check_places(source: Source) -> None:
    file, _ = parse_source(source)
    end = 0
    for declaration in file.declarations:
        assert declaration.span.start >= end
        end = declaration.span.end
        check_node(source, declaration)
    for comment in file.comments:
        assert source.words(comment.span) == comment.text


def check_node(source: Source, node: Node) -> None:
    words = source.words(node.span)
    assert words == words.strip() != ""
    match node:
        case QuotedName():
            assert words[0] == words[-1] == '"'
        case Name() | Comment():
            assert words == node.text
        case Text():
            assert words[0] == words[-1] == '"'
        case Day():
            assert words == node.value.isoformat()
        case Number():
            assert Decimal(words.replace("_", "")).as_tuple() == node.value.as_tuple()
        case Money():
            assert words.endswith(node.currency.text)
        case Percent():
            assert words.endswith("%")
        case _:
            pass
    for child in children(node):
        assert child.span.path == source.path
        assert node.span.start <= child.span.start < child.span.end <= node.span.end
        check_node(source, child)


@pytest.mark.feature("E1")
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.path)
def test_places_in_our_catalogs_are_true(source: Source) -> None:
    check_places(source)


@given(strategies.files())
def test_places_in_any_file_are_true(text: str) -> None:
    check_places(Source("test.ratebook", text))


def check_slices(source: Source) -> None:
    """Slices, comments and blanks are the whole text, and overlap only inside declarations."""
    pieces = cut(source)
    left = list(source.text)
    for comment in pieces.comments:
        assert source.words(comment.span) == comment.text
        left[comment.span.start : comment.span.end] = " " * len(comment.text)
    end = 0
    for piece in pieces.slices:
        assert end <= piece.start < piece.end
        end = piece.end
        left[piece.start : end] = " " * (end - piece.start)
    assert not "".join(left).strip()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.path)
def test_slices_of_our_catalogs_give_the_text_back(source: Source) -> None:
    check_slices(source)


@given(strategies.files())
def test_slices_of_any_file_give_the_text_back(text: str) -> None:
    check_slices(Source("test.ratebook", text))
