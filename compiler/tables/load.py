"""Find and read every table that the text of a catalog names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from compiler.resolve.nearest import nearest
from compiler.resolve.walk import every
from compiler.session import Session
from compiler.tables.forms import FORMS
from compiler.tables.read import read_table
from compiler.tables.table import NO_TABLES, LostTable, Table, Tables
from dsl.decoding import decode
from dsl.source import Source, Span
from dsl.syntax.declarations import Broken, SourceFile
from dsl.syntax.tables import Holding, TableFile

SUFFIX = ".csv"

_NAMING = re.compile(r'from[ \t\r\f]*"')
"""What the text of a statement that names a table has in it; few declarations do."""

LARGEST = 64 * 1024 * 1024
"""The most bytes that a table may have: a million rows of sixty characters."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where tables may lie.

    Attributes:
        given: texts that came with the catalog's, by path; looked at first.
        folder: the catalog's; None: nothing is read from the disk.
        shared: the folders it uses, as paths from its own: `../shared/geography`.
    """

    given: Mapping[str, Source]
    folder: Path | None
    shared: tuple[str, ...] = ()

    def root_of(self, path: str) -> str | None:
        """Give the folder that a path lies in, the catalog's own or a shared one."""
        for root in self.shared:
            if path.startswith(f"{root}/"):
                return root
        return None if path.startswith("../") else "."


class _Lost(Exception):
    """A table that cannot be read; the reason and what to do, in words."""

    def __init__(self, reason: str, help_: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.help = help_


def table_files(files: Iterable[SourceFile]) -> Iterator[TableFile]:
    """Give every statement that names a table, in order."""
    for file in files:
        for node in file.declarations:
            if isinstance(node, Broken):
                continue
            if _NAMING.search(file.source.text, node.span.start, node.span.end):
                yield from every(node, TableFile)


def load_tables(
    files: Iterable[SourceFile], shelf: Shelf, session: Session
) -> tuple[tuple[Source, ...], Tables]:
    """Read the tables that declarations name; give their sources, by path, and what they hold.

    One that cannot be read is lost; the session gets what is wrong with its bytes.
    """
    nodes = tuple(table_files(files))
    if not nodes:
        return (), NO_TABLES
    sources: dict[str, Source] = {}
    refused: set[str] = set()
    tables: dict[tuple[str, Holding], Table] = {}
    read: dict[Span, Table] = {}
    lost: list[LostTable] = []
    for node in nodes:
        try:
            path = _path(node, shelf)
            if path not in sources:
                sources[path], is_text = _source(path, shelf, session)
                if not is_text:
                    refused.add(path)
        except _Lost as fault:
            lost.append(LostTable(node, fault.reason, fault.help))
            continue
        if path in refused:
            lost.append(LostTable(node, "it is not text", is_reported=True))
        elif not sources[path].text.strip():
            lost.append(LostTable(node, "it is empty", "its first line names the columns"))
        else:
            key = (path, node.holds)
            if key not in tables:
                tables[key] = read_table(sources[path], FORMS[node.holds])
            read[node.file.span] = tables[key]
    ordered = tuple(sources[path] for path in sorted(sources))
    return ordered, Tables(MappingProxyType(read), tuple(lost))


def _path(node: TableFile, shelf: Shelf) -> str:
    """Give the path of a table as the catalog's folder names it."""
    written = node.file.value
    if "\\" in written or PurePosixPath(written).is_absolute():
        raise _Lost("write it as a path from this file's folder, with `/`")
    if not written.endswith(SUFFIX):
        raise _Lost(f"a table is a file whose name ends with `{SUFFIX}`")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(node.file.span.path), written))
    if shelf.root_of(path) is None:
        raise _Lost(
            "it lies outside of the catalog's folder",
            "put it beside the catalog's files, or into a shared folder that the catalog uses",
        )
    return path


def _source(path: str, shelf: Shelf, session: Session) -> tuple[Source, bool]:
    """Give a table's text, and whether it is one."""
    given = shelf.given.get(path)
    if given is not None:
        return given, True
    if shelf.folder is None:
        raise _Lost("there is no such file", _meant(path, shelf.given))
    file = shelf.folder / path
    try:
        if not file.is_file():
            raise _Lost("there is no such file", _meant(path, _neighbours(file, path)))
        root = shelf.folder / (shelf.root_of(path) or ".")
        if not file.resolve().is_relative_to(root.resolve()):
            raise _Lost("it is a link to a file outside of the catalog's folder")
        if file.stat().st_size > LARGEST:
            raise _Lost(f"it is larger than {LARGEST // 1024 // 1024} MB", "split it in several")
        content = file.read_bytes()
    except OSError as fault:
        raise _Lost(f"it cannot be read: {fault.strerror}") from fault
    source, faults = decode(path, content)
    session.add(faults)
    return source, not faults


def _neighbours(file: Path, path: str) -> list[str]:
    """Give the tables that lie where a missing one should."""
    if not file.parent.is_dir():
        return []
    found = (each.name for each in file.parent.glob(f"*{SUFFIX}") if each.is_file())
    return [posixpath.join(posixpath.dirname(path), name) for name in found]


def _meant(path: str, there: Iterable[str]) -> str | None:
    near = nearest(posixpath.basename(path), (posixpath.basename(each) for each in there))
    return None if near is None else f"did you mean `{near}`?"
