"""What a file says, without its places and layout: two texts that mean the same are equal."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from dsl.source import Span
from dsl.syntax.declarations import SourceFile

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Meaning = tuple["Meaning", ...] | str | int | None


def meaning(file: SourceFile) -> Meaning:
    """Give all that a file declares, places of decimals and doc comments included."""
    return tuple(_of(node) for node in file.declarations)


def _of(value: object) -> Meaning:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Decimal | date):
        return str(value)
    if isinstance(value, tuple):
        return tuple(_of(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        told = [getattr(value, name) for name in _names(value)]
        parts = tuple([_of(part) for part in told if not isinstance(part, Span)])
        return (type(value).__name__, *parts)
    raise TypeError(f"syntax holds a {type(value).__name__}")


_NAMES: dict[type, tuple[str, ...]] = {}


def _names(value: DataclassInstance) -> tuple[str, ...]:
    """Name the fields of a node; each type of node is looked at once."""
    names = _NAMES.get(type(value))
    if names is None:
        names = _NAMES[type(value)] = tuple(field.name for field in fields(value))
    return names
