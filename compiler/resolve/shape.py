"""The shape of an expression: what it says, wherever it stands."""

from __future__ import annotations

from dataclasses import fields

from dsl.syntax.base import Node


def shape(node: Node) -> str:
    """Give a text that two expressions share exactly where they are written alike."""
    parts = [type(node).__name__]
    for field in fields(node):
        if field.name == "span":
            continue
        value: object = getattr(node, field.name)
        parts.append(_part(value))
    return f"({' '.join(parts)})"


def _part(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{' '.join(_part(item) for item in value)}]"
    return shape(value) if isinstance(value, Node) else repr(value)
