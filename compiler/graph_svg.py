"""The dependency graph as a picture: SVG that a browser shows, without another program.

Boxes stand in columns, each left of what it depends on; colours tell the kinds, and the
legend names them.  An edge that closes a cycle is red.  Pointing at a box or an edge shows
its whole name, or what the one is to the other.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from compiler.graph import Graph
from compiler.graph_layers import ROOM, Edge, Layers, Slot, height_of, room, set_out
from compiler.resolve.kinds import EntityId, Kind

FONT = "font-family=\"'DejaVu Sans', 'Helvetica Neue', Arial, sans-serif\""
MARGIN = 24
ROW = 14  # pixels of a row of the layout; a box has four rows, one of them its gap
BOX = ROW * ROOM - 14
GAP = 76  # between two columns, for the edges
LETTER = 8  # the widest that a letter of a name is on average
LONGEST_NAME = 28
LEGEND_ROW = 22
NARROWEST = 900
INK, LINE, CYCLE = "#1f2933", "#7b8794", "#c81e1e"


@dataclass(frozen=True, slots=True)
class _Box:
    """Where a box, or an edge's stop, stands, in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


def to_svg(graph: Graph) -> str:
    """Draw the graph."""
    layers = set_out(graph)
    boxes = _boxes(layers)
    below = 2 * MARGIN + height_of(layers.rows, layers.rows) * ROW
    alone = _alone(layers.alone, below + MARGIN // 2, max(_right(boxes.values()), NARROWEST))
    boxes = {**boxes, **alone}
    legend_y = max((box.y + box.height for box in boxes.values()), default=0) + 2 * MARGIN
    kinds = sorted({node.kind for node in graph.nodes}, key=list(Kind).index)
    width = max(_right(boxes.values()), NARROWEST) + MARGIN
    legend, height = _legend(kinds, legend_y, width)
    roles = _roles(graph)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" {FONT} font-size="13">',
        *_head(),
        *(_edge(edge, stops, boxes, roles[edge]) for edge, stops in layers.ways.items()),
        *(_edge_back(edge, boxes, roles[edge]) for edge in layers.backward),
        *(_node(slot, box) for slot, box in boxes.items() if isinstance(slot, EntityId)),
        *([_heading(below, "refers to nothing, and nothing refers to it")] if alone else []),
        *legend,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _boxes(layers: Layers) -> dict[Slot, _Box]:
    boxes: dict[Slot, _Box] = {}
    x = MARGIN
    for column in layers.columns:
        width = max((_width(slot) for slot in column if isinstance(slot, EntityId)), default=0)
        for slot in column:
            y = MARGIN + layers.rows[slot] * ROW
            height = BOX if isinstance(slot, EntityId) else room(slot) * ROW
            boxes[slot] = _Box(x, y, width, height)
        x += width + GAP
    return boxes


def _alone(nodes: Sequence[EntityId], y: int, right: int) -> dict[Slot, _Box]:
    """Set the boxes without an edge in lines under the others."""
    boxes: dict[Slot, _Box] = {}
    x = MARGIN
    for node in nodes:
        width = _width(node)
        if x > MARGIN and x + width > right:
            x, y = MARGIN, y + ROOM * ROW
        boxes[node] = _Box(x, y, width, BOX)
        x += width + MARGIN
    return boxes


def _right(boxes: Iterable[_Box]) -> int:
    return max((box.x + box.width for box in boxes), default=0)


def _width(node: EntityId) -> int:
    return 20 + LETTER * max(len(_shown(node.name)), len(node.kind.words) - 2)


def _shown(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _head() -> Iterator[str]:
    yield '<rect width="100%" height="100%" fill="#ffffff"/>'
    yield "<defs>"
    for name, colour in (("arrow", LINE), ("cycle", CYCLE)):
        yield (
            f'<marker id="{name}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
            f'markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="{colour}"/></marker>'
        )
    yield "</defs>"


def _roles(graph: Graph) -> Mapping[Edge, str]:
    """Say in words what each edge means: `service:data → lifecycle:line: lifecycle`."""
    return {
        (source, target): f"{source} → {target}: "
        + ", ".join(dict.fromkeys(one.role for one in graph.between(source, target)))
        for source, target in graph.digraph.edges
    }


def _edge(edge: Edge, stops: Sequence[Slot], boxes: Mapping[Slot, _Box], told: str) -> str:
    """Draw an edge from box to box, level through the columns where it stops."""
    source, target = boxes[edge[0]], boxes[edge[1]]
    x, y = source.x + source.width, source.middle
    path = [f"M{x},{y}"]
    for slot in stops:
        stop = boxes[slot]
        path += [_curve(x, y, stop.x, stop.middle), f"H{stop.x + stop.width}"]
        x, y = stop.x + stop.width, stop.middle
    path.append(_curve(x, y, target.x, target.middle))
    return _path(path, LINE, "arrow", told)


def _curve(x: int, y: int, to_x: int, to_y: int) -> str:
    half = (to_x - x) // 2
    return f"C{x + half},{y} {to_x - half},{to_y} {to_x},{to_y}"


def _edge_back(edge: Edge, boxes: Mapping[Slot, _Box], told: str) -> str:
    """Draw an edge that closes a cycle, over the boxes and back to the left."""
    source, target = boxes[edge[0]], boxes[edge[1]]
    x, to_x = source.x + source.width, target.x
    top = min(source.y, target.y) - ROW
    path = [
        f"M{x},{source.middle}",
        f"C{x + MARGIN},{source.middle} {x + MARGIN},{top} {x},{top}",
        f"H{to_x}",
        f"C{to_x - MARGIN},{top} {to_x - MARGIN},{target.middle} {to_x},{target.middle}",
    ]
    return _path(path, CYCLE, "cycle", told)


def _path(path: Sequence[str], colour: str, marker: str, told: str) -> str:
    return (
        f'<path d="{" ".join(path)}" fill="none" stroke="{colour}" stroke-width="1.3" '
        f'marker-end="url(#{marker})"><title>{escape(told)}</title></path>'
    )


def _node(node: EntityId, box: _Box) -> str:
    fill, border = _colours(node.kind)
    middle = box.x + box.width // 2
    return (
        f'<g><title>{escape(str(node))}</title><rect x="{box.x}" y="{box.y}" width="{box.width}" '
        f'height="{box.height}" rx="6" fill="{fill}" stroke="{border}" stroke-width="1.5"/>'
        f'<text x="{middle}" y="{box.y + 16}" text-anchor="middle" font-size="11" '
        f'fill="{border}">{escape(node.kind.words)}</text>'
        f'<text x="{middle}" y="{box.y + 33}" text-anchor="middle" font-weight="bold" '
        f'fill="{INK}">{escape(_shown(node.name))}</text></g>'
    )


def _heading(y: int, words: str) -> str:
    return f'<text x="{MARGIN}" y="{y}" font-weight="bold" fill="{INK}">{words}</text>'


def _legend(kinds: Sequence[Kind], y: int, right: int) -> tuple[list[str], int]:
    """Name the colours, and say what an arrow means; give the height of the drawing, too."""
    parts = [_heading(y, "a → b: a refers to b, and depends on it; red: it closes a cycle")]
    x, y = MARGIN, y + LEGEND_ROW
    for kind in kinds:
        width = 34 + LETTER * len(kind.words)
        if x > MARGIN and x + width > right:
            x, y = MARGIN, y + LEGEND_ROW
        fill, border = _colours(kind)
        parts.append(
            f'<rect x="{x}" y="{y - 11}" width="14" height="14" rx="3" fill="{fill}" '
            f'stroke="{border}" stroke-width="1.5"/>'
            f'<text x="{x + 20}" y="{y}" fill="{INK}">{escape(kind.words)}</text>'
        )
        x += width
    return parts, y + MARGIN


def _colours(kind: Kind) -> tuple[str, str]:
    """Give a kind's light and dark colour; kinds that follow each other look unlike."""
    hue = list(Kind).index(kind) * 137 % 360  # the golden angle
    return _hex(hue, 93, 70), _hex(hue, 33, 60)


def _hex(hue: int, lightness: int, saturation: int) -> str:
    parts = colorsys.hls_to_rgb(hue / 360, lightness / 100, saturation / 100)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
