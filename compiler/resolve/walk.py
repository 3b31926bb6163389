"""Walk a syntax tree without knowing its kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from dsl.syntax.base import Node

N = TypeVar("N", bound=Node)


def walk(node: Node) -> Iterator[Node]:
    """Give the node and all nodes below it, parents first, in the order of their fields."""
    yield node
    for name in node.__match_args__:
        value: object = getattr(node, name)
        if isinstance(value, Node):
            yield from walk(value)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Node):
                    yield from walk(item)


def every(node: Node | None, kind: type[N]) -> Iterator[N]:
    """Give all nodes of one type in a tree, the root too."""
    if node is not None:
        for found in walk(node):
            if isinstance(found, kind):
                yield found
