"""A lifecycle as a picture: a column a status, a row a transition, from left to right or back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from proving.pricesheet.model import Way, Ways

LABEL = 130  # room for the names of the transitions, on the left
COLUMN = 128
HEAD = 44
ROW = 30
BOX = 116
LONGEST = 15

FILLS = {
    None: ("#f4f6f8", "#5d6d7e"),
    "billable": ("#e9f7ef", "#1e8449"),
    "non_billable": ("#eef2f7", "#2c5f8a"),
    "canceled": ("#fdecea", "#b03a2e"),
}
"""The fill and the line of a status, by its base; None: the start."""


def lifecycle_svg(own: Ways, label: str) -> str:
    """Draw the ways through a lifecycle."""
    width = LABEL + COLUMN * len(own.statuses)
    height = HEAD + ROW * len(own.ways) + 8
    columns = {
        name: LABEL + COLUMN * place + COLUMN // 2 for place, (name, _) in enumerate(own.statuses)
    }
    parts = [*_columns(own, columns, height)]
    for place, way in enumerate(own.ways):
        parts += _way(way, columns, HEAD + ROW * place + ROW // 2)
    return (
        f'<svg class="ways" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def _columns(own: Ways, columns: Mapping[str, int], height: int) -> Iterator[str]:
    for name, base in own.statuses:
        fill, line = FILLS[base]
        x = columns[name]
        said = name if base is None else f"{name}: {base.replace('_', '-')}"
        yield (
            f'<g><title>{escape(said)}</title><line x1="{x}" x2="{x}" y1="34" y2="{height - 4}" '
            f'stroke="{line}" stroke-opacity=".25" stroke-dasharray="3 4"/>'
            f'<rect x="{x - BOX // 2}" y="6" width="{BOX}" height="28" rx="14" fill="{fill}" '
            f'stroke="{line}"/><text x="{x}" y="24" text-anchor="middle" style="fill:{line}">'
            f"{escape(_short(name))}</text></g>"
        )


def _way(way: Way, columns: Mapping[str, int], y: int) -> Iterator[str]:
    """Draw a transition: dots where it may begin, and one arrow to where it ends."""
    target = columns[way.destination]
    told = f"{way.name}: {', '.join(way.sources)} to {way.destination}"
    yield f"<g><title>{escape(told)}</title>"
    yield f'<text x="0" y="{y + 4}" class="name">{escape(_short(way.name))}</text>'
    starts = [columns[each] for each in way.sources]
    for side in (-1, 1):
        own = [x for x in starts if (target - x) * side > 0]
        if own:
            far = min(own) if side > 0 else max(own)
            tip = target - side * 4
            yield (
                f'<line x1="{far}" x2="{tip - side * 5}" y1="{y}" y2="{y}" class="way"/>'
                f'<path d="M{tip - side * 7},{y - 4} L{tip},{y} L{tip - side * 7},{y + 4} z" '
                'class="tip"/>'
            )
    if target in starts:
        yield f'<circle cx="{target}" cy="{y}" r="7" fill="none" class="way"/>'
    yield "".join(f'<circle cx="{x}" cy="{y}" r="4" class="tip"/>' for x in starts)
    yield "</g>"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
