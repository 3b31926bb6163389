"""Catalogs for tests: the tree's own, and texts written in a test."""

from pathlib import Path

from compiler.compile import Compilation, compile_sources
from dsl.source import Source

ROOT = Path(__file__).resolve().parents[2]
CONNECTIVITY = ROOT / "catalogs" / "connectivity"

TINY = 'catalog tiny {\n  currencies  USD\n  timezone    "UTC"\n}\n\n'


def connectivity_sources() -> tuple[Source, ...]:
    """The connectivity catalog's files and those of the folder it uses, by path."""
    shared = CONNECTIVITY.parent / "shared" / "geography"
    folders = (("../shared/geography/", shared), ("", CONNECTIVITY))
    return tuple(
        Source(prefix + file.relative_to(folder).as_posix(), file.read_text(encoding="utf-8"))
        for prefix, folder in folders
        for file in sorted(folder.rglob("*.ratebook"))
    )


def compile_text(text: str) -> Compilation:
    """Compile a catalog written as one file."""
    return compile_sources([Source("catalog.ratebook", text)])


def codes_of(compilation: Compilation) -> list[str]:
    """The codes found, in order of place."""
    return [found.code for found in compilation.diagnostics]
