"""A price sheet as a static site: HTML that stands alone, without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import assert_never

from proving.pricesheet.lifecycle_svg import lifecycle_svg
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
from proving.style import STYLE

MARK = "<!-- Written by ratebook docs. What is changed by hand is overwritten. -->"

KEPT_WHOLE = 18
"""So many letters in a cell stay on one line."""

LONG = 36
"""So many letters make a column that is not to become narrow, on whatever screen."""

_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")

OWN_STYLE = """
html { scroll-behavior: smooth; } a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
header { background: var(--paper); border-bottom: 1px solid var(--line); }
header div { margin: 0 auto; padding: 26px 20px 0; }
nav { display: flex; flex-wrap: wrap; gap: 4px 22px; margin-top: 18px; }
nav a, nav b { padding: 6px 0 9px; border-bottom: 3px solid transparent; }
nav b { border-color: var(--accent); font-weight: 600; }
main { padding-top: 8px; } main, header div { max-width: 1120px; }
h3 .tag { font-weight: 400; }
.contents { display: flex; flex-wrap: wrap; gap: 6px; margin: 10px 0 4px; }
.contents a { background: var(--paper); border: 1px solid var(--line); border-radius: 999px;
  padding: 2px 11px; font-size: 13px; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
  padding: 18px 20px; margin: 14px 0; scroll-margin-top: 12px; }
