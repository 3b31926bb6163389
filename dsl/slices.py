"""Cut a file into declarations, so that a mistake in one never spoils the next.

A light scanner that knows comments, quoted texts and braces, and nothing else of the
grammar.  A declaration ends where its braces close, or at the end of its line where it has
none.  A line that starts in the first column with a whole declaration's first line begins a
new declaration even where a brace above was left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dsl.kinds import Kind, first_line_at, kind_at
from dsl.source import Source, Span
from dsl.syntax.base import Comment

LEXEME = re.compile(
    r"""
      (?P<text>"(?:[^"\\\n]|\\[^\n])*"?)
    | (?P<comment>\#[^\n]*)
    | (?P<open>\{)
    | (?P<close>\})
    | (?P<end>;)
    | (?P<line>\n)
    | (?P<other>[^\s"\#{};]+(?:[ \t]+[^\s"\#{};]+)*)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Slice:
    """The text of one declaration, from its first word to the end of its last line.

    Attributes:
        kind: what its first words say it is; None where they are no declaration's.
        start, end: offsets in the file.
        opening: the offset of its first brace, or None.
        unclosed: the offset of the `{` that was left open, or None.
        early: the offset of a `}` that, by its indentation, closed another block than
            its own, so that what follows fell out; None where nothing hints at it.
    """

    kind: Kind | None
    start: int
    end: int
    opening: int | None = None
    unclosed: int | None = None
    early: int | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """A file cut up: slices and comments in order; all else is blank."""

    slices: tuple[Slice, ...]
    comments: tuple[Comment, ...]


@dataclass(slots=True)
class _Open:
    """A declaration being read; the braces it has open, with their line's indentation."""

    kind: Kind | None
    start: int
    end: int
    opening: int | None = None
    braces: list[tuple[int, int]] = field(default_factory=list)
    suspect: int | None = None
    early: int | None = None

    def brace(self, offset: int, indent: int) -> None:
        if self.opening is None:
            self.opening = offset
        self.braces.append((offset, indent))

    def unbrace(self, offset: int, indent: int, *, first: bool) -> None:
        if not self.braces:
            return
        opener, opener_indent = self.braces.pop()
        if first and indent < opener_indent and self.suspect is None:
            self.suspect = opener
        if first and indent > opener_indent and self.early is None:
            self.early = offset

    def closed(self) -> Slice:
        unclosed = None
        if self.braces:
            unclosed = self.braces[-1][0] if self.suspect is None else self.suspect
        return Slice(self.kind, self.start, self.end, self.opening, unclosed, self.early)


def cut(source: Source) -> Cut:
    """Cut a file into the slices of its declarations, and collect its comments."""
    scanner = _Scanner(source)
    for lexeme in LEXEME.finditer(source.text):
        scanner.read(lexeme)
    scanner.finish()
    return Cut(tuple(scanner.slices), tuple(scanner.comments))


class _Scanner:
    """The state of one pass over a file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.slices: list[Slice] = []
        self.comments: list[Comment] = []
        self.current: _Open | None = None
        self.line_start = 0
        self.indent: int | None = None  # of the line's first word; None before it

    def read(self, lexeme: re.Match[str]) -> None:
        start, kind = lexeme.start(), lexeme.lastgroup
        if kind == "line":
            self._end_line(start)
            return
        if kind == "comment":
            self._comment(lexeme)
            return
        first = self.indent is None
        if self.indent is None:
            self.indent = start - self.line_start
            self._first_word(start, is_opening=kind == "open")
        current = self.current or self._current(start)
        current.end = lexeme.end()
        if kind == "other":
            return
        if kind == "open":
            current.brace(start, self.indent)
        elif kind == "close":
            current.unbrace(start, self.indent, first=first)
        elif kind == "text" and _hides_brace(lexeme.group()):
            current.brace(start + len(lexeme.group().rstrip()) - 1, self.indent)

    def finish(self) -> None:
        if self.current is not None:
            self.slices.append(self.current.closed())

    def _current(self, start: int) -> _Open:
        if self.current is None:
            # Indented, `tax telecom` is a statement that fell out of its block.
            looks = kind_at if start == self.line_start else first_line_at
            self.current = _Open(looks(self.source.text, start), start, start)
        return self.current

    def _first_word(self, start: int, *, is_opening: bool) -> None:
        """Decide whether a line's first word goes on with a declaration or begins one."""
        current = self.current
        if current is not None:
            begins = start == self.line_start and first_line_at(self.source.text, start)
            if begins:
                self.slices.append(current.closed())
                self.current = None
        elif is_opening and self.slices:
            last = self.slices[-1]
            if last.opening is None and last.kind is not None and last.kind.body:
                # A brace on the line below its declaration: one mistake, not two.
                self.slices.pop()
                self.current = _Open(last.kind, last.start, last.end)

    def _end_line(self, offset: int) -> None:
        self.line_start = offset + 1
        self.indent = None
        if self.current is not None and not self.current.braces:
            self.slices.append(self.current.closed())
            self.current = None

    def _comment(self, lexeme: re.Match[str]) -> None:
        text = lexeme.group().rstrip()
        span = Span(self.source.path, lexeme.start(), lexeme.start() + len(text))
        self.comments.append(Comment(span, text, own_line=self.indent is None))


def _hides_brace(quoted: str) -> bool:
    """Tell whether a text without its closing quote has swallowed its line's `{`."""
    return quoted.rstrip().endswith("{")


def lexemes(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Scan a stretch of text as the slicer sees it."""
    return LEXEME.finditer(text, start, end)
