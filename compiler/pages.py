"""A page for each code: what it means, why it is an error, a wrong and a right catalog.

Run as `python -m compiler.pages docs/errors` it writes them all; with `--check` it only
tells whether they are as they should be.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from compiler.checks import CHECKS
from compiler.checks.page import Page
from compiler.compile import compile_sources
from compiler.resolve.nearest import nearest
from compiler.syntax_pages import PAGES as SYNTAX_PAGES
from dsl.codes import SYNTAX_CODES, Code
from dsl.diagnostic import Diagnostic
from dsl.source import Source

EXAMPLE = "example.ratebook"

CODES: tuple[Code, ...] = (*SYNTAX_CODES, *(check.CODE for check in CHECKS))
"""Every code there is, in order."""


class UnknownCode(Exception):
    """A code that no diagnostic bears; the message says which one may be meant."""


def page_of(code: str) -> str:
    """Give the page of a code or a slug, as Markdown; raise UnknownCode where there is none."""
    wanted = code.strip()
    for known in CODES:
        if wanted.upper() == known.code or wanted.lower() == known.slug:
            return _page(known, _pages()[known.code])
    names = [name for known in CODES for name in (known.code, known.slug)]
    near = nearest(wanted, names)
    raise UnknownCode(
        f"no diagnostic has the code or the slug `{wanted}`"
        + (f"; did you mean `{near}`?" if near else "")
    )


@cache
def _pages() -> Mapping[str, Page]:
    own = {check.CODE.code: check.PAGE for check in CHECKS}
    return MappingProxyType({**SYNTAX_PAGES, **own})


def _page(code: Code, page: Page) -> str:
    parts = [
        f"# {code.code}: {code.slug}",
        f"{code.severity.capitalize()}: {code.title}.",
        page.what,
        page.why,
    ]
    if page.bad:
        parts += [
            "## Wrong",
            _fenced("ratebook", page.bad),
            *_tables(page.bad_tables),
            _fenced("text", _findings(page)),
        ]
    if page.good:
        parts += ["## Right", _fenced("ratebook", page.good), *_tables(page.good_tables)]
    return "\n\n".join(parts) + "\n"


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```"


def _tables(tables: Mapping[str, str]) -> list[str]:
    return [
        f"`{path}`:\n\n{_fenced(path.rpartition('.')[2], text)}" for path, text in tables.items()
    ]


def sources_of(text: str, tables: Mapping[str, str]) -> tuple[Source, ...]:
    """Give an example's files: the text, and the tables that it names."""
    return (Source(EXAMPLE, text), *(Source(path, table) for path, table in tables.items()))


def _findings(page: Page) -> str:
    """Give what the compiler says of an example, each label on a line of its own."""
    sources = sources_of(page.bad, page.bad_tables)
    found = compile_sources(sources).diagnostics
    by_path = {source.path: source for source in sources}
    return "\n".join(line for one in found for line in _lines(by_path, one))


def _lines(sources: Mapping[str, Source], found: Diagnostic) -> list[str]:
    lines = [f"{found.severity}[{found.code}]: {found.message}"]
    for label in (found.primary, *found.secondary):
        source = sources[label.span.path]
        line, column = source.position(label.span.start)
        lines.append(f"  --> {source.path}:{line}:{column} {label.message}")
    if found.help is not None:
        lines.append(f"  = help: {found.help}")
    return lines


def _index() -> str:
    rows = "\n".join(
        f"| [{code.code}]({code.code}.md) | {code.slug} | {code.severity} | {code.title} |"
        for code in CODES
    )
    return (
        "# What the compiler reports\n\n"
        "A code keeps its meaning for ever; `ratebook explain CODE` prints its page.\n\n"
        f"| code | slug | severity | what it says |\n| --- | --- | --- | --- |\n{rows}\n"
    )


def render_pages() -> Mapping[str, str]:
    """Give every page's text by its file's name, the index among them."""
    pages = {f"{code.code}.md": _page(code, _pages()[code.code]) for code in CODES}
    return MappingProxyType({"README.md": _index(), **pages})


def stale_pages(folder: Path) -> tuple[str, ...]:
    """Name the files of a folder that differ from the pages, lack, or are too many."""
    pages = render_pages()
    there = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.md")}
    return tuple(sorted(name for name in {*pages, *there} if pages.get(name) != there.get(name)))


def write_pages(folder: Path) -> None:
    """Write every page into a folder, and delete those of codes that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = render_pages()
    for file in folder.glob("*.md"):
        if file.name not in pages:
            file.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    """Write the pages, or check them; give the exit code."""
    parser = argparse.ArgumentParser(description="Write the pages of all diagnostics.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="only tell which are out of date")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    if not arguments.check:
        write_pages(folder)
        return 0
    stale = stale_pages(folder)
    for name in stale:
        sys.stderr.write(f"{folder / name}: out of date; run python -m compiler.pages {folder}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
