"""What is wrong of an invoice template: by the types of the model, then by trial drawings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from compiler.resolve.nearest import nearest
from compiler.template_trial import Size, fetches, trial_invoice
from compiler.template_types import PAGE, Found, Naming, Walker
from runtime.invoice.format import printer_of
from runtime.invoice.html import default_style
from runtime.invoice.own_template import (
    OURS,
    LimitedSandbox,
    OwnTemplate,
    TemplateFailed,
    draw_own,
    environment_of,
    our_text,
    path_from,
)
from runtime.invoice.page import page_of

Kind = Literal["unusable", "field", "forbidden", "limit", "fetch"]

SIZES: tuple[Size, ...] = ("full", "bare", "large")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a template.

    Attributes:
        path, line, word: the template's path, the line from 1 (0: not known), and the text in it.
    """

    kind: Kind
    path: str
    line: int
    word: str
    message: str
    help: str | None = None


_KINDS: Mapping[str, Kind] = {
    "field": "field",
    "name": "field",
    "filter": "field",
    "forbidden": "forbidden",
}


@lru_cache(maxsize=64)
def mistakes_of(own: OwnTemplate) -> tuple[Mistake, ...]:
    """Give what is wrong of a template and of the files it includes, in order of place.

    It is tried only where nothing is wrong of its text.
    """
    environment = environment_of(own, printer_of("en_US", "USD", 2))
    found = dict.fromkeys(_Reading(own, environment).mistakes())
    if not found:
        found = dict.fromkeys(_tried(own))
    return tuple(sorted(found, key=lambda each: (each.path, each.line, each.message)))


class _Reading:
    """Walks a template and what it names."""

    def __init__(self, own: OwnTemplate, environment: LimitedSandbox) -> None:
        self.own = own
        self.texts = dict(own.texts)
        self.environment = environment
        self.found: list[Mistake] = []
        self.open: list[str] = []

    def mistakes(self) -> list[Mistake]:
        self.read(self.own.path, None)
        return self.found

    def read(self, path: str, walker: Walker | None) -> None:
        """Walk a file in the scope of what names it."""
        tree = self._parsed(path)
        if tree is None:
            return
        self.open.append(path)
        inside = Walker(self._reporter(path), PAGE if walker is None else walker.scope, self.follow)
        inside.walk(tree.body)
        if walker is not None:
            walker.scope |= inside.scope
        self.open.pop()

    def _parsed(self, path: str) -> nodes.Template | None:
        """Give the tree of a file as it is written; None where it is no template."""
        text = self.texts.get(path) or our_text(path) or ""
        try:
            tree = self.environment.as_written(text, path)
            if path in self.texts:  # filters and tests are looked up as code is made of it
                self.environment.compile(text, path, path)
        except TemplateSyntaxError as fault:
            self.found.append(self._syntax(path, fault))
            return None
        return tree

    def _syntax(self, path: str, fault: TemplateSyntaxError) -> Mistake:
        message = fault.message or "it is not a template"
        unknown = re.match(r"No (filter|test) named '(.*)'", message)
        if unknown is None:
            return Mistake("unusable", path, fault.lineno, "", message.rstrip("."))
        kinds = self.environment.filters if unknown[1] == "filter" else self.environment.tests
        names = [name for name in kinds if name.isidentifier()]
        word = unknown[2]
        return Mistake(
            "field",
            path,
            fault.lineno,
            word,
            f"there is no {unknown[1]} `{word}`",
            _meant(word, names),
        )

    def _reporter(self, path: str) -> _Reporter:
        return _Reporter(path, self.found)

    def follow(self, walker: Walker, node: Naming) -> None:
        """Walk what a template includes, extends or imports; it is named by a plain text."""
        path = self.open[-1]
        if path.startswith(OURS):
            path_ours = _constant(node.template)
            if path_ours is not None:
                self._enter(path_from(path, path_ours), walker)
            return
        name = _constant(node.template)
        if name is None:
            self._refuse(node, "", "what is included is named by a text in quotes")
            return
        meant = path_from(path, name)
        if self._has(meant):
            self._enter(meant, walker)
        else:
            near = nearest(meant, [*self.texts])
            words = f"`{name}` is not in the catalog's folder"
            help_ = f"did you mean `{near}`?" if near else None
            self.found.append(Mistake("unusable", path, node.lineno, name, words, help_))

    def _has(self, path: str) -> bool:
        return path in self.texts or (path.startswith(OURS) and our_text(path) is not None)

    def _enter(self, path: str, walker: Walker) -> None:
        if path not in self.open:  # one that includes itself is found by trial
            self.read(path, walker)

    def _refuse(self, node: nodes.Node, word: str, message: str) -> None:
        self.found.append(Mistake("forbidden", self.open[-1], node.lineno, word, message))


@dataclass(frozen=True, slots=True)
class _Reporter:
    """Takes what a walker finds as mistakes of a file; Ratebook's own have none."""

    path: str
    found: list[Mistake]

    def __call__(self, found: Found) -> None:
        if self.path.startswith(OURS):
            return
        kind = _KINDS[found.problem]
        help_ = _meant(found.word, found.candidates)
        self.found.append(Mistake(kind, self.path, found.line, found.word, found.message, help_))


def _meant(word: str, candidates: Iterable[str]) -> str | None:
    known = sorted(candidates)
    near = nearest(word, known)
    if near is not None:
        return f"did you mean `{near}`?"
    if not known or len(known) > 40:
        return None
    return "there are " + ", ".join(f"`{name}`" for name in known)


def _constant(node: nodes.Expr) -> str | None:
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else None


def _tried(own: OwnTemplate) -> Iterator[Mistake]:
    """Draw invoices with it; the first that fails is enough."""
    for size in SIZES:
        invoice = trial_invoice(size)
        printer = printer_of(invoice.locale, invoice.currency, invoice.minor_units)
        try:
            drawn = draw_own(own, page_of(invoice, printer, default_style()))
        except TemplateFailed as fault:
            kind: Kind = "limit" if fault.is_limit else "field"
            yield Mistake(kind, fault.path, fault.line, "", fault.reason, _advice(size, fault))
            return
        if own.draws == "html" and size == "full":
            yield from _fetched(own, drawn)


def _advice(size: Size, fault: TemplateFailed) -> str | None:
    if fault.is_limit:
        return "a drawing ends after so many steps, whatever the invoice"
    if size == "bare":
        return "not every invoice has it: ask first, with `{% if ... is not none %}`"
    return None


def _fetched(own: OwnTemplate, drawn: str) -> Iterator[Mistake]:
    for url in fetches(drawn):
        path, line = _place(own, url)
        if url in ("<script", "@import") or url.startswith("on"):
            words = f"an invoice runs and imports nothing, and here stands `{url}`"
        else:
            words = f"an invoice fetches nothing, and this asks for `{url[:80]}`"
        advice = "put a picture into the template as a `data:` URI"
        yield Mistake("fetch", path, line, url, words, advice)


def _place(own: OwnTemplate, word: str) -> tuple[str, int]:
    for path, text in own.texts:
        at = text.find(word)
        if at >= 0:
            return path, text.count("\n", 0, at) + 1
    return own.path, 0
