"""Cases as Markdown: a heading is a test, a `ratebook` fence is a file of its catalog, and a
`csv` fence a table.

What stands before the first `##` belongs to every case; a case's file of the same name
replaces it.  The fence `diagnostics` holds what the compiler must report, one line each.
`python -m tests.compiler.cases` writes what it reports now into every case, to be read
before it is committed.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from compiler.compile import Compilation, compile_sources
from dsl.source import Source

FOLDER = Path(__file__).with_name("cases")
_FENCE = re.compile(r"^```(\w+) ?([\w./-]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Case:
    """A catalog and what is reported of it."""

    file: str
    title: str
    sources: tuple[Source, ...]
    expected: str


def read_cases() -> list[Case]:
    """Read every case of the folder, in the order of the files."""
    return [case for file in sorted(FOLDER.glob("*.md")) for case in _read(file)]


def _read(file: Path) -> list[Case]:
    head, *sections = re.split(r"^## ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    shared = _sources(head)
    return [_case(file.stem, section, shared) for section in sections]


def _case(file: str, section: str, shared: dict[str, str]) -> Case:
    title = section.split("\n", 1)[0]
    texts = {**shared, **_sources(section)}
    expected = [match[3] for match in _FENCE.finditer(section) if match[1] == "diagnostics"]
    sources = tuple(Source(path, text) for path, text in texts.items())
    return Case(file, title, sources, "".join(expected))


def _sources(text: str) -> dict[str, str]:
    fences = (match for match in _FENCE.finditer(text) if match[1] in {"ratebook", "csv"})
    return {match[2] or "case.ratebook": match[3] for match in fences}


def report(compilation: Compilation) -> str:
    """Write a compilation's diagnostics, one line each: place, severity, code, message."""
    sources = {source.path: source for source in compilation.sources}
    lines = []
    for found in compilation.diagnostics:
        span = found.primary.span
        line, column = sources[span.path].position(span.start)
        place = f"{span.path}:{line}:{column}"
        lines.append(f"{place} {found.severity}[{found.code}] {found.message}\n")
    return "".join(lines)


def accept() -> None:
    """Write what is reported now into every case's `diagnostics` fence."""
    for file in sorted(FOLDER.glob("*.md")):
        text = file.read_text(encoding="utf-8")
        head, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
        shared = _sources(head)
        parts = [head]
        for section in sections:
            found = report(compile_sources(_case(file.stem, section, shared).sources))
            body = _FENCE.sub(
                lambda match: "" if match[1] == "diagnostics" else match[0], section
            ).rstrip()
            parts.append(f"## {body}\n\n```diagnostics\n{found}```\n\n")
        file.write_text("".join(parts).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    accept()
