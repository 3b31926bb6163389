"""Walk a syntax tree without knowing its kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import TypeVar

from dsl.syntax.base import Node

N = TypeVar("N", bound=Node)

_LEAVES = frozenset({"Span", "str", "int", "bool", "date", "Decimal"})
"""Annotations of fields that never hold a node."""


def walk(node: Node) -> Iterator[Node]:
    """Give the node and all nodes below it, parents first, in the order of their fields."""
    waiting: list[Node] = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(children(node))))


def children(node: Node) -> Iterator[Node]:
    """Give the nodes right below one, in the order of its fields."""
    for name in _inner(type(node)):
        value: object = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))


_INNER: dict[type[Node], tuple[str, ...]] = {}


def _inner(kind: type[Node]) -> tuple[str, ...]:
    """Name the fields of a kind of node that may hold nodes; each kind is looked at once."""
    names = _INNER.get(kind)
    if names is None:
        names = tuple(field.name for field in fields(kind) if field.type not in _LEAVES)
        _INNER[kind] = names
    return names


def every(node: Node | None, kind: type[N]) -> Iterator[N]:
    """Give all nodes of one type in a tree, the root too."""
    if node is not None:
        for found in walk(node):
            if isinstance(found, kind):
                yield found


def by_kind(nodes: Iterable[Node]) -> Mapping[type[Node], list[Node]]:
    """Sort all nodes of some trees by their type, in one walk; each in the order of `walk`."""
    found: dict[type[Node], list[Node]] = {}
    for root in nodes:
        for node in walk(root):
            found.setdefault(type(node), []).append(node)
    return found
