"""What a check found, kept beside the digests of all that it read.

A file of the cache directory holds the last result of one folder.  It is taken again only if
the same code reads the same bytes: the catalog's own texts, those of the folders it uses, its
tables and templates.  A check that could not read something is not kept, for what it depends
on is more than bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.load import Loaded, load_shared
from compiler.session import Session
from compiler.version import code_version
from dsl import cache
from dsl.decoding import decode
from dsl.diagnostic import Diagnostic, from_plain, to_plain
from dsl.source import Source

MOST_KEPT = 64
"""How many folders' results are kept, those used last."""

MOST_DIAGNOSTICS = 2_000
"""A result with more is not kept: whoever has so many changes the catalog next."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a folder, and the texts that say so, by path."""

    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a check has read beside the catalog's own texts.

    Attributes:
        uses: the folders it uses, as the catalog names them.
        shared: their texts.
        tables: the tables that declarations name.
        templates: the texts of invoice templates, and of what they include.
    """

    uses: tuple[str, ...] = ()
    shared: tuple[Source, ...] = ()
    tables: tuple[Source, ...] = ()
    templates: tuple[Source, ...] = ()


def known_result(loaded: Loaded) -> Checked | None:
    """Give what was found when all that is read was the same; None where nothing is known."""
    file = _file(loaded)
    if file is None:
        return None
    try:
        known = _known(loaded, cache.load(file))
    except (KeyError, TypeError, ValueError):  # whole, but not of our making
        return None
    if known is not None:
        cache.touch(file)
    return known


def keep_result(loaded: Loaded, inputs: Inputs, checked: Checked) -> None:
    """Keep what was found, for a check that reads the same."""
    file = _file(loaded)
    if file is None or len(checked.diagnostics) > MOST_DIAGNOSTICS:
        return
    data = {
        "version": code_version(),
        "own": _digest_of(loaded.sources),
        "uses": inputs.uses,
        "shared": _digest_of(inputs.shared),
        "tables": tuple(
            (table.path, _place(loaded, table.path), _digest(table.text)) for table in inputs.tables
        ),
        "templates": tuple(
            (each.path, _place(loaded, each.path), _digest(each.text)) for each in inputs.templates
        ),
        "diagnostics": tuple(to_plain(found) for found in checked.diagnostics),
    }
    cache.keep(file, data)
    cache.trim(file.parent, MOST_KEPT)


def _known(loaded: Loaded, data: Any) -> Checked | None:  # noqa: ANN401 - it was just read
    is_same = (
        isinstance(data, dict)
        and data["version"] == code_version()
        and data["own"] == _digest_of(loaded.sources)
    )
    if not is_same:
        return None
    shared = _shared(loaded, data["uses"])
    if shared is None or data["shared"] != _digest_of(shared):
        return None
    tables = [_same(loaded, *each) for each in data["tables"]]
    tables += [_same(loaded, *each) for each in data["templates"]]
    found = [table for table in tables if table is not None]
    if len(found) < len(tables):
        return None
    sources = sorted((*loaded.sources, *shared, *found), key=lambda source: source.path)
    return Checked(tuple(sources), tuple(from_plain(each) for each in data["diagnostics"]))


def _file(loaded: Loaded) -> Path | None:
    directory = cache.directory()
    if directory is None or loaded.folder is None or loaded.not_text:
        return None
    return directory / "checks" / f"{_digest(str(loaded.folder.resolve()))[:32]}.kept"


def _shared(loaded: Loaded, uses: Iterable[str]) -> tuple[Source, ...] | None:
    """Read the shared folders anew; None where one of them is not to be read."""
    sources: list[Source] = []
    for use in uses:
        session = Session()
        folder = load_shared(loaded.folder, use, session)
        if isinstance(folder, str) or session.has_errors:
            return None
        sources += folder.sources
    return tuple(sources)


def _same(loaded: Loaded, path: str, place: str, digest: str) -> Source | None:
    """Read a file; None where it is not the text that it was, at the place where it was."""
    assert loaded.folder is not None
    if _place(loaded, path) != place:
        return None
    try:
        content = (loaded.folder / path).read_bytes()
    except OSError:
        return None
    source, faults = decode(path, content)
    return source if not faults and _digest(source.text) == digest else None


def _place(loaded: Loaded, path: str) -> str:
    """Give where a file really lies, links followed: one that leads outside is not read."""
    assert loaded.folder is not None
    return (loaded.folder / path).resolve().as_posix()


def _digest_of(sources: Iterable[Source]) -> str:
    return _digest("".join(f"{source.path}\0{_digest(source.text)}\n" for source in sources))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
