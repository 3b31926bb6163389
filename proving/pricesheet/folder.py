"""The files of a price sheet in a folder: written, or compared with what is there.

A file of ours begins with a mark; a file without one is not ours, and is never written over
nor removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from proving.pricesheet import markdown, site
from proving.pricesheet.model import Sheet

FORMATS = {"markdown": markdown.markdown_pages, "site": site.site_pages}
"""Format -> what gives its files."""

_SUFFIXES = {"markdown": ".md", "site": ".html"}
_MARKS = (markdown.MARK, f"<!doctype html>\n{site.MARK}")


class NotOurs(Exception):
    """A file stands where one of the sheet's belongs, and `ratebook docs` did not write it."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A file that is not as the catalog would have it, and why."""

    name: str
    why: str


def sheet_files(sheet: Sheet, formats: tuple[str, ...]) -> Mapping[str, bytes]:
    """Give the files of a sheet in some formats, by name."""
    return {name: text.encode() for form in formats for name, text in FORMATS[form](sheet).items()}


def stale_files(
    folder: Path, wanted: Mapping[str, bytes], formats: tuple[str, ...]
) -> tuple[Stale, ...]:
    """Say which files are missing, stale or superfluous, by name.

    Raises:
        OSError: a file cannot be read.
    """
    found = {}
    for name, content in wanted.items():
        path = folder / name
        if not path.exists():
            found[name] = "missing"
        elif path.read_bytes() != content:
            found[name] = "stale" if _is_ours(path) else "not written by `ratebook docs`"
    for name in _superfluous(folder, wanted, formats):
        found[name] = "superfluous"
    return tuple(Stale(name, why) for name, why in sorted(found.items()))


def write_files(
    folder: Path, wanted: Mapping[str, bytes], formats: tuple[str, ...]
) -> tuple[str, ...]:
    """Write the files that are not there as wanted, remove those of ours no longer wanted.

    Gives what was written or removed, in words.

    Raises:
        NotOurs: a file that is not ours stands in the way; nothing was written.
        OSError: a file cannot be read or written.
    """
    changes = stale_files(folder, wanted, formats)
    for each in changes:
        path = folder / each.name
        if path.exists() and not _is_ours(path):
            raise NotOurs(f"{path}: was not written by `ratebook docs`; nothing was written")
    folder.mkdir(parents=True, exist_ok=True)
    said = []
    for each in changes:
        path = folder / each.name
        if each.name in wanted:
            path.write_bytes(wanted[each.name])
            said.append(f"wrote {path}")
        else:
            path.unlink()
            said.append(f"removed {path}")
    return tuple(said)


def _superfluous(
    folder: Path, wanted: Mapping[str, bytes], formats: tuple[str, ...]
) -> tuple[str, ...]:
    """Give the files of ours, in these formats, that the sheet no longer has."""
    suffixes = {_SUFFIXES[form] for form in formats}
    if not folder.is_dir():
        return ()
    return tuple(
        path.name
        for path in folder.iterdir()
        if path.suffix in suffixes and path.name not in wanted and _is_ours(path)
    )


def _is_ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        beginning = file.read(max(map(len, _MARKS)))
    return any(beginning.startswith(mark.encode()) for mark in _MARKS)
