"""Looking only where a node may be finds all that a look everywhere finds."""

from collections.abc import Iterator
from dataclasses import fields

import pytest
from hypothesis import given

from compiler.resolve.walk import every, walk
from dsl.parser import parse_source
from dsl.source import Source
from dsl.syntax.base import Money, Name, Node, Number, Percent, Quantity
from dsl.syntax.expressions import FieldUse, InZone
from tests.dsl import strategies
from tests.dsl.catalogs import SOURCES

KINDS: tuple[type[Node], ...] = (Money, Quantity, Percent, Number, InZone, FieldUse, Name)


def everywhere(node: Node) -> Iterator[Node]:
    """Walk by what the fields hold, not by what their types say."""
    yield node
    for field in fields(node):
        value = getattr(node, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Node):
                yield from everywhere(item)


def check_file(source: Source) -> None:
    for declaration in parse_source(source)[0].declarations:
        due = list(everywhere(declaration))
        assert list(walk(declaration)) == due
        for kind in KINDS:
            assert list(every(declaration, kind)) == [one for one in due if isinstance(one, kind)]
        both = [one for one in due if isinstance(one, Money | Quantity)]
        assert list(every(declaration, Money, Quantity)) == both


@pytest.mark.parametrize("source", SOURCES, ids=[source.path for source in SOURCES])
def test_in_catalogs(source: Source) -> None:
    check_file(source)


@pytest.mark.property
@given(strategies.files())
def test_in_any_file(text: str) -> None:
    check_file(Source("a", text))
