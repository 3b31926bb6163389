"""Walk a syntax tree without knowing its kinds."""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterator
from typing import TypeVar, get_args

from dsl.syntax.base import Node

N = TypeVar("N", bound=Node)
Kinds = tuple[type[Node], ...]

_WORD = re.compile(r"\w+")


def walk(node: Node) -> Iterator[Node]:
    """Give the node and all nodes below it, parents first, in the order of their fields."""
    return every(node, Node)


def every(node: Node | None, *kinds: type[N]) -> Iterator[N]:
    """Give all nodes of some types in a tree, the root too, in the order of `walk`.

    Only what may hold one is looked into, as the fields' types say.
    """
    waiting: list[Node] = [] if node is None else [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, kinds):
            yield node
        below: list[Node] = []
        for name in _ways(type(node), kinds):
            value: object = getattr(node, name)
            if isinstance(value, Node):
                below.append(value)
            elif isinstance(value, tuple):
                below += [item for item in value if isinstance(item, Node)]
        if below:
            waiting += reversed(below)


_WAYS: dict[tuple[type[Node], Kinds], tuple[str, ...]] = {}


def _ways(kind: type[Node], wanted: Kinds) -> tuple[str, ...]:
    """Name the fields of a type of node below which a node of the wanted types may be."""
    known = _WAYS.get((kind, wanted))
    if known is None:
        known = _WAYS[kind, wanted] = tuple(
            name
            for name, held in _held(kind).items()
            if any(_leads(each, wanted, set()) for each in held)
        )
    return known


def _leads(kind: type[Node], wanted: Kinds, seen: set[type[Node]]) -> bool:
    """Whether a type of node is wanted, or may hold one that is."""
    if kind in seen:
        return False
    seen.add(kind)
    if kind is Node or issubclass(kind, wanted):
        return True
    return any(_leads(each, wanted, seen) for held in _held(kind).values() for each in held)


_HELD: dict[type[Node], dict[str, frozenset[type[Node]]]] = {}


def _held(kind: type[Node]) -> dict[str, frozenset[type[Node]]]:
    """Give the types of node that each field may hold; Node: any."""
    if kind in _HELD:
        return _HELD[kind]
    found = _HELD[kind] = {}
    for each in reversed(kind.__mro__):
        names = vars(builtins) | vars(sys.modules[each.__module__])
        for name, annotation in vars(each).get("__annotations__", {}).items():
            meanings = (names.get(word, Node) for word in _WORD.findall(annotation))
            found[name] = frozenset(held for meaning in meanings for held in _meant(meaning))
    return found


def _meant(meaning: object) -> Iterator[type[Node]]:
    """Give the types of node that a word of an annotation stands for."""
    if isinstance(meaning, type):
        if issubclass(meaning, Node):
            yield meaning
    else:
        for part in get_args(meaning):
            yield from _meant(part)
