"""What a renderer gets: the diagnostics of a run and the texts they point into."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from dsl.diagnostic import Diagnostic
from dsl.source import Source, Span


@dataclass(frozen=True, slots=True)
class Findings:
    """Diagnostics in order of place.

    Attributes:
        sources: the catalog's files by the path their spans use.
        prefix: the catalog's folder as the user typed it, put before each path.
    """

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]
    prefix: str = ""
    is_coloured: bool = False

    def path(self, span: Span) -> str:
        """Give the path a user can open from where they stand."""
        return self.name(span.path)

    def name(self, path: str) -> str:
        """Give a file's path from where the user stands, for its path in the catalog."""
        if not self.prefix or self.prefix == ".":
            return path
        return posixpath.normpath(f"{self.prefix}/{path}")

    def position(self, span: Span) -> tuple[int, int]:
        """Give line and column, from 1; (1, 1) where the file could not be read."""
        source = self.sources.get(span.path)
        return source.position(span.start) if source else (1, 1)

    def end_position(self, span: Span) -> tuple[int, int]:
        """Give line and column right behind a span, from 1; (1, 1) where there is no text."""
        source = self.sources.get(span.path)
        return source.position(span.end) if source else (1, 1)

    def count(self, severity: str) -> int:
        """Count the diagnostics of a severity."""
        return sum(diagnostic.severity == severity for diagnostic in self.diagnostics)

    def summary(self) -> str:
        """Say in words how many there are: `2 errors, 1 warning`."""
        counts = [(self.count(severity), severity) for severity in ("error", "warning")]
        return ", ".join(f"{n} {word}{'s' * (n != 1)}" for n, word in counts if n)
