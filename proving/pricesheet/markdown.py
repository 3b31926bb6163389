"""A price sheet as Markdown: a file a page, as pull requests and wikis show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from proving.pricesheet.model import (
    Block,
    Cell,
    Chapter,
    Code,
    Facts,
    Inline,
    Item,
    Page,
    Ref,
    Sheet,
    Table,
    Ways,
)
from runtime.program.terms import NEW

MARK = "<!-- Written by `ratebook docs`. What is changed by hand is overwritten. -->"

_SPECIAL = re.compile(r"[\\`*_\[\]~|$#]|(?<=\w)@(?=\w)|^(?:[-+=>]|\d+[.)])(?=\s|$)|^[-=]{2,}")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def markdown_pages(sheet: Sheet) -> Mapping[str, str]:
    """Give the files of a price sheet, by name; `README.md` is the first page."""
    places = {anchor: _file(page) for anchor, page in sheet.places().items()}
    return {
        _file(page.name): "\n".join(_page(sheet, page, places)).rstrip("\n") + "\n"
        for page in sheet.pages
    }


def _file(page: str) -> str:
    return "README.md" if page == "index" else f"{page}.md"


def _page(sheet: Sheet, page: Page, places: Mapping[str, str]) -> Iterator[str]:
    writer = _Writer(places, _file(page.name))
    is_first = page is sheet.pages[0]
    title = sheet.title if is_first else f"{sheet.title}: {page.title.lower()}"
    yield MARK
    yield ""
    yield f"# {escaped(title)}"
    yield ""
    if is_first:
        yield from _paragraphs(sheet.description)
    yield " · ".join(
        f"**{each.title}**" if each is page else f"[{each.title}]({_file(each.name)})"
        for each in sheet.pages
    )
    yield ""
    for chapter in page.chapters:
        yield from writer.chapter(chapter)


class _Writer:
    """Writes what stands on one page; `places` are the files of the anchors."""

    def __init__(self, places: Mapping[str, str], file: str) -> None:
        self._places = places
        self._file = file

    def chapter(self, own: Chapter) -> Iterator[str]:
        yield f"## {escaped(own.title)}"
        yield ""
        if own.intro:
            yield own.intro
            yield ""
        for block in own.blocks:
            yield from self._block(block)
        for item in own.items:
            yield from self._item(item)

    def _item(self, own: Item) -> Iterator[str]:
        yield f'<a id="{own.anchor}"></a>'
        yield ""
        yield f"### {escaped(own.title)}"
        yield ""
        name = (_code(own.name),) if own.name != own.title else ()
        if name or own.tags:
            yield " · ".join((*name, *map(escaped, own.tags)))
            yield ""
        yield from _paragraphs(own.description)
        for block in own.blocks:
            yield from self._block(block)

    def _block(self, own: Block) -> Iterator[str]:
        match own:
            case Facts(rows=()):
                return
            case Facts():
                yield from (f"- {label}: {self._cell(cell)}" for label, cell in own.rows)
            case Table():
                rows = ([self._cell(cell) for cell in row] for row in own.rows)
                yield from _table(own.heads, own.figures, rows)
                if own.note:
                    yield ""
                    yield escaped(own.note)
            case Ways():
                yield from _ways(own)
            case _:
                assert_never(own)
        yield ""

    def _cell(self, own: Cell) -> str:
        return "".join(map(self._inline, own))

    def _inline(self, own: Inline) -> str:
        match own:
            case Code():
                return _code(own.text)
            case Ref():
                file = self._places.get(own.anchor)
                if file is None:
                    return escaped(own.text)
                return f"[{escaped(own.text)}]({'' if file == self._file else file}#{own.anchor})"
            case _:
                return escaped(own)


def _ways(own: Ways) -> Iterator[str]:
    bases = {name: base for name, base in own.statuses if base is not None}
    rows = [
        (
            _code(way.name),
            ", ".join("new" if each == NEW else _code(each) for each in way.sources),
            f"{_code(way.destination)} ({bases[way.destination].replace('_', '-')})",
            escaped(way.description),
        )
        for way in own.ways
    ]
    width = 4 if any(row[3] for row in rows) else 3
    heads = ("Transition", "From", "To", "Meaning")
    yield from _table(heads[:width], frozenset(), (row[:width] for row in rows))


def _table(
    heads: Sequence[str], figures: frozenset[str], rows: Iterable[Sequence[str]]
) -> Iterator[str]:
    yield _row(map(escaped, heads))
    yield _row("---:" if head in figures else "---" for head in heads)
    yield from map(_row, rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if paragraph:
            yield escaped(paragraph.strip())
            yield ""


def escaped(text: str) -> str:
    """Write plain text so that Markdown shows it as it is, on one line."""
    line = _SPECIAL.sub(lambda found: _backslashed(found.group()), re.sub(r"\s+", " ", text))
    return "".join(_ENTITIES.get(each, each) for each in line)


def _backslashed(found: str) -> str:
    """Escape the last sign of what was found, which is what would mean something."""
    return f"{found[:-1]}\\{found[-1]}"


def _code(text: str) -> str:
    """Write code; `|` would end a table's cell even in it, and backticks the code."""
    line = " ".join(text.split()).replace("|", "\\|")
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"
