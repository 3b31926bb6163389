"""The front end's stages as stable text: source, tokens with comments, syntax."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from decimal import Decimal

from dsl.failures import tokens_of
from dsl.slices import cut
from dsl.source import Source
from dsl.syntax.base import Node
from dsl.syntax.declarations import SourceFile


def dump_source(source: Source) -> str:
    """Print how a file is cut into declarations: kind, place and lines of each."""
    lines = [f"source {source.path}"]
    for piece in cut(source).slices:
        kind = piece.kind.words if piece.kind else "?"
        lines.append(f"  {kind} {_place(source, piece.start, piece.end)}")
        text = source.text[piece.start : piece.end]
        lines += [f"    | {line}".rstrip() for line in text.splitlines()]
    return _joined(lines)


def dump_tokens(source: Source) -> str:
    """Print a file's tokens and comments in order, up to the first mistake of a declaration."""
    pieces = cut(source)
    found = [
        (comment.span.start, comment.span.end, "COMMENT", comment.text)
        for comment in pieces.comments
    ]
    for piece in pieces.slices:
        found += [
            (piece.start + start, piece.start + end, kind, text)
            for start, end, kind, text in tokens_of(source.text[piece.start : piece.end])
        ]
    lines = [f"tokens {source.path}"]
    for start, end, kind, text in sorted(found):
        lines.append(f"  {_place(source, start, end):<13} {kind:<14} {text}")
    return _joined(lines)


def dump_syntax(file: SourceFile) -> str:
    """Print a file's syntax tree: one node or value a line, with the place of each node."""
    lines = [f"syntax {file.source.path}"]
    for declaration in file.declarations:
        lines += _tree(file.source, declaration, "", 1)
    return _joined(lines)


def _tree(source: Source, value: object, label: str, depth: int) -> Iterator[str]:
    indent = "  " * depth + (f"{label} " if label else "")
    if isinstance(value, tuple):
        for item in value:
            yield from _tree(source, item, label, depth)
    elif isinstance(value, Node):
        span = value.span
        parts = [(f.name, getattr(value, f.name)) for f in fields(value) if f.name != "span"]
        leaf = _leaf(parts)
        shown = f" {leaf}" if leaf is not None else ""
        yield f"{indent}{type(value).__name__} {_place(source, span.start, span.end)}{shown}"
        if leaf is None:
            for name, part in parts:
                yield from _tree(source, part, name, depth + 1)
    elif value is not None and value != "":
        yield f"{indent}{_value(value)}"


def _leaf(parts: list[tuple[str, object]]) -> str | None:
    """Give the one plain value of a node that holds no other node."""
    if len(parts) == 1 and isinstance(parts[0][1], str | int | Decimal | date):
        return _value(parts[0][1])
    return None


def _value(value: object) -> str:
    return repr(value) if isinstance(value, str) else str(value)


def _place(source: Source, start: int, end: int) -> str:
    line, column = source.position(start)
    last_line, last_column = source.position(end)
    if line == last_line:
        return f"{line}:{column}-{last_column}"
    return f"{line}:{column}-{last_line}:{last_column}"


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
