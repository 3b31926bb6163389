"""Walk a syntax tree without knowing its kinds."""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import TypeVar, cast, get_args

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
    plans = _PLANS.setdefault(kinds, {})
    waiting: list[object] = [node]
    while waiting:
        each = waiting.pop()
        plan = plans.get(type(each))
        if plan is None:
            plan = plans[type(each)] = _plan(type(each), kinds)
        is_wanted, below = plan
        if is_wanted:
            yield cast("N", each)
        if below is not None:
            for value in below(each):
                if type(value) is tuple:
                    waiting += value[::-1]
                elif value is not None:
                    waiting.append(value)


def may_hold(kind: type[Node], wanted: Kinds) -> bool:
    """Whether a node of a type can be, or hold, one of the wanted types."""
    return _leads(kind, wanted, set())


Plan = tuple[bool, Callable[[object], tuple[object, ...]] | None]
"""Whether a type is wanted, and how to get what may hold others, the last of it first."""

_PLANS: dict[Kinds, dict[type, Plan]] = {}


def _plan(kind: type, wanted: Kinds) -> Plan:
    if not issubclass(kind, Node):
        return False, None
    ways = [
        name
        for name, held in _held(kind).items()
        if any(_leads(each, wanted, set()) for each in held)
    ]
    return issubclass(kind, wanted), _getter(ways[::-1]) if ways else None


def _getter(names: Sequence[str]) -> Callable[[object], tuple[object, ...]]:
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda node: (get(node),)


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
