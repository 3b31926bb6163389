"""Rows and groups, and how they stand on the page: columns, blank lines and comments.

The printers of the construct families say what stands in a row; this module alone decides
where.  Rows of one table that follow each other without a blank line share their columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from dsl.source import Source
from dsl.syntax.base import Comment

INDENT = "  "


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a row.

    Attributes:
        align: `point` sets amounts under each other by their decimal point.
        gap: blanks between the column before and this one.
    """

    text: str
    align: Literal["left", "point"] = "left"
    gap: int = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A statement on one line.

    Attributes:
        start, end: the offsets of its words in the source, for blank lines and comments.
        table: rows of the same table share columns.
        takes_doc: doc comments above belong to it, so no blank line parts them.
    """

    start: int
    end: int
    table: str
    cells: tuple[Cell, ...]
    takes_doc: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A first line and the statements in its braces.

    Attributes:
        opening: the offset of its `{`.
        closing: what stands behind its `}`.
    """

    start: int
    end: int
    opening: int
    header: str
    items: tuple[Item, ...]
    takes_doc: bool = False
    closing: str = ""


Item = Row | Group


@dataclass(slots=True)
class Line:
    """One line to be printed; a row gets its text when the columns are known."""

    depth: int
    text: str = ""
    row: Row | None = None
    trailing: str = ""


def render(source: Source, items: Sequence[Item], comments: Sequence[Comment]) -> str:
    """Print a file's declarations and comments in their order."""
    page = _Page(source, comments)
    page.file(items)
    _fill_columns(page.lines)
    return "".join(f"{_line_text(line)}\n" for line in page.lines)


def _line_text(line: Line) -> str:
    text = f"{INDENT * line.depth}{line.text}".rstrip()
    return f"{text}  {line.trailing}" if line.trailing else text


class _Page:
    """Lines so far, and the comment that comes next; each comment is placed exactly once."""

    def __init__(self, source: Source, comments: Sequence[Comment]) -> None:
        self.source = source
        self.comments = comments
        self.next_comment = 0
        self.lines: list[Line] = []
        self.end_of_last = 0

    def file(self, items: Sequence[Item]) -> None:
        before: Item | None = None
        for item in items:
            apart = before is not None and not _keep_together(before, item)
            self.item(item, depth=0, is_first=before is None, apart=apart)
            before = item
        self.own_line_comments(len(self.source.text) + 1, 0, is_first=before is None)

    def item(self, item: Item, *, depth: int, is_first: bool, apart: bool = False) -> None:
        doc = self._doc_start(item)
        placed = self.own_line_comments(item.start, depth, is_first=is_first, apart=apart, doc=doc)
        if placed:
            apart = False
        if apart or (not (is_first and not placed) and self._has_blank_line(item.start, doc)):
            self.lines.append(Line(0))
        if isinstance(item, Row):
            self.lines.append(Line(depth, row=item))
            self._after(item.end)
        else:
            self._group(item, depth)

    def _group(self, group: Group, depth: int) -> None:
        opened = Line(depth, f"{group.header} {{")
        self.lines.append(opened)
        first = group.items[0].start if group.items else group.end
        self._after(group.opening + 1, before=first)
        lines_before = len(self.lines)
        for number, inner in enumerate(group.items):
            self.item(inner, depth=depth + 1, is_first=number == 0)
        self.own_line_comments(group.end, depth + 1, is_first=not group.items)
        if len(self.lines) == lines_before and not opened.trailing:
            opened.text += f"}}{group.closing}"
        else:
            self.lines.append(Line(depth, f"}}{group.closing}"))
        self._after(group.end)

    def _after(self, end: int, before: int | None = None) -> None:
        """Note where the last words ended, and take the comment that stands behind them."""
        self.end_of_last = end
        if self.next_comment == len(self.comments):
            return
        comment = self.comments[self.next_comment]
        if comment.own_line or (before is not None and comment.span.start > before):
            return
        if not self.source.text[end : comment.span.start].strip(" \t\r\f;"):
            self.lines[-1].trailing = comment.text
            self.next_comment += 1
            self.end_of_last = comment.span.end

    def own_line_comments(
        self,
        end: int,
        depth: int,
        *,
        is_first: bool,
        apart: bool = False,
        doc: int | None = None,
    ) -> bool:
        """Place the comments before an offset on lines of their own; tell if there are any."""
        placed = False
        while self.next_comment < len(self.comments):
            comment = self.comments[self.next_comment]
            if comment.span.start >= end:
                break
            may_part = placed or not is_first
            if (apart and not placed) or (
                may_part and self._has_blank_line(comment.span.start, doc)
            ):
                self.lines.append(Line(0))
            self.lines.append(Line(depth, comment.text))
            self.end_of_last = comment.span.end
            self.next_comment += 1
            placed = True
        return placed

    def _doc_start(self, item: Item) -> int | None:
        """Give the offset of the first doc comment above an item, if it has one."""
        if not item.takes_doc:
            return None
        for comment in islice(self.comments, self.next_comment, None):
            if comment.span.start > item.start:
                break
            if comment.is_doc:
                return comment.span.start
        return None

    def _has_blank_line(self, start: int, doc: int | None = None) -> bool:
        """Tell whether a blank line parts an offset from what was last placed.

        From a doc comment down to what it speaks of, none does.
        """
        if doc is not None and start > doc:
            return False
        return self.source.text.count("\n", self.end_of_last, start) > 1


def _keep_together(before: Item, item: Item) -> bool:
    """Tell whether two declarations may stand without a blank line between them."""
    return isinstance(before, Row) and isinstance(item, Row) and before.table == item.table


def _fill_columns(lines: Sequence[Line]) -> None:
    for run in _runs(lines):
        rows = [line.row for line in run if line.row is not None]
        for line, text in zip(run, columns(rows), strict=True):
            line.text = text


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the rows that share their columns; a comment line between parts none."""
    run: list[Line] = []
    for line in lines:
        if line.row is None:
            if line.text.startswith("#"):
                continue
        elif not run or _shares(run[-1], line):
            run.append(line)
            continue
        if run:
            yield run
        run = [line] if line.row is not None else []
    if run:
        yield run


def _shares(one: Line, other: Line) -> bool:
    assert one.row is not None
    assert other.row is not None
    return one.depth == other.depth and one.row.table == other.row.table


def columns(rows: Sequence[Row]) -> list[str]:
    """Set the cells of rows under each other."""
    texts = ["" for _ in rows]
    for index in range(max(len(row.cells) for row in rows)):
        cells = [row.cells[index] if index < len(row.cells) else Cell("") for row in rows]
        if not any(cell.text for cell in cells):
            continue
        start = 0
        if index:
            gap = max(cell.gap for cell in cells if cell.text)
            filled = [
                len(text) for text, cell in zip(texts, _later(rows, index), strict=True) if cell
            ]
            start = max(filled, default=0) + gap
        point = max(
            (_before_point(cell.text) for cell in cells if cell.align == "point"), default=0
        )
        for number, cell in enumerate(cells):
            if not cell.text:
                continue
            indent = point - _before_point(cell.text) if cell.align == "point" else 0
            texts[number] = texts[number].ljust(start) + " " * indent + cell.text
    return texts


def _later(rows: Sequence[Row], index: int) -> list[bool]:
    """Tell for each row whether it has something in this column or after it."""
    return [any(cell.text for cell in row.cells[index:]) for row in rows]


def _before_point(text: str) -> int:
    """Count the characters of an amount before its decimal point."""
    number = text.split(" ", 1)[0].rstrip(",")
    return len(number.split(".", 1)[0])
