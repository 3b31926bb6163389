"""Which files are a catalog, and their text.

A catalog is a folder: its `*.ratebook` files and those of its subfolders are one scope.
A hidden folder, and a subfolder that holds a catalog of its own, is not part of it.
Folders that several catalogs share lie outside of all of them, and hold no catalog.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from compiler.session import Session
from dsl.decoding import decode_source
from dsl.source import Source

SUFFIX = ".ratebook"
_CATALOG_LINE = re.compile(rb"^\s*catalog\s+\w", re.MULTILINE)


class CatalogFault(Exception):
    """A folder that cannot be read as a catalog; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A folder's sources.

    Attributes:
        sources: sorted by path.
        not_text: the paths of those that are to be shown, not to be parsed.
        folder: where they were read from; None for texts that came without one.
    """

    sources: tuple[Source, ...]
    not_text: frozenset[str] = frozenset()
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class _File:
    """A file's path inside the catalog's folder, and its bytes."""

    path: str
    content: bytes


def load_folder(folder: Path, session: Session) -> Loaded:
    """Read a catalog's sources, sorted by path (posix, relative to the folder).

    A file that is not text is reported to the session.  Raise CatalogFault where there is
    no catalog to read.
    """
    if not folder.exists():
        raise CatalogFault(f"{folder}: there is no such folder")
    if not folder.is_dir():
        raise CatalogFault(f"{folder}: is a file; a catalog is a folder of *{SUFFIX} files")
    files = _collect(folder, folder)
    if not files:
        below = [each.name for each in sorted(folder.iterdir()) if _is_catalog(each)]
        hint = f"; did you mean {folder / below[0]}?" if len(below) == 1 else ""
        raise CatalogFault(f"{folder}: holds no *{SUFFIX} file{hint}")
    return _decode(folder, files, session)


def load_shared(catalog: Path | None, use: str, session: Session) -> Loaded | str:
    """Read a folder that a catalog uses, or say why it cannot be taken in.

    `use` is a path from the catalog's folder; a source's path begins with it.
    """
    if "\\" in use or PurePosixPath(use).is_absolute():
        return "write it as a path from this catalog's folder, with `/`"
    if catalog is None or not (catalog / use).is_dir():
        return "there is no such folder"
    folder, own = (catalog / use).resolve(), catalog.resolve()
    if folder.is_relative_to(own) or own.is_relative_to(folder):
        return "it is part of this catalog, or this catalog of it"
    try:
        files = _collect(folder, folder)
    except CatalogFault as fault:
        return str(fault)
    if not files:
        return f"it holds no *{SUFFIX} file"
    if any(_CATALOG_LINE.search(file.content) for file in files):
        return "it holds a catalog of its own"
    inside = posixpath.normpath(use)
    return _decode(
        folder, [_File(f"{inside}/{each.path}", each.content) for each in files], session
    )


def _decode(folder: Path, files: list[_File], session: Session) -> Loaded:
    sources: list[Source] = []
    not_text: set[str] = set()
    for file in sorted(files, key=lambda file: file.path):
        source, faults = decode_source(file.path, file.content)
        sources.append(source)
        session.add(faults)
        if faults:
            not_text.add(file.path)
    return Loaded(tuple(sources), frozenset(not_text), folder)


def _collect(root: Path, folder: Path) -> list[_File]:
    """Read the files of a folder and of the subfolders that belong to the same catalog."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as fault:
        raise CatalogFault(f"{folder}: cannot be read: {fault.strerror}") from fault
    files = [_read(root, entry) for entry in entries if _is_source(entry)]
    if folder != root and any(_CATALOG_LINE.search(file.content) for file in files):
        return []
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
            files += _collect(root, entry)
    return files


def _is_catalog(folder: Path) -> bool:
    return folder.is_dir() and (folder / f"catalog{SUFFIX}").is_file()


def _is_source(entry: Path) -> bool:
    return entry.suffix == SUFFIX and not entry.name.startswith(".") and not entry.is_dir()


def _read(root: Path, file: Path) -> _File:
    if file.exists() and not file.is_file():
        raise CatalogFault(f"{file}: is no file of text but a pipe or a device")
    try:
        return _File(file.relative_to(root).as_posix(), file.read_bytes())
    except OSError as fault:
        raise CatalogFault(f"{file}: cannot be read: {fault.strerror}") from fault
