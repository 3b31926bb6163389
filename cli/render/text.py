"""Diagnostics for people: the words of the source, underlined, and what to write instead."""

from __future__ import annotations

import unicodedata

import click

from cli.render.findings import Findings
from dsl.diagnostic import Diagnostic, Label

COLOURS = {"error": "red", "warning": "yellow"}
TAB = "    "
LONGEST_LINE = 160


def render(findings: Findings) -> str:
    """Print every diagnostic with its snippets, an empty line after each."""
    return "".join(render_one(diagnostic, findings) + "\n" for diagnostic in findings.diagnostics)


def render_one(diagnostic: Diagnostic, findings: Findings) -> str:
    """Print one diagnostic with its snippets."""

    def paint(text: str, colour: str | None = None) -> str:
        return click.style(text, fg=colour, bold=True) if findings.is_coloured else text

    colour = COLOURS[diagnostic.severity]
    labels = (diagnostic.primary, *diagnostic.secondary)
    width = max(len(str(findings.position(label.span)[0])) for label in labels)
    gutter = " " * width
    lines = [paint(f"{diagnostic.severity}[{diagnostic.code}]", colour) + f": {diagnostic.message}"]
    for label in labels:
        is_primary = label is diagnostic.primary
        lines += _snippet(label, findings, gutter, "^" if is_primary else "-")
    if diagnostic.help:
        first, *rest = diagnostic.help.splitlines()
        lines.append(f"{gutter} = {paint('help')}: {first}")
        lines += [f"{gutter}         {line}" for line in rest]
    return "\n".join(lines) + "\n"


def _snippet(label: Label, findings: Findings, gutter: str, mark: str) -> list[str]:
    span = label.span
    line, column = findings.position(span)
    lines = [f"{gutter}--> {findings.path(span)}:{line}:{column}"]
    source = findings.sources.get(span.path)
    if source is None:
        return [*lines, f"{gutter} = {label.message}"] if label.message else lines
    text = source.line(line)
    length = max(1, min(span.end - span.start, len(text) - column + 1))
    before, marked = text[: column - 1], text[column - 1 : column - 1 + length]
    offset = 0
    if len(text) > LONGEST_LINE:  # keep the words around the mark, not a wall of text
        offset = max(0, column - 1 - LONGEST_LINE // 2)
        before, marked = text[offset : column - 1], marked[: LONGEST_LINE // 2]
        text = text[offset : offset + LONGEST_LINE]
    underline = mark * max(1, _columns(marked))
    return [
        *lines,
        f"{gutter} |",
        f"{line:>{len(gutter)}} | {_shown(text)}",
        f"{gutter} | {' ' * _columns(before)}{underline} {label.message}".rstrip(),
        f"{gutter} |",
    ]


def _shown(text: str) -> str:
    """Make a line of source printable: tabs widened, control characters as their pictures."""
    return "".join(
        TAB if char == "\t" else "\N{REPLACEMENT CHARACTER}" if _is_control(char) else char
        for char in text
    )


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs")


def _columns(text: str) -> int:
    """Count the terminal columns a text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    marks = sum(unicodedata.combining(char) != 0 for char in text)
    return len(text) + wide - marks + text.count("\t") * (len(TAB) - 1)
