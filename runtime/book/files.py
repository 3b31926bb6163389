"""Which file of the book's folder holds which entity."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from runtime.book.faults import WHOLE_FILE, BookFault
from runtime.book.model import ENTITIES, OPTIONAL_FILES

SUFFIXES = (".csv", ".jsonl", ".parquet")


@dataclass(frozen=True, slots=True)
class BookFile:
    """The file of an entity; path None: there is none, or none that may be read."""

    entity: str
    name: str
    path: Path | None


NAMED = frozenset({"overrides", "payments"})
"""The entities whose rows say in their table which file they are of: who reads them tells it."""


def file_sql(file: BookFile) -> str:
    """Give SQL for the column of a file's table that has its name, where it has one."""
    return f"'{file.name}' AS file, " if file.entity in NAMED else ""


def find_files(folder: Path) -> tuple[dict[str, BookFile], list[BookFault]]:
    """Give the file of each entity, and the faults of the folder itself."""
    if not folder.is_dir():
        reason = "is not a folder" if folder.exists() else "there is no such folder"
        nothing = {entity: BookFile(entity, f"{entity}.csv", None) for entity in ENTITIES}
        return nothing, [_fault(str(folder), "folder_missing", reason)]
    names = sorted(path.name for path in folder.iterdir() if path.suffix in SUFFIXES)
    files, faults = {}, []
    strangers = [name for name in names if Path(name).stem not in ENTITIES]
    for entity in ENTITIES:
        found = [f"{entity}{suffix}" for suffix in SUFFIXES if f"{entity}{suffix}" in names]
        stranger = next((each for each in strangers if _meant(each) == entity), None)
        name = found[0] if found else f"{entity}.csv"
        files[entity] = BookFile(entity, name, folder / name if len(found) == 1 else None)
        if len(found) > 1:
            reason = f"stands beside {found[1]}, and only one can be meant"
            faults.append(_fault(name, "file_twice", reason))
        elif not found and stranger:
            hint = f"is `{stranger}` meant?"
            faults.append(_fault(name, "file_missing", "there is no such file", hint))
        elif not found and entity not in OPTIONAL_FILES:
            faults.append(_fault(name, "file_missing", "there is no such file"))
    return files, faults


def _meant(stranger: str) -> str | None:
    """Give the entity whose name is nearest to that of a file that is none's."""
    near = difflib.get_close_matches(Path(stranger).stem, list(ENTITIES), 1)
    return near[0] if near else None


def _fault(file: str, code: str, reason: str, hint: str = "") -> BookFault:
    return BookFault(file, WHOLE_FILE, "", "", code, reason, hint)
