"""From a folder to its program, pass by pass; every stage stays to be looked at."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.checking import run_checks
from compiler.graph import Graph, graph_of
from compiler.load import Loaded, load_folder, load_shared
from compiler.parsing import Finish, all_lost, parse_loaded
from compiler.resolve.from_syntax import resolve
from compiler.resolve.model import LostFolder, Resolved
from compiler.results import Checked, Inputs
from compiler.session import Session
from compiler.suppression import suppress
from compiler.tables.load import SUFFIX, Shelf, load_tables
from compiler.tables.table import NO_TABLES, Tables
from compiler.templates import NO_TEMPLATES, SUFFIXES, Rack, read_templates
from dsl.codes import NOT_TEXT
from dsl.diagnostic import Diagnostic
from dsl.source import Source
from dsl.syntax.base import Text
from dsl.syntax.catalog import CatalogDeclaration
from dsl.syntax.declarations import SourceFile
from runtime.collector import without_collector

if TYPE_CHECKING:
    from compiler.catalog.model import Catalog
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
    """What the passes hand on; a pass fills what is named after it.

    `texts`: what shared folders hold, `csv` the tables and `drawn` the invoice templates, where
    the sources came without a folder.  `table_sources` are those tables that a declaration names.
    """

    loaded: Loaded
    session: Session
    parsing: Finish | None = None
    files: tuple[SourceFile, ...] = ()
    texts: tuple[Source, ...] = ()
    csv: tuple[Source, ...] = ()
    drawn: tuple[Source, ...] = ()
    shared: tuple[Source, ...] = ()
    shared_folders: tuple[str, ...] = ()
    lost_folders: tuple[LostFolder, ...] = ()
    table_sources: tuple[Source, ...] = ()
    tables: Tables = NO_TABLES
    resolved: Resolved = field(default_factory=lambda: resolve(()))
    catalog: Catalog | None = None
    program: Program | None = None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The catalog's own, those of the folders it uses, its tables and templates, by path."""
        templates = self.resolved.templates.sources
        every = (*self.loaded.sources, *self.shared, *self.table_sources, *templates)
        return tuple(sorted(every, key=lambda one: one.path))


def check_loaded(
    loaded: Loaded, session: Session, parsing: Finish | None = None
) -> tuple[Checked, Inputs | None]:
    """Find every mistake of a folder; all are found before the catalog is typed.

    The inputs are None where something could not be read.  `parsing` ends what has begun.
    """
    work = _Work(loaded, session, parsing)
    _run(work, CHECKING)
    templates = work.resolved.templates
    is_lost = work.lost_folders or work.tables.lost or not templates.are_whole
    is_refused = any(found.code == NOT_TEXT.code for found in session.diagnostics)
    read = Inputs(
        uses=tuple(use.value for use in _uses(work.files)),
        shared=work.shared,
        tables=work.table_sources,
        templates=templates.sources,
    )
    checked = Checked(work.sources, session.diagnostics)
    return checked, None if is_lost or is_refused else read


def compile_folder(folder: Path) -> Compilation:
    """Compile a catalog's folder; raise CatalogFault where there is none to read."""
    session = Session()
    return _compiled(_Work(load_folder(folder, session), session))


def compile_sources(sources: Iterable[Source]) -> Compilation:
    """Compile texts that were read elsewhere; their order does not matter.

    Those whose paths begin with `../` are what shared folders hold; those whose paths end
    with `.csv` are tables, of which those that a declaration names are read; with one of
    SUFFIXES, invoice templates.
    """
    given = sorted(sources, key=lambda source: source.path)
    csv = tuple(source for source in given if source.path.endswith(SUFFIX))
    drawn = tuple(source for source in given if source.path.endswith(SUFFIXES))
    ordered = [source for source in given if not source.path.endswith((SUFFIX, *SUFFIXES))]
    own = tuple(source for source in ordered if not source.path.startswith("../"))
    shared = tuple(source for source in ordered if source.path.startswith("../"))
    return _compiled(_Work(Loaded(own), Session(), texts=shared, csv=csv, drawn=drawn))


def _parse(work: _Work) -> None:
    work.files = parse_loaded(work.loaded, work.session, work.parsing)


def _share(work: _Work) -> None:
    """Take in the folders that the catalog uses; their files join its scope."""
    seen: set[str] = set()
    for use in _uses(work.files):
        inside = posixpath.normpath(use.value)
        outcome = "it is used twice" if inside in seen else _shared(work, use.value, inside)
        seen.add(inside)
        if isinstance(outcome, str):
            work.lost_folders += (LostFolder(use, outcome),)
            work.files += (all_lost(Source(inside, "")),)
        else:
            work.shared += outcome.sources
            work.shared_folders += (inside,)
            work.files += parse_loaded(outcome, work.session)


def _shared(work: _Work, use: str, inside: str) -> Loaded | str:
    """Give a shared folder's texts: those that came with the catalog's, or from the disk."""
    given = tuple(text for text in work.texts if text.path.startswith(f"{inside}/"))
    return Loaded(given) if given else load_shared(work.loaded.folder, use, work.session)


def _uses(files: tuple[SourceFile, ...]) -> tuple[Text, ...]:
    nodes = (node for file in files for node in file.declarations)
    return tuple(use for node in nodes if isinstance(node, CatalogDeclaration) for use in node.uses)


def _tabulate(work: _Work) -> None:
    """Read the tables that declarations name."""
    given = {source.path: source for source in work.csv}
    shelf = Shelf(given, work.loaded.folder, work.shared_folders)
    work.table_sources, work.tables = load_tables(work.files, shelf, work.session)


def _resolve(work: _Work) -> None:
    work.resolved = resolve(work.files, work.lost_folders, work.tables)


def _read_templates(work: _Work) -> None:
    """Read the invoice templates that bill groups name."""
    given = {source.path: source.text for source in work.drawn}
    rack = Rack(given, work.loaded.folder, work.shared_folders)
    templates = read_templates(work.files, rack)
    if templates is not NO_TEMPLATES:
        work.resolved = replace(work.resolved, templates=templates)


def _check(work: _Work) -> None:
    run_checks(work.resolved, work.session)


def _suppress(work: _Work) -> None:
    suppress(work.resolved, work.session)


def _type(work: _Work) -> None:
    from compiler.catalog.from_resolved import catalog_of  # heavy, and no check needs it

    if not work.session.has_errors:
        work.catalog = catalog_of(work.resolved)


def _lower(work: _Work) -> None:
    from compiler.lower.from_catalog import lower

    if work.catalog is not None:
        work.program = lower(work.catalog, work.sources)


CHECKING: tuple[Callable[[_Work], None], ...] = (
    _parse,
    _share,
    _tabulate,
    _resolve,
    _read_templates,
    _check,
    _suppress,
)
"""The passes that find mistakes, in order; each reads what the ones before have filled."""

PASSES: tuple[Callable[[_Work], None], ...] = (*CHECKING, _type, _lower)
"""All passes, in order."""


def _run(work: _Work, passes: Iterable[Callable[[_Work], None]]) -> None:
    with without_collector():
        for one in passes:
            one(work)


def _compiled(work: _Work) -> Compilation:
    _run(work, PASSES)
    return Compilation(
        sources=work.sources,
        files=work.files,
        resolved=work.resolved,
        graph=graph_of(work.resolved),
        catalog=work.catalog,
        program=work.program,
        diagnostics=work.session.diagnostics,
    )
