"""Where templates are drawn: they read plain data through filters, and compute nothing.

A template sees the model's fields, the filters of `filters_of` and nothing else: no method, no
arithmetic, no other attribute.  What it prints is cleaned of control and bidi-override
characters, and escaped where the document is HTML, whatever the template says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Final, Literal

from jinja2 import BaseLoader, StrictUndefined
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.nodes import Expr
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape
from pydantic import BaseModel

from runtime.invoice import model
from runtime.invoice.format import Figure, Printer, clean_text, held_from_left, left, right
from runtime.invoice.page import (
    BucketView,
    Page,
    ServiceUsage,
    TierRow,
    heading,
    kind_words,
    ordinal,
    plain_words,
)
from runtime.payments import statement_model

Draws = Literal["html", "text"]

KEPT_FILTERS = frozenset({"default", "first", "join", "last", "length", "lower", "title", "upper"})
"""What a template keeps of Jinja's own filters."""

ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "**"})

WIDEST = 400
"""The most columns that a text is put into."""

_is_plain = re.compile("[ !#-%(-;=?-~\u00a0\u2013×]*").fullmatch
"""Tells a text in which there is nothing to clean and nothing to escape."""


class _PrintingCode(CodeGenerator):
    """Prints each value through `printed`, which cleans and escapes in one step.

    Jinja would clean, then make a `Markup` of every value it prints: a third of the time of
    an invoice.
    """

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: object) -> None:
        self.write("environment.printed(")

    def _output_child_post(self, node: Expr, frame: Frame, finalize: object) -> None:
        self.write(")")


class Sandbox(ImmutableSandboxedEnvironment):
    """Lets a template read the fields of plain data and compute nothing."""

    intercepted_binops = ARITHMETIC
    code_generator_class = _PrintingCode

    def __init__(self, printer: Printer, loader: BaseLoader, draws: Draws = "html") -> None:
        """Make an environment without globals, and with our filters."""
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            autoescape=draws == "html",
            finalize=_finalize,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.globals.clear()
        for unneeded in self.filters.keys() - KEPT_FILTERS:
            del self.filters[unneeded]
        self.filters.update(filters_of(printer))
        self.printed = printing(draws, printer)

    def getattr(self, obj: object, attribute: str) -> object:
        """Give a field; what plain data have besides is not there."""
        kind = type(obj)
        if attribute in FIELDS.get(kind, _NO_FIELDS):
            return getattr(obj, attribute)
        if kind in FIELDS:
            return self.undefined(hint=f"there is no field `{attribute}` in `{kind.__name__}`")
        return super().getattr(obj, attribute)

    def call(self, context: Context, called: object, *args: object, **named: object) -> object:
        """Call a macro, a block or the loop itself: nothing else is a template's to call."""
        if not isinstance(called, Macro | LoopContext | BlockReference):
            raise SecurityError("a template calls nothing but its own macros and blocks")
        return super().call(context, called, *args, **named)

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        """Refuse arithmetic."""
        raise SecurityError(f"a template does not compute: {operator}")


def printing(draws: Draws, printer: Printer) -> Callable[[object], str]:
    """Give what prints a value in a document."""
    if draws == "text":
        return printed_in_text
    return printed_in_html if printer.direction == "ltr" else printed_from_right


def printed_from_right(value: object) -> str:
    """Return a value as it stands in HTML that runs from right to left."""
    if type(value) is str:
        return escape(held_from_left(value))
    return printed_in_html(value)


def printed_in_html(value: object) -> str:
    """Return a value as it stands in HTML: cleaned and escaped."""
    if type(value) is str and _is_plain(value):
        return value
    return escape(_finalize(value))


def printed_in_text(value: object) -> str:
    """Return a value as it stands in a text: cleaned."""
    return clean_text(str(_finalize(value)))


def filters_of(printer: Printer) -> Mapping[str, Callable[..., object]]:
    """Give the filters of ours, by name."""
    return {
        "amount": printer.amount,
        "count": printer.count,
        "country": printer.country,
        "css_string": css_string,
        "day": printer.day,
        "heading": heading,
        "kind": lambda line: kind_words(line, printer.label),
        "label": printer.label,
        "left": _padded(left),
        "money": printer.money,
        "number": printer.number,
        "ordinal": ordinal,
        "percent": printer.percent,
        "period": printer.period,
        "price": printer.price,
        "quantity": printer.quantity,
        "right": _padded(right),
        "words": plain_words,
    }


def _padded(pad: Callable[..., str]) -> Callable[..., str]:
    """Hold a filter that pads to columns which a page has."""

    def padded(text: str, columns: int, fill: str = " ") -> str:
        if not 0 <= columns <= WIDEST:
            raise SecurityError(f"a text is put into 0 to {WIDEST} columns")
        return pad(text, columns, fill[:1] or " ")

    return padded


@lru_cache(maxsize=4096)
def css_string(text: str) -> Markup:
    """Quote a text for a style sheet, every sign but letters and digits escaped."""
    cleaned = text if isinstance(text, Figure) else clean_text(text)
    escaped = re.sub(r"[^0-9A-Za-z]", lambda match: f"\\{ord(match[0]):06x}", cleaned)
    return Markup(f'"{escaped}"')


def _finalize(value: object) -> object:
    """Clean what is about to be printed; a template must not print a missing value."""
    if type(value) is str:
        return clean_text(value)
    if value is None:
        raise SecurityError("a template prints a value that is missing")
    return value


_MODELS = [
    kind
    for kind in (*vars(model).values(), *vars(statement_model).values())
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not BaseModel
]
_NO_FIELDS: frozenset[str] = frozenset()
# A plain dict: it is asked a thousand times an invoice, and a proxy takes twice as long.
FIELDS: Final[dict[type, frozenset[str]]] = {
    kind: frozenset(kind.model_fields) for kind in _MODELS
} | {
    view: frozenset(field.name for field in fields(view))
    for view in (Page, BucketView, TierRow, ServiceUsage, Printer)
}
"""What a template may read, by the type of what it reads from."""
FIELDS[LoopContext] = frozenset(
    {"depth", "first", "index", "index0", "last", "length", "nextitem", "previtem", "revindex"}
)
