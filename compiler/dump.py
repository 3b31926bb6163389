"""Every stage of a compilation as stable text: the same catalog prints the same lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import dsl.dump
from compiler.catalog.model import Catalog
from compiler.compile import Compilation
from compiler.resolve.kinds import EntityId
from compiler.resolve.model import Reference, Resolved
from dsl.source import Source, Span
from runtime.program.artifact import to_bytes


def dump_source(compilation: Compilation) -> str:
    """Give every file cut into its declarations."""
    return "".join(dsl.dump.dump_source(file.source) for file in compilation.files)


def dump_tokens(compilation: Compilation) -> str:
    """Give every file's tokens and comments."""
    return "".join(dsl.dump.dump_tokens(file.source) for file in compilation.files)


def dump_syntax(compilation: Compilation) -> str:
    """Give every file's syntax tree."""
    return "".join(dsl.dump.dump_syntax(file) for file in compilation.files)


def dump_resolved(compilation: Compilation) -> str:
    """Give every entity with its place, and under it what it refers to."""
    return _joined(_resolved(compilation.resolved, compilation.sources))


def _resolved(resolved: Resolved, sources: tuple[Source, ...]) -> Iterator[str]:
    by_path = {source.path: source for source in sources}
    by_source: dict[EntityId, list[Reference]] = {}
    for reference in resolved.references:
        by_source.setdefault(reference.source, []).append(reference)
    for own, entity in resolved.entities.items():
        yield f"{own} {_place(by_path, entity.name.span)}"
        for reference in by_source.get(own, ()):
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
