"""A template of the catalog's own: its text and that of the files it includes, drawn in limits.

Paths count from the file that names them.  What begins with `ratebook/` is Ratebook's: the
default template, to be extended, and its parts.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from traceback import walk_tb

from jinja2 import BaseLoader, Environment, nodes
from jinja2.exceptions import SecurityError, TemplateError, TemplateNotFound, TemplateSyntaxError

from runtime.invoice import limits
from runtime.invoice.document_failed import DocumentFailed
from runtime.invoice.format import Printer
from runtime.invoice.page import Page
from runtime.invoice.sandbox import Draws, Sandbox, printing

OURS = "ratebook/"
"""What the paths of Ratebook's own templates begin with."""

TEMPLATES = Path(__file__).parent / "templates"
_TEXT = (".txt", ".txt.j2", ".text", ".text.j2")


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """A catalog's template: the path of its file, and the texts of all the catalog's, by path."""

    path: str
    texts: tuple[tuple[str, str], ...]

    @property
    def draws(self) -> Draws:
        """What document it draws, by its file's name: a text if that ends so, else HTML."""
        return "text" if self.path.endswith(_TEXT) else "html"


class TemplateFailed(DocumentFailed):
    """A template cannot draw an invoice; the message names the template, the line and why.

    Attributes:
        path, line: where; line 0 where that is not known.
        reason: why, without the place.
        is_limit: it does too much; else it does what it may not, or reads what is not there.
    """

    def __init__(self, path: str, line: int, reason: str, *, is_limit: bool = False) -> None:
        """Put the place before the reason."""
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason
        self.is_limit = is_limit


def draw_own(own: OwnTemplate, page: Page) -> str:
    """Draw a page with a catalog's template.

    Raises:
        TemplateFailed: it reads what the model lacks, does what it may not, or too much.
    """
    environment = environment_of(own, page.printer)
    try:
        with limits.budgeted():
            return environment.get_template(own.path).render(page=page)
    except RecursionError as fault:
        path, line = _place(fault, own)
        reason = "it includes or calls itself without end"
        raise TemplateFailed(path, line, reason, is_limit=True) from fault
    except (TemplateError, SecurityError, TypeError, ValueError, AttributeError) as fault:
        path, line = _place(fault, own)
        is_limit = isinstance(fault, limits.TooMuch)
        raise TemplateFailed(path, line, _reason(fault), is_limit=is_limit) from fault


class OwnLoader(BaseLoader):
    """Finds the catalog's templates by their paths, and Ratebook's behind `ratebook/`."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Take the texts that the catalog holds."""
        self.texts = texts

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        """Give a template's text, and its path as the name of its file."""
        text = self.texts.get(template)
        if text is None and template.startswith(OURS):
            text = our_text(template)
        if text is None:
            raise TemplateNotFound(template)
        return text, template, None


class LimitedSandbox(Sandbox):
    """A sandbox that counts what a template does."""

    def __init__(self, printer: Printer, loader: BaseLoader, draws: Draws) -> None:
        """Make an environment whose filters and output are counted."""
        super().__init__(printer, loader, draws)
        inner = printing(draws, printer)

        def printed(value: object) -> str:
            text = inner(value)
            limits.spend_text(text)
            return text

        self.printed = printed
        self.filters |= {
            limits.COUNTED: limits.counted,
            limits.ENTERED: limits.entered,
            limits.JOINED: limits.joined,
            "join": limits.listed,
        }

    def join_path(self, template: str, parent: str) -> str:
        """Count a path from the file that names it."""
        return path_from(parent, template)

    def as_written(self, text: str, path: str) -> nodes.Template:
        """Give the tree of a text without what is counted; raise TemplateSyntaxError."""
        try:
            return super()._parse(text, path, path)
        except TemplateSyntaxError:
            self.handle_exception(source=text)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if name is not None and name.startswith(OURS):
            return tree
        counting: nodes.Template = limits.Counting().visit(tree)
        return counting


def path_from(parent: str, path: str) -> str:
    """Give the path that a template of path `parent` means; Ratebook's own stay as they are."""
    if path.startswith(OURS):
        return path
    return posixpath.normpath(posixpath.join(posixpath.dirname(parent), path))


@lru_cache(maxsize=32)
def our_text(path: str) -> str | None:
    """Give the text of one of Ratebook's templates; None where there is no such file."""
    inside = path.removeprefix(OURS)
    return _our_files().get(inside)


@lru_cache(maxsize=1)
def _our_files() -> Mapping[str, str]:
    files = sorted(TEMPLATES.rglob("*.j2"))
    return {file.relative_to(TEMPLATES).as_posix(): file.read_text("utf-8") for file in files}


@lru_cache(maxsize=64)
def environment_of(own: OwnTemplate, printer: Printer) -> LimitedSandbox:
    """Give the environment that a template is drawn in."""
    return LimitedSandbox(printer, OwnLoader(dict(own.texts)), own.draws)


def _place(fault: BaseException, own: OwnTemplate) -> tuple[str, int]:
    """Find where in the catalog's templates a fault arose: in the inmost of its files."""
    lineno = getattr(fault, "lineno", None)
    if isinstance(lineno, int):  # a mistake of syntax knows its place
        return getattr(fault, "filename", None) or own.path, lineno
    texts = dict(own.texts)
    found = (own.path, 0)
    for frame, line in walk_tb(fault.__traceback__):
        if frame.f_code.co_filename in texts:
            found = frame.f_code.co_filename, line
    return found


def _reason(fault: Exception) -> str:
    if isinstance(fault, TemplateNotFound):
        return f"there is no template `{fault.message or fault}` in the catalog"
    return str(fault).splitlines()[0] if str(fault) else type(fault).__name__
