"""Every stage of a compilation as stable text: the same catalog prints the same lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType

from compiler.catalog.model import Catalog
from compiler.compile import Compilation
from compiler.resolve.model import Resolved
from dsl.slices import lexemes
from dsl.source import Source, Span
from dsl.syntax.base import Node
from runtime.program.artifact import to_bytes


def dump_source(compilation: Compilation) -> str:
    """Give every file's text under its path."""
    parts = []
    for source in compilation.sources:
        end = "" if source.text.endswith("\n") or not source.text else "\n"
        parts.append(f"--- {source.path}\n{source.text}{end}")
    return "".join(parts)


def dump_tokens(compilation: Compilation) -> str:
    """Give a line for each word, text, brace and comment: place, sort and the words."""
    return _joined(line for source in compilation.sources for line in _tokens(source))


def _tokens(source: Source) -> Iterator[str]:
    for lexeme in lexemes(source.text, 0, len(source.text)):
        if lexeme.lastgroup != "line":
            line, column = source.position(lexeme.start())
            yield f"{source.path}:{line}:{column} {lexeme.lastgroup} {lexeme.group()}"


def dump_syntax(compilation: Compilation) -> str:
    """Give the syntax trees, a node a line, children indented."""
    lines = []
    for file in compilation.files:
        lines.append(f"--- {file.source.path}")
        for declaration in file.declarations:
            lines += _tree(file.source, "", declaration, 0)
    return _joined(lines)


def _tree(source: Source, role: str, node: Node, depth: int) -> Iterator[str]:
    line, column = source.position(node.span.start)
    values: list[str] = []
    children: list[tuple[str, Node]] = []
    for field in fields(node):
        value: object = getattr(node, field.name)
        if isinstance(value, Node):
            children.append((field.name, value))
        elif isinstance(value, tuple):
            children += [(field.name, item) for item in value if isinstance(item, Node)]
        elif field.name != "span" and value is not None and value != "":
            text = repr(value) if isinstance(value, str) else str(value)
            values.append(f"{field.name}={text}")
    head = f"{role}: " if role else ""
    rest = "".join(f" {value}" for value in values)
    yield f"{'  ' * depth}{head}{type(node).__name__} {line}:{column}{rest}"
    for name, child in children:
        yield from _tree(source, name, child, depth + 1)


def dump_resolved(compilation: Compilation) -> str:
    """Give every entity with its place, and under it what it refers to."""
    return _joined(_resolved(compilation.resolved, compilation.sources))


def _resolved(resolved: Resolved, sources: tuple[Source, ...]) -> Iterator[str]:
    by_path = {source.path: source for source in sources}
    for own, entity in resolved.entities.items():
        yield f"{own} {_place(by_path, entity.name.span)}"
        for reference in resolved.references:
            if reference.source == own:
                target = reference.target or f"poisoned `{reference.name.text}`"
                place = _place(by_path, reference.name.span)
                yield f"  {reference.role} {target} {place}"


def _place(sources: Mapping[str, Source], span: Span) -> str:
    line, column = sources[span.path].position(span.start)
    return f"{span.path}:{line}:{column}"


def dump_catalog(compilation: Compilation) -> str | None:
    """Give the catalog as JSON; None where there is none."""
    return None if compilation.catalog is None else catalog_json(compilation.catalog)


def catalog_json(catalog: Catalog) -> str:
    """Write a catalog as JSON, in the order of the model, to be read back unchanged."""
    body = catalog.model_dump(mode="json")
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def dump_program(compilation: Compilation) -> str | None:
    """Give the program's artifact; None where there is none."""
    return None if compilation.program is None else to_bytes(compilation.program).decode()


def _joined(lines: Iterator[str] | list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


DUMPS: Mapping[str, Callable[[Compilation], str | None]] = MappingProxyType(
    {
        "source": dump_source,
        "tokens": dump_tokens,
        "syntax": dump_syntax,
        "resolved": dump_resolved,
        "catalog": dump_catalog,
        "program": dump_program,
    }
)
"""What prints a stage, by the stage's name, in the order of the stages."""
