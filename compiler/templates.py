"""The invoice templates that bill groups name: found beside the text, read, and kept as text.

The program carries a template's text, so that a run needs no catalog folder.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from compiler.resolve.nearest import nearest
from dsl.source import Span
from dsl.syntax.base import Text
from dsl.syntax.billing import BillGroupDeclaration
from dsl.syntax.declarations import SourceFile

LARGEST = 1024 * 1024
"""The most bytes that a template may have."""


@dataclass(frozen=True, slots=True)
class InvoiceTemplate:
    """A template's path from the catalog's folder, and its text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class LostTemplate:
    """A template that cannot be read: where it is named, why not, and what to do."""

    use: Text
    reason: str
    help: str | None = None


@dataclass(frozen=True, slots=True)
class Templates:
    """Every template of a catalog, by the place of the text that names it."""

    read: Mapping[Span, InvoiceTemplate]
    lost: tuple[LostTemplate, ...] = ()

    def of(self, use: Text | None) -> InvoiceTemplate | None:
        """Give the template that a bill group names; None where it names none, or it is lost."""
        return None if use is None else self.read.get(use.span)


NO_TEMPLATES = Templates(MappingProxyType({}))


def read_templates(
    files: Iterable[SourceFile], folder: Path | None, shared: Iterable[str] = ()
) -> Templates:
    """Read the templates that bill groups name.

    Args:
        files: the parsed files; a template's path counts from the file that names it.
        folder: the catalog's; None: nothing is read from the disk.
        shared: the folders it uses, as paths from its own.
    """
    roots = tuple(shared)
    read: dict[Span, InvoiceTemplate] = {}
    lost: list[LostTemplate] = []
    for file in files:
        for node in file.declarations:
            if isinstance(node, BillGroupDeclaration) and node.template is not None:
                found = _read(node.template, folder, roots)
                if isinstance(found, LostTemplate):
                    lost.append(found)
                else:
                    read[node.template.span] = found
    return Templates(MappingProxyType(read), tuple(lost)) if read or lost else NO_TEMPLATES


def _read(use: Text, folder: Path | None, roots: tuple[str, ...]) -> InvoiceTemplate | LostTemplate:
    if "\\" in use.value or PurePosixPath(use.value).is_absolute() or not use.value.strip():
        return LostTemplate(use, "not a path from this file", "write it with `/` between folders")
    beside = posixpath.dirname(use.span.path)
    path = posixpath.normpath(posixpath.join(beside, use.value))
    root = next((one for one in roots if use.span.path.startswith(f"{one}/")), None)
    is_inside = path.startswith(f"{root}/") if root else not path.startswith("../")
    if not is_inside:
        return LostTemplate(
            use, "outside of the catalog's folder", "put it beside the catalog's text"
        )
    file = None if folder is None else folder / path
    if file is None or not file.is_file():
        return LostTemplate(use, "there is no such file", _meant(file))
    try:
        content = file.read_bytes()
    except OSError as fault:
        return LostTemplate(use, f"it cannot be read: {fault.strerror}")
    if len(content) > LARGEST:
        return LostTemplate(use, f"it has more than {LARGEST:,} bytes")
    try:
        return InvoiceTemplate(path, content.decode("utf-8"))
    except UnicodeDecodeError:
        return LostTemplate(use, "it is not text in UTF-8")


def _meant(file: Path | None) -> str | None:
    """Name the file of the folder whose name is most like the one that is not there."""
    if file is None or not file.parent.is_dir():
        return None
    near = nearest(file.name, sorted(one.name for one in file.parent.iterdir() if one.is_file()))
    return None if near is None else f"did you mean `{near}`?"
