"""Where in a CSV file a row and a cell stand; worked out only for those that are shown."""

from __future__ import annotations

import re

from dsl.source import Source, Span

_CELL = re.compile(r'(?: *"(?P<quoted>[^"]*(?:""[^"]*)*)"?)?(?P<plain>[^,\n]*)')

_new = tuple.__new__

LONGEST_ROW = 1_000
"""How many characters of a row its place takes in; a report shows no more of it."""


def row_span(source: Source, line: int) -> Span:
    """Give the place of the row that starts on a line; of one on several lines, the first."""
    start = source.line_start(line)
    end = source.text.find("\n", start, start + LONGEST_ROW)
    words = source.text[start : min(start + LONGEST_ROW, len(source.text)) if end < 0 else end]
    return Span(source.path, start, start + len(words.rstrip()))


def cell_span(source: Source, line: int, place: int) -> Span:
    """Give the place of the words of a row's cell, without its quotes and the blanks around it.

    An empty cell has an empty place.  Of a row that is too short, the place is its end.
    """
    text, at = source.text, source.line_start(line)
    for _ in range(place):
        match = _CELL.match(text, at)
        assert match is not None, "the pattern matches anywhere"
        if text[match.end() : match.end() + 1] != ",":
            return _trimmed(source, match.end(), match.end())
        at = match.end() + 1
    match = _CELL.match(text, at)
    assert match is not None, "the pattern matches anywhere"
    is_quoted = match["quoted"] is not None and not match["plain"].strip()
    start, end = match.span("quoted") if is_quoted else match.span()
    return _trimmed(source, start, end)


def row_cells(source: Source, line: int, count: int) -> list[Span]:
    """Give the place of the words of each of a row's cells, as `cell_span` does of one."""
    start = source.line_start(line)
    end = source.text.find("\n", start)
    words = source.text[start : len(source.text) if end < 0 else end]
    if '"' in words:
        return [cell_span(source, line, place) for place in range(count)]
    spans = []
    for cell in words.split(","):
        end = start + len(cell)
        has_blanks = cell[:1] <= " " or cell[-1:] <= " "
        # A tuple's own constructor takes half as long as a named one's.
        spans.append(
            _trimmed(source, start, end) if has_blanks else _new(Span, (source.path, start, end))
        )
        start = end + 1
    return spans


def _trimmed(source: Source, start: int, end: int) -> Span:
    words = source.text[start:end]
    start += len(words) - len(words.lstrip())
    return Span(source.path, start, max(start, start + len(words.strip())))
