"""A price sheet as what it says: pages, chapters, items and their blocks, for any format.

Every text in it is plain: whoever writes a format escapes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runtime.program.terms import StatusBase


@dataclass(frozen=True, slots=True)
class Ref:
    """Words that lead to an item, by its anchor."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A name or an expression, as the catalog writes it."""

    text: str


Inline = str | Ref | Code
Cell = tuple[Inline, ...]
"""What stands in a cell: pieces one after the other; empty: nothing."""

Row = Mapping[str, Cell]
"""A row of a table, by the heads of its columns."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of an item, line by line; a line without words is not said."""

    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; `figures` are the heads of columns of numbers.

    `note` says what was left out of it; None: nothing.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    figures: frozenset[str]
    note: str | None


@dataclass(frozen=True, slots=True)
class Way:
    """A transition from statuses to one."""

    name: str
    description: str
    sources: tuple[str, ...]
    destination: str


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways through a lifecycle; `statuses` in order, with their bases (None: of the start)."""

    statuses: tuple[tuple[str, StatusBase | None], ...]
    ways: tuple[Way, ...]


Block = Facts | Table | Ways


@dataclass(frozen=True, slots=True)
class Item:
    """A thing of the catalog; `name` is its identifier, `tags` what it is in a word or two."""

    anchor: str
    title: str
    name: str
    tags: tuple[str, ...]
    description: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """Things of a kind; `intro` says how to read them."""

    title: str
    intro: str
    items: tuple[Item, ...]
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page; `name` is that of its file, without an ending."""

    name: str
    title: str
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A price sheet; its first page is the one to begin with."""

    title: str
    name: str
    description: str
    pages: tuple[Page, ...]

    def places(self) -> Mapping[str, str]:
        """Give the page of each anchor, by its name."""
        return {
            item.anchor: page.name
            for page in self.pages
            for chapter in page.chapters
            for item in chapter.items
        }


def anchor(kind: str, name: str) -> str:
    """Give the anchor of a thing: `service-sim`."""
    return f"{kind}-{name.replace('.', '-')}"


def table(
    heads: Sequence[str],
    rows: Iterable[Row],
    *,
    figures: Iterable[str] = (),
    note: str | None = None,
) -> Table:
    """Set out rows under heads, without the columns in which nothing stands."""
    found = tuple(rows)
    used = tuple(head for head in heads if any(row.get(head) for row in found))
    return Table(
        heads=used,
        rows=tuple(tuple(row.get(head, ()) for head in used) for row in found),
        figures=frozenset(figures),
        note=note,
    )


def facts(*rows: tuple[str, Cell | str]) -> Facts:
    """Say something of an item, without the lines that have nothing to say."""
    cells = ((label, (said,) if isinstance(said, str) and said else said) for label, said in rows)
    return Facts(tuple((label, tuple(said)) for label, said in cells if said))


def joined(cells: Iterable[Inline], between: str = ", ") -> Cell:
    """Put pieces into one cell, with something between each two."""
    pieces: list[Inline] = []
    for each in cells:
        if pieces:
            pieces.append(between)
        pieces.append(each)
    return tuple(pieces)
