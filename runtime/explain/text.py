"""An explanation as indented text, for a terminal or a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from runtime.explain.model import Explanation

INDENT = "  "


def render_text(explanation: Explanation) -> str:
    """Print an explanation: facts in a column, catalog lines as `path:line`, parts indented.

    A part of the whole that has parts or facts of its own stands after an empty line.
    """
    texts = [*_lines(replace(explanation, children=()), "")]
    for child in explanation.children:
        if child.facts or child.children or child.source:
            texts.append("")
        texts.extend(_lines(child, INDENT))
    return "\n".join(texts) + "\n"


def _lines(explanation: Explanation, indent: str) -> Iterator[str]:
    yield f"{indent}{explanation.statement}"
    inner = indent + INDENT
    source = explanation.source
    if source is not None:
        said = f": {source.text.strip()}" if source.text.strip() else ""
        yield f"{inner}{source.path}:{source.line}{said}"
    width = max((len(fact.name) for fact in explanation.facts), default=0)
    for fact in explanation.facts:
        yield f"{inner}{fact.name.ljust(width)}  {fact.value}"
    for child in explanation.children:
        yield from _lines(child, inner)
