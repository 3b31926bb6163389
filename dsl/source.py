"""Source files and the places in them; every later stage points back here."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from operator import add
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of one source file: `[start, end)` in characters, from 0.

    `path` is the file's path as the catalog's folder names it (posix, relative),
    so that a span means the same on every machine.  There are as many as words: a tuple is
    made and compared faster than a dataclass.
    """

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """One file's text; finds the line and column of an offset."""

    path: str
    text: str
    _line_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lines = self.text.split("\n")  # of a large table there are very many
        ends_before = accumulate(map(len, lines), initial=0)
        object.__setattr__(self, "_line_starts", tuple(map(add, ends_before, range(len(lines)))))

    def position(self, offset: int) -> tuple[int, int]:
        """Give the line and column of an offset, both from 1."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line_start(self, number: int) -> int:
        """Give the offset at which a line begins, counted from 1."""
        return self._line_starts[number - 1]

    def line(self, number: int) -> str:
        """Give the text of a line, counted from 1, without its end of line."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : None if end < 0 else end].rstrip("\r")

    @property
    def line_count(self) -> int:
        """Count the lines, an empty last one included."""
        return len(self._line_starts)

    def words(self, span: Span) -> str:
        """Give the text a span covers."""
        return self.text[span.start : span.end]
