"""Invoices to try a template on: made from the model's schema, so that they have all it has.

`full` has a value wherever there can be one, `bare` has none and no rows, `large` has as many
rows as a large customer's.  Their figures mean nothing; only the drawing is looked at.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from types import NoneType, UnionType
from typing import Literal, Union

from pydantic import BaseModel

from runtime.invoice.model import Invoice, InvoiceLine, UsageDay

_VALUES: dict[object, object] = {
    str: "text",
    int: 1,
    bool: True,
    Decimal: Decimal("1.00"),
    date: date(2026, 1, 1),
}
_GIVEN: dict[str, object] = {
    "number": "INV-000001",
    "run": 1,
    "locale": "en_US",
    "currency": "USD",
    "minor_units": 2,
}
"""What a posted invoice always has, and what printing goes by."""

_MANY: dict[object, int] = {InvoiceLine: 10, UsageDay: 100}

Size = Literal["full", "bare", "large"]


@cache
def trial_invoice(size: Size) -> Invoice:
    """Give an invoice of a size."""
    return _record(Invoice, size)


_RecordT = typing.TypeVar("_RecordT", bound=BaseModel)


def _record(kind: type[_RecordT], size: Size) -> _RecordT:
    hints = typing.get_type_hints(kind)
    given = _GIVEN if kind is Invoice else {}
    values = {
        name: given[name] if name in given else _value(hints[name], size)
        for name in kind.model_fields
    }
    return kind.model_validate(values)


def _value(hint: object, size: Size) -> object:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, UnionType):
        kinds = [each for each in arguments if each is not NoneType]
        return None if size == "bare" and NoneType in arguments else _value(kinds[0], size)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return tuple(_rows(arguments[0], size))
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return _record(hint, size)
    return _VALUES[hint]


def _rows(kind: object, size: Size) -> Iterator[object]:
    many = {"full": 2, "bare": 0}.get(size, _MANY.get(kind, 2))
    one = _value(kind, size) if many else None
    for number in range(many):
        if isinstance(one, InvoiceLine):
            yield one.model_copy(update={"number": number + 1})
        else:
            yield one


_FETCHING = {
    "audio": ("src",),
    "embed": ("src",),
    "frame": ("src",),
    "iframe": ("src", "srcdoc"),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
"""What makes a reader or the PDF engine fetch, element by element."""


class Fetches(HTMLParser):
    """Collects what an HTML document fetches or runs; `data:` is inside of it and is not."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element's attributes."""
        self._is_style = tag == "style"
        if tag == "script":
            self.found.append("<script")
        for name, value in attrs:
            if name in _FETCHING.get(tag, ()) and value and not _is_inside(value):
                self.found.append(value)
            elif name.startswith("on"):
                self.found.append(name)
            elif name == "style" and value:
                self._style(value)

    def handle_endtag(self, tag: str) -> None:
        """Leave a style sheet."""
        self._is_style = False

    def handle_data(self, data: str) -> None:
        """Look at a style sheet's text."""
        if self._is_style:
            self._style(data)

    def _style(self, text: str) -> None:
        for _, url in re.findall(r"""url\(\s*(["']?)([^"')]*)""", text):
            if not _is_inside(url):
                self.found.append(url)
        self.found += re.findall(r"@import\b", text)


def _is_inside(url: str) -> bool:
    return url.strip().lower().startswith("data:") or url.startswith("#")


def fetches(html: str) -> tuple[str, ...]:
    """Give what an HTML document fetches, or runs, in order."""
    parser = Fetches()
    parser.feed(html)
    parser.close()
    return tuple(parser.found)
