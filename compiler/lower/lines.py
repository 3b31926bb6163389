"""The program's table of source lines: where every number came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dsl.source import Source, Span
from runtime.program.model import SourceLine

NO_LINE = -1
"""What a span's id is while the lines are being collected; never in a finished program."""


class Lines:
    """Gives each place that a row of the program came from its id.

    Lowering runs twice: the first run collects the places, the second gives their ids in
    the order of path, line and column, so that ids do not depend on the order of lowering.
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources: Mapping[str, Source] = {source.path: source for source in sources}
        self._places: set[tuple[str, int, int]] = set()
        self._ids: dict[tuple[str, int, int], int] = {}

    def id_of(self, span: Span) -> int:
        """Give the id of the place a span starts at."""
        place = (span.path, *self._sources[span.path].position(span.start))
        self._places.add(place)
        return self._ids.get(place, NO_LINE)

    def number(self) -> tuple[SourceLine, ...]:
        """Number the places collected so far, and give the table."""
        self._ids = {place: number for number, place in enumerate(sorted(self._places))}
        return tuple(
            SourceLine(
                id=number,
                path=path,
                line=line,
                column=column,
                text=self._sources[path].line(line).strip(),
            )
            for (path, line, column), number in self._ids.items()
        )
