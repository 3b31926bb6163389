"""Where the boxes of a drawn graph stand: in columns, each left of what it depends on.

The columns are the graph's topological generations.  An edge over several columns gets a
stop in each one between, so that it runs between the boxes, not through them; a few sweeps
set every box and stop near what it is connected to, which takes most crossings out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from compiler.graph import Graph
from compiler.resolve.kinds import EntityId

SWEEPS = 12

Edge = tuple[EntityId, EntityId]
Slot = EntityId | tuple[Edge, int]
"""What takes a place in a column: a box, or an edge's stop on its way."""

Row = int
"""A height in a column; a box takes ROOM of them, a stop STOP_ROOM."""
ROOM = 4
STOP_ROOM = 2


@dataclass(frozen=True, slots=True)
class Layers:
    """A graph set out.

    Attributes:
        columns: the boxes and stops of each column from the top down.
        rows: how high each of them stands, from 0.
        ways: for each edge that leads to a later column, its stops on the way.
        backward: the edges that lead back, which there are only on cycles.
        alone: the boxes without an edge, which stand in no column.
    """

    columns: tuple[tuple[Slot, ...], ...]
    rows: Mapping[Slot, Row]
    ways: Mapping[Edge, tuple[Slot, ...]]
    backward: tuple[Edge, ...]
    alone: tuple[EntityId, ...]


def set_out(graph: Graph) -> Layers:
    """Set a graph out in columns; the same graph is always set out the same way."""
    forward, backward = _parted(graph)
    generations: dict[EntityId, int] = {
        node: number
        for number, nodes in enumerate(nx.topological_generations(forward))
        for node in nodes
    }
    column_of = _pulled_right(forward, generations)
    looping = {node for edge in backward for node in edge}
    alone = tuple(node for node in graph.nodes if not forward.degree(node) and node not in looping)
    count = max(column_of.values(), default=-1) + 1
    columns: list[list[Slot]] = [[] for _ in range(count)]
    for node in graph.nodes:
        if node not in alone:
            columns[column_of[node]].append(node)
    ways: dict[Edge, tuple[Slot, ...]] = {}
    for source, target in sorted(forward.edges):
        stops: list[Slot] = []
        for column in range(column_of[source] + 1, column_of[target]):
            stops.append(((source, target), column))
            columns[column].append(stops[-1])
        ways[source, target] = tuple(stops)
    columns = [column for column in columns if column]
    rows = _swept(columns, _neighbours(ways))
    return Layers(tuple(map(tuple, columns)), rows, ways, backward, alone)


def _parted(graph: Graph) -> tuple[nx.DiGraph[EntityId], tuple[Edge, ...]]:
    """Part the edges into those without a cycle, and those that close one."""
    part_of = {
        node: number
        for number, part in enumerate(nx.strongly_connected_components(graph.digraph))
        for node in part
    }
    forward: nx.DiGraph[EntityId] = nx.DiGraph()
    forward.add_nodes_from(graph.nodes)
    backward: list[Edge] = []
    for source, target in sorted(graph.digraph.edges):
        if part_of[source] == part_of[target] and source >= target:
            backward.append((source, target))
        else:
            forward.add_edge(source, target)
    return forward, tuple(backward)


def _pulled_right(
    forward: nx.DiGraph[EntityId], generations: Mapping[EntityId, int]
) -> Mapping[EntityId, int]:
    """Set what nothing refers to right beside what it refers to, which shortens its edges."""
    column_of = dict(generations)
    for node in forward:
        targets = [generations[target] for target in forward.successors(node)]
        if targets and not forward.in_degree(node):
            column_of[node] = min(targets) - 1
    return column_of


def _neighbours(ways: Mapping[Edge, Sequence[Slot]]) -> Mapping[Slot, Sequence[Slot]]:
    found: dict[Slot, list[Slot]] = {}
    for (source, target), stops in ways.items():
        for one, other in pairwise([source, *stops, target]):
            found.setdefault(one, []).append(other)
            found.setdefault(other, []).append(one)
    return found


def _swept(
    columns: Sequence[list[Slot]], neighbours: Mapping[Slot, Sequence[Slot]]
) -> Mapping[Slot, Row]:
    """Sort and place each column by its neighbours, there and back again."""
    place = {slot: number for number, column in enumerate(columns) for slot in column}
    rows: dict[Slot, Row] = {}
    for column in columns:
        rows.update(_stacked(column, [0] * len(column)))
    for sweep in range(2 * SWEEPS):
        is_last = sweep >= 2 * SWEEPS - 2
        numbers = range(len(columns)) if sweep % 2 == 0 else reversed(range(len(columns)))
        side = -1 if sweep % 2 == 0 else 1
        for number in numbers:
            column = columns[number]
            wanted = {
                slot: _middle(
                    [
                        rows[other]
                        for other in neighbours.get(slot, ())
                        if is_last or place[other] - number == side
                    ],
                    rows[slot],
                )
                for slot in column
            }
            column.sort(key=lambda slot: (wanted[slot], rows[slot]))
            rows.update(_stacked(column, [wanted[slot] for slot in column]))
    top = min(rows.values(), default=0)
    return {slot: row - top for slot, row in rows.items()}


def _middle(rows: Sequence[Row], otherwise: Row) -> Row:
    return sum(rows) // len(rows) if rows else otherwise


def _stacked(column: Sequence[Slot], wanted: Sequence[Row]) -> Mapping[Slot, Row]:
    """Place a column in its order, each as near to where it is wanted as the others let it.

    Those that would overlap form a block, which stands where its members on average want to.
    """
    blocks: list[tuple[Row, list[Slot], list[Row]]] = []  # its top, members, their offsets
    for slot, row in zip(column, wanted, strict=True):
        blocks.append((row, [slot], [0]))
        while len(blocks) > 1 and _bottom(blocks[-2]) > blocks[-1][0]:
            last, before = blocks.pop(), blocks.pop()
            blocks.append(_joined(before, last))
    return {
        slot: top + offset
        for top, members, offsets in blocks
        for slot, offset in zip(members, offsets, strict=True)
    }


def _joined(
    before: tuple[Row, list[Slot], list[Row]], last: tuple[Row, list[Slot], list[Row]]
) -> tuple[Row, list[Slot], list[Row]]:
    height = _bottom(before) - before[0]
    count, more = len(before[1]), len(last[1])
    top = (before[0] * count + (last[0] - height) * more) // (count + more)
    offsets = [*before[2], *(height + offset for offset in last[2])]
    return top, [*before[1], *last[1]], offsets


def _bottom(block: tuple[Row, list[Slot], list[Row]]) -> Row:
    top, members, offsets = block
    return top + offsets[-1] + room(members[-1])


def room(slot: Slot) -> Row:
    """Give the rows that a box or a stop takes."""
    return ROOM if isinstance(slot, EntityId) else STOP_ROOM


def height_of(rows: Mapping[Slot, Row], slots: Iterable[Slot]) -> Row:
    """Give the rows that a drawing needs."""
    return max((rows[slot] + room(slot) for slot in slots), default=0)
