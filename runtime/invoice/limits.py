"""How much a catalog's own template may do: loops and text are counted, and end.

A template is rewritten as it is read: each loop, macro and block first says how much it is
about to do.  What is counted depends on the template and the invoice alone, so a drawing
that is refused is refused on every machine; no clock is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import markup_join
from jinja2.visitor import NodeTransformer

MOST_STEPS = 10_000_000
"""Turns of loops and calls, and stretches of text; a few seconds of drawing."""

STRETCH = 16
"""The characters of text that count as one step."""

LONGEST_TEXT = 1_000_000
"""The most characters of one value."""

COUNTED, ENTERED, JOINED = "·counted", "·entered", "·joined"
"""Filters that stand in rewritten templates only: no template can write their names."""

_NodeT = TypeVar("_NodeT", bound=nodes.Node)


class TooMuch(SecurityError):
    """A template does more than it may: it would draw for ever, or fill the memory."""


class _Budget:
    def __init__(self) -> None:
        self.left = MOST_STEPS


_budget: ContextVar[_Budget] = ContextVar("budget")


@contextmanager
def budgeted() -> Iterator[None]:
    """Count what is drawn inside, from the beginning."""
    token = _budget.set(_Budget())
    try:
        yield
    finally:
        _budget.reset(token)


def spend(steps: int) -> None:
    """Count so many steps; raise TooMuch where there are too many."""
    budget = _budget.get()
    budget.left -= steps
    if budget.left < 0:
        raise TooMuch(f"it takes more than {MOST_STEPS:,} steps: a loop in a loop in a loop?")


def spend_text(text: str) -> None:
    """Count a text; raise TooMuch where it is huge."""
    if len(text) > LONGEST_TEXT:
        raise TooMuch(f"it makes a text of more than {LONGEST_TEXT:,} characters")
    spend(1 + len(text) // STRETCH)


def counted(items: Sequence[object], weight: int) -> Sequence[object]:
    """Count the turns of a loop before its first; each costs `weight`."""
    try:
        turns = len(items)
    except TypeError as fault:
        raise SecurityError("a loop goes over what holds no rows") from fault
    spend(1 + turns * weight)
    return items


def entered(weight: int) -> str:
    """Count a macro, block or template, whose own text costs `weight`; print nothing."""
    spend(weight)
    return ""


def joined(parts: Sequence[object]) -> str:
    """Put texts together, as `~` does."""
    text = markup_join(parts)
    spend_text(text)
    return text


def listed(items: Sequence[object], between: str = "") -> str:
    """Put a list's texts together, with a text between each two."""
    parts: list[object] = []
    for item in items:
        parts += [between, item]
    return joined(parts[1:])


class Counting(NodeTransformer):
    """Rewrites a template so that it says what it is about to do."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja's name
        """Count the turns."""
        self.generic_visit(node)
        node.iter = _filter(node.iter, COUNTED, nodes.Const(_weight(node)))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - Jinja's name
        """Count the characters."""
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return _filter(parts, JOINED)

    def _entered(self, node: _NodeT) -> _NodeT:
        self.generic_visit(node)
        said = _filter(nodes.Const(_weight(node)), ENTERED)
        node.body.insert(0, nodes.Output([said], lineno=node.lineno))  # type: ignore[attr-defined]
        return node

    visit_Template = visit_Macro = visit_Block = visit_CallBlock = _entered  # noqa: N815


def _filter(value: nodes.Node, name: str, *arguments: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(value, name, list(arguments), [], None, None, lineno=value.lineno)


def _weight(node: nodes.Node) -> int:
    return 1 + sum(len(text.data) for text in node.find_all(nodes.TemplateData)) // STRETCH