section:target { border-color: var(--accent); box-shadow: 0 0 0 3px #21618c22; }
h3 { font-size: 17px; margin: 0; display: flex; flex-wrap: wrap; gap: 4px 10px;
  align-items: baseline; overflow-wrap: anywhere; }
section > p { margin: 6px 0; max-width: 72ch; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 18px; margin: 12px 0 4px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin-top: 12px; }
.scroll td, .scroll th { padding-right: 20px; }
.scroll td:last-child, .scroll th:last-child { padding-right: 0; }
section > .scroll:first-child { margin-top: 0; }
.scroll tr.goes-on td { border-bottom: 0; padding-bottom: 1px; }
.scroll td { min-width: 7em; } .scroll td.n { white-space: normal; min-width: 5em; }
.scroll td.l { min-width: 14em; } .day { white-space: nowrap; }
.scroll td.k { white-space: nowrap; min-width: 0; }
svg.ways { width: auto; max-width: none; margin: 6px 0; }
svg.ways text { font-size: 12px; } svg.ways .name { fill: var(--ink); }
.way { stroke: #5d6d7e; stroke-width: 1.5; } .tip { fill: #5d6d7e; }
.note { font-size: 13px; color: var(--soft); }
@media (max-width: 560px) { dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 7px; } section { padding: 14px; } main { padding-left: 12px;
  padding-right: 12px; } }
@media print { nav, .contents { display: none; } section { break-inside: avoid; } }
"""


def site_pages(sheet: Sheet) -> Mapping[str, str]:
    """Give the files of a price sheet, by name; `index.html` is the first page."""
    places = {anchor: f"{page}.html" for anchor, page in sheet.places().items()}
    return {
        f"{page.name}.html": "".join(f"{line}\n" for line in _page(sheet, page, places))
        for page in sheet.pages
    }


def _page(sheet: Sheet, page: Page, places: Mapping[str, str]) -> Iterator[str]:
    writer = _Writer(places, f"{page.name}.html")
    yield "<!doctype html>"
    yield MARK
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(f'{sheet.title}: {page.title.lower()}')}</title>"
    yield f"<style>{STYLE}{OWN_STYLE}</style></head><body><header><div>"
    yield f"<h1>{escape(sheet.title)}</h1>"
    yield from _paragraphs(sheet.description, ' class="soft"')
    yield "<nav>"
    for each in sheet.pages:
        name = escape(each.title)
        yield f"<b>{name}</b>" if each is page else f'<a href="{each.name}.html">{name}</a>'
    yield "</nav></div></header><main>"
    for chapter in page.chapters:
        yield from writer.chapter(chapter)
    yield "</main></body></html>"


class _Writer:
    """Writes what stands on one page; `places` are the files of the anchors."""

    def __init__(self, places: Mapping[str, str], file: str) -> None:
        self._places = places
        self._file = file

    def chapter(self, own: Chapter) -> Iterator[str]:
        yield f"<h2>{escape(own.title)}</h2>"
        if own.intro:
            yield f'<p class="soft">{_ticked(own.intro)}</p>'
        if len(own.items) > 1:
            links = (f'<a href="#{each.anchor}">{escape(each.title)}</a>' for each in own.items)
            yield f'<div class="contents">{"".join(links)}</div>'
        for block in own.blocks:
            yield "<section>"
            yield from self._block(block, own.title)
            yield "</section>"
        for item in own.items:
            yield from self._item(item)

    def _item(self, own: Item) -> Iterator[str]:
        name = f"<code>{escape(own.name)}</code>" if own.name != own.title else ""
        tags = "".join(f'<span class="tag">{escape(tag)}</span>' for tag in own.tags)
        yield f'<section id="{own.anchor}"><h3>{escape(own.title)}{name}{tags}</h3>'
        yield from _paragraphs(own.description)
        for block in own.blocks:
            yield from self._block(block, own.title)
        yield "</section>"

    def _block(self, own: Block, title: str) -> Iterator[str]:
        match own:
            case Facts():
                if own.rows:
                    said = (
                        f"<dt>{escape(label)}</dt><dd>{self._cell(cell)}</dd>"
                        for label, cell in own.rows
                    )
                    yield f"<dl>{''.join(said)}</dl>"
            case Table():
                yield from self._table(own)
            case Ways():
                yield f'<div class="scroll">{lifecycle_svg(own, title)}</div>'
                told = [(way.name, (way.description,)) for way in own.ways if way.description]
                yield from self._block(Facts(tuple(told)), title)
            case _:
                assert_never(own)

    def _table(self, own: Table) -> Iterator[str]:
        kinds = [_kind(own, column) for column in range(len(own.heads))]
        heads = zip(own.heads, kinds, strict=True)
        yield '<div class="scroll"><table><thead><tr>'
        yield "".join(f"<th{kind}>{escape(head)}</th>" for head, kind in heads)
        yield "</tr></thead><tbody>"
        for place, row in enumerate(own.rows):
            goes_on = place + 1 < len(own.rows) and not own.rows[place + 1][0]
            cells = zip(row, kinds, strict=True)
            told = "".join(f"<td{kind}>{self._cell(cell)}</td>" for cell, kind in cells)
            yield f"<tr{' class=goes-on' if goes_on else ''}>{told}</tr>"
        yield "</tbody></table></div>"
        if own.note:
            yield f'<p class="note">{escape(own.note)}</p>'

    def _cell(self, own: Cell) -> str:
        return "".join(map(self._inline, own))

    def _inline(self, own: Inline) -> str:
        match own:
            case Code():
                return f"<code>{escape(own.text)}</code>"
            case Ref():
                file = self._places.get(own.anchor)
                if file is None:
                    return escape(own.text)
                place = "" if file == self._file else file
                return f'<a href="{place}#{own.anchor}">{escape(own.text)}</a>'
            case _:
                return _DAY.sub(r'<span class="day">\g<0></span>', escape(own))


def _kind(own: Table, column: int) -> str:
    """Give a column's class: of figures, and of what is too short to be broken."""
    longest = max((_length(row[column]) for row in own.rows), default=0)
    figure = "n" if own.heads[column] in own.figures else ""
    kept = "k" if longest <= KEPT_WHOLE else ""
    long = "l" if longest >= LONG else ""
    names = " ".join(filter(None, (figure, kept, long)))
    return f' class="{names}"' if names else ""


def _length(own: Cell) -> int:
    return sum(len(each if isinstance(each, str) else each.text) for each in own)


def _paragraphs(text: str, kind: str = "") -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if paragraph:
            yield f"<p{kind}>{escape(' '.join(paragraph.split()))}</p>"


def _ticked(text: str) -> str:
    """Write an intro of ours, in which names stand in backticks."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(text))
