"""What a template can read: the invoice's model and the page's views, as types.

What may be missing counts as there: that it is not always, a trial drawing finds.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import NoneType, UnionType
from typing import Final, Literal, Union

from jinja2.runtime import LoopContext
from pydantic import BaseModel

from runtime.invoice.model import InvoiceLine
from runtime.invoice.sandbox import FIELDS


class Anything:
    """What is not known."""


class Called:
    """A macro, or the template that one stands in."""


class Loop:
    """The loop's own facts."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A sequence, or a mapping's values, of one type."""

    of: Type


Type = type | Rows

PLAIN: Final[Mapping[type, str]] = {
    str: "a text",
    Decimal: "a number",
    int: "a whole number",
    bool: "yes or no",
    date: "a day",
}

ACCEPTED: Final[Mapping[str, tuple[type, ...]]] = {
    "amount": (Decimal,),
    "count": (int,),
    "country": (str,),
    "css_string": (str,),
    "day": (date,),
    "heading": (str,),
    "kind": (InvoiceLine,),
    "label": (str,),
    "left": (str,),
    "money": (Decimal,),
    "number": (Decimal,),
    "ordinal": (int,),
    "percent": (Decimal,),
    "period": (date,),
    "price": (Decimal,),
    "quantity": (Decimal,),
    "right": (str,),
    "words": (str,),
}
"""What a filter of ours prints."""

ELEMENT = frozenset({"first", "last"})


NO_NAMES: Final[Mapping[str, Type]] = {}


@lru_cache(maxsize=64)
def fields_of(kind: type) -> Mapping[str, Type]:
    """Give the fields of a model or a view, with their types."""
    if kind is Loop:
        return dict.fromkeys(FIELDS[LoopContext], Anything)
    hints = typing.get_type_hints(kind)
    names = FIELDS.get(kind, frozenset())
    return {name: _type(hints[name]) for name in hints if name in names}


def _type(hint: object) -> Type:
    """Give what a hint stands for."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, UnionType):
        kinds = [_type(each) for each in arguments if each is not NoneType]
        return kinds[0] if len(kinds) == 1 else Anything
    if origin is Literal:
        return type(arguments[0])
    if origin is tuple:
        return Rows(_type(arguments[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return Rows(_type(arguments[1]))
    if isinstance(hint, type) and (hint in PLAIN or is_record(hint)):
        return hint
    return Anything


def is_record(kind: object) -> bool:
    """Tell whether a type has fields that a template reads."""
    return isinstance(kind, type) and (issubclass(kind, BaseModel) or is_dataclass(kind))


def in_words(kind: Type) -> str:
    """Name a type for a message."""
    if isinstance(kind, Rows):
        return "a list"
    if kind is Loop:
        return "`loop`"
    return PLAIN.get(kind) or (f"`{kind.__name__}`" if is_record(kind) else "something else")
