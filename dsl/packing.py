"""Nodes as bytes, to be sent from one process to another of the same program.

A node is packed as what it is made of, its place flattened into it: so packed and unpacked it
takes a fraction of what reading its text takes.  Only bytes that this program has just made
may be unpacked: they say what is called to make the nodes again.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from dsl.source import Span
from dsl.syntax.base import Node

Reducer = Callable[[Any], tuple[Callable[..., Any], tuple[Any, ...]]]

_PROTOCOL = 5
_new = tuple.__new__


def pack(data: object) -> bytes:
    """Write nodes, in tuples as they may be, to bytes."""
    written = io.BytesIO()
    pickler = pickle.Pickler(written, _PROTOCOL)
    pickler.dispatch_table = _REDUCERS
    pickler.dump(data)
    return written.getvalue()


def unpack(data: bytes) -> object:
    """Make again what `pack` of this very program has written."""
    return pickle.loads(data)


def _make(kind: type[Node], path: str, start: int, end: int, *parts: object) -> Node:
    return kind(_new(Span, (path, start, end)), *parts)


def _reducer(kind: type[Node]) -> Reducer:
    """Give how a node of a type is taken apart: what makes it again, and of what."""
    first, *others = [field.name for field in fields(kind)]
    assert first == "span"
    if not others:
        return lambda node: (_make, (kind, *node.span))
    parts = attrgetter(*others)
    if len(others) == 1:
        return lambda node: (_make, (kind, *node.span, parts(node)))
    return lambda node: (_make, (kind, *node.span, *parts(node)))


class _Reducers(dict[type, Reducer]):
    """The reducers of the types met so far."""

    def __missing__(self, kind: type) -> Reducer:
        if not issubclass(kind, Node):
            raise KeyError(kind)
        made = self[kind] = _reducer(kind)
        return made


_REDUCERS = _Reducers()
