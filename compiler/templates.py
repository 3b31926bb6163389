"""The invoice templates that bill groups name: found beside the text, read, and kept as text.

The program carries a template's text, and those of the files it includes, so that a run needs
no catalog folder.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from compiler.resolve.nearest import nearest
from dsl.source import Source, Span
from dsl.syntax.base import Text
from dsl.syntax.billing import BillGroupDeclaration
from dsl.syntax.declarations import SourceFile

LARGEST = 1024 * 1024
"""The most bytes that a template may have."""


SUFFIXES = (".html", ".txt", ".j2", ".css")
"""What the names of templates end with, where texts come without a folder."""


@dataclass(frozen=True, slots=True)
class InvoiceTemplate:
    """A template's path from the catalog's folder, its text, and those of what it includes.

    `included`: by path, those that are there; what is not there is told by the check.
    """

    path: str
    text: str
    included: tuple[tuple[str, str], ...] = ()
    is_whole: bool = True

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Every text by its path, the template's own first."""
        return ((self.path, self.text), *self.included)


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

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every text there is of them, by path."""
        texts = {path: text for each in self.read.values() for path, text in each.texts}
        return tuple(Source(path, texts[path]) for path in sorted(texts))

    @property
    def are_whole(self) -> bool:
        """Whether all that is named could be read."""
        return not self.lost and all(each.is_whole for each in self.read.values())


NO_TEMPLATES = Templates(MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Rack:
    """Where templates lie.

    Attributes:
        given: texts that came without a folder, by path.
        folder: the catalog's; None: nothing is read from the disk.
        shared: the folders it uses, as paths from its own.
    """

    given: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    folder: Path | None = None
    shared: tuple[str, ...] = ()


class _Lost(Exception):
    """Why a file cannot be read, and what to do."""

    def __init__(self, reason: str, advice: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


def read_templates(files: Iterable[SourceFile], rack: Rack) -> Templates:
    """Read the templates that bill groups name; a path counts from the file that names it."""
    read: dict[Span, InvoiceTemplate] = {}
    lost: list[LostTemplate] = []
    for file in files:
        for node in file.declarations:
            if isinstance(node, BillGroupDeclaration) and node.template is not None:
                use = node.template
                try:
                    read[use.span] = _template(use, rack)
                except _Lost as fault:
                    lost.append(LostTemplate(use, fault.reason, fault.advice))
    return Templates(MappingProxyType(read), tuple(lost)) if read or lost else NO_TEMPLATES


def _template(use: Text, rack: Rack) -> InvoiceTemplate:
    if "\\" in use.value or PurePosixPath(use.value).is_absolute() or not use.value.strip():
        raise _Lost("not a path from this file", "write it with `/` between folders")
    path, text = _read(use.span.path, use.value, rack)
    texts, is_whole = {path: text}, True
    waiting = [path]
    while waiting:
        parent = waiting.pop()
        for name in _included(texts[parent]):
            try:
                found, text = _read(parent, name, rack)
            except _Lost:
                is_whole = False
                continue
            if found not in texts:
                texts[found] = text
                waiting.append(found)
    own = texts.pop(path)
    return InvoiceTemplate(path, own, tuple(sorted(texts.items())), is_whole)


def _included(text: str) -> Iterator[str]:
    """Give the names that a template includes, extends or imports, Ratebook's own left out."""
    from jinja2 import Environment, TemplateSyntaxError, meta  # heavy; few catalogs need it

    from runtime.invoice.own_template import OURS

    try:
        tree = Environment(autoescape=True).parse(text)
    except TemplateSyntaxError:
        return  # the check tells of it
    for name in meta.find_referenced_templates(tree):
        if name is not None and not name.startswith(OURS):
            yield name


def _read(beside: str, name: str, rack: Rack) -> tuple[str, str]:
    """Give the path that a file means by a name, and the text there."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(beside), name))
    root = next((one for one in rack.shared if beside.startswith(f"{one}/")), None)
    is_inside = path.startswith(f"{root}/") if root else not path.startswith(("../", "/"))
    if not is_inside:
        raise _Lost("outside of the catalog's folder", "put it beside the catalog's text")
    if path in rack.given:
        return path, rack.given[path]
    file = None if rack.folder is None else rack.folder / path
    if file is None or not file.is_file():
        raise _Lost("there is no such file", _meant(file))
    assert rack.folder is not None
    if not file.resolve().is_relative_to((rack.folder / (root or ".")).resolve()):
        raise _Lost("a link that leads out of the catalog's folder")
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise _Lost(f"it cannot be read: {fault.strerror}") from fault
    if len(content) > LARGEST:
        raise _Lost(f"it has more than {LARGEST:,} bytes")
    try:
        return path, content.decode("utf-8")
    except UnicodeDecodeError:
        raise _Lost("it is not text in UTF-8") from None


def _meant(file: Path | None) -> str | None:
    """Name the file of the folder whose name is most like the one that is not there."""
    if file is None or not file.parent.is_dir():
        return None
    near = nearest(file.name, sorted(one.name for one in file.parent.iterdir() if one.is_file()))
    return None if near is None else f"did you mean `{near}`?"
