"""From a folder to its program, pass by pass; every stage stays to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from compiler.catalog.from_resolved import catalog_of
from compiler.catalog.model import Catalog
from compiler.checks import CHECKS
from compiler.graph import Graph, graph_of
from compiler.load import Loaded, load_folder
from compiler.lower.from_catalog import lower
from compiler.resolve.from_syntax import resolve
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.suppression import suppress
from dsl.diagnostic import Diagnostic
from dsl.parser import parse_source
from dsl.source import Source, Span
from dsl.syntax.declarations import Broken, SourceFile
from runtime.program.model import Program


@dataclass(frozen=True, slots=True)
class Compilation:
    """Everything compiling a folder gave.

    `catalog` and `program` are None where there is an error; all else is always there.
    """

    sources: tuple[Source, ...]
    files: tuple[SourceFile, ...]
    resolved: Resolved
    graph: Graph
    catalog: Catalog | None
    program: Program | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def has_errors(self) -> bool:
        """Whether something stopped compilation."""
        return self.program is None


@dataclass(slots=True)
class _Work:
    """What the passes hand on; a pass fills what is named after it."""

    loaded: Loaded
    session: Session
    files: tuple[SourceFile, ...] = ()
    resolved: Resolved = field(default_factory=lambda: resolve(()))
    graph: Graph = field(default_factory=lambda: graph_of(resolve(())))
    catalog: Catalog | None = None
    program: Program | None = None


def compile_folder(folder: Path) -> Compilation:
    """Compile a catalog's folder; raise CatalogFault where there is none to read."""
    session = Session()
    return _run(_Work(load_folder(folder, session), session))


def compile_sources(sources: Iterable[Source]) -> Compilation:
    """Compile texts that were read elsewhere; their order does not matter."""
    ordered = tuple(sorted(sources, key=lambda source: source.path))
    return _run(_Work(Loaded(ordered), Session()))


def _parse(work: _Work) -> None:
    files = []
    for source in work.loaded.sources:
        if source.path in work.loaded.not_text:
            lost = Broken(Span(source.path, 0, len(source.text)), "", None)
            files.append(SourceFile(source, (lost,)))
            continue
        file, diagnostics = parse_source(source)
        files.append(file)
        work.session.add(diagnostics)
    work.files = tuple(files)


def _resolve(work: _Work) -> None:
    work.resolved = resolve(work.files)


def _draw(work: _Work) -> None:
    work.graph = graph_of(work.resolved)


def _check(work: _Work) -> None:
    for check in CHECKS:
        check.check(work.resolved, work.session)


def _suppress(work: _Work) -> None:
    suppress(work.resolved, work.session)


def _type(work: _Work) -> None:
    if not work.session.has_errors:
        work.catalog = catalog_of(work.resolved)


def _lower(work: _Work) -> None:
    if work.catalog is not None:
        work.program = lower(work.catalog, work.loaded.sources)


PASSES: tuple[Callable[[_Work], None], ...] = (
    _parse,
    _resolve,
    _draw,
    _check,
    _suppress,
    _type,
    _lower,
)
"""The order of passes; each reads what the ones before have filled."""


def _run(work: _Work) -> Compilation:
    for one in PASSES:
        one(work)
    return Compilation(
        sources=work.loaded.sources,
        files=work.files,
        resolved=work.resolved,
        graph=work.graph,
        catalog=work.catalog,
        program=work.program,
        diagnostics=work.session.diagnostics,
    )
