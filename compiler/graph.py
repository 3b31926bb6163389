"""What depends on what: a node for each entity, an edge for each bound reference."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from compiler.resolve.kinds import PROVING, EntityId, Kind
from compiler.resolve.model import Reference, Resolved
from compiler.resolve.nearest import nearest
from compiler.tables.destinations import TableZone

if TYPE_CHECKING:
    import networkx as nx

MOST_CYCLES = 20
"""How many cycles are reported of one group of entities that all depend on each other."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A way along references that ends where it began; the first is the earliest in the text."""

    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """The dependency graph of a catalog.

    `digraph` has an EntityId for a node; the edge from one to another holds under
    `references` every reference that makes it, in order of place.
    """

    digraph: nx.DiGraph[EntityId]

    @property
    def nodes(self) -> tuple[EntityId, ...]:
        """Every entity, by kind and name."""
        return tuple(sorted(self.digraph.nodes))

    @property
    def edges(self) -> tuple[Reference, ...]:
        """Every reference, by source, target and place."""
        return tuple(
            reference
            for source, target in sorted(self.digraph.edges)
            for reference in self.between(source, target)
        )

    def between(self, source: EntityId, target: EntityId) -> tuple[Reference, ...]:
        """Give the references from one entity to another, in order of place."""
        found: tuple[Reference, ...] = self.digraph.edges[source, target]["references"]
        return found


def graph_of(resolved: Resolved) -> Graph:
    """Build the graph of all that is bound; poisoned and builtin references make no edge.

    Of the zones that stand in tables, which may be thousands, only the used ones are in it.
    Tests and guards are not: nothing that is sold depends on them.
    """
    import networkx as nx

    digraph: nx.DiGraph[EntityId] = nx.DiGraph()
    idle = _idle_rows(resolved)
    digraph.add_nodes_from(
        own for own in resolved.entities if own not in idle and own.kind not in PROVING
    )
    edges: dict[tuple[EntityId, EntityId], list[Reference]] = {}
    for reference in resolved.references:
        if reference.source in idle or reference.source.kind in PROVING:
            continue
        if reference.target is not None and reference.target in resolved.entities:
            edges.setdefault((reference.source, reference.target), []).append(reference)
    for (source, target), references in edges.items():
        ordered = sorted(references, key=lambda reference: reference.name.span)
        digraph.add_edge(source, target, references=tuple(ordered))
    return Graph(digraph)


def _idle_rows(resolved: Resolved) -> Set[EntityId]:
    """Give the zones of tables that nothing refers to."""
    if not resolved.tables.read:
        return frozenset()
    rows = {own for own, each in resolved.entities.items() if isinstance(each.node, TableZone)}
    return rows - {reference.target for reference in resolved.references}


def has_cycle(resolved: Resolved) -> bool:
    """Whether some entities depend on each other, told without drawing the graph.

    As in `cycles`, counting asks for no price.
    """
    targets: dict[EntityId, set[EntityId]] = {}
    sources: dict[EntityId, list[EntityId]] = {}
    for reference in resolved.references:
        source, target = reference.source, reference.target
        if target is None or source.kind is Kind.COUNTING_RULE or target not in resolved.entities:
            continue
        known = targets.setdefault(source, set())
        if target not in known:
            known.add(target)
            sources.setdefault(target, []).append(source)
    left = {source: len(known) for source, known in targets.items()}
    free = [target for target in sources if target not in left]
    for target in free:  # what depends on nothing is taken away, until nothing more is
        for source in sources.get(target, ()):
            left[source] -= 1
            if not left[source]:
                free.append(source)
    return any(left.values())


def cycles(graph: Graph) -> tuple[Cycle, ...]:
    """Give the independent cycles, in order of place.

    Each is a shortest one through a reference that no cycle before it goes through, so that
    together they go through every reference that lies on a cycle at all.  Of one group of
    entities that all depend on each other, only the first MOST_CYCLES are given.
    A service may be priced by how many of it there are: counting asks for no price.
    """
    import networkx as nx

    priced: nx.DiGraph[EntityId] = nx.DiGraph()
    priced.add_nodes_from(graph.digraph.nodes)
    priced.add_edges_from(
        (source, target)
        for source, target in graph.digraph.edges
        if source.kind is not Kind.COUNTING_RULE
    )
    found = [
        cycle
        for part in nx.strongly_connected_components(priced)
        for cycle in _cycles_within(graph, _ordered(priced.subgraph(part)))
    ]
    return tuple(sorted(found, key=lambda cycle: cycle.references[0].name.span))


def _cycles_within(graph: Graph, part: nx.DiGraph[EntityId]) -> list[Cycle]:
    """Cover a group's references with cycles, beginning with the first in the text."""
    firsts = [graph.between(source, target)[0] for source, target in part.edges]
    found: list[Cycle] = []
    covered: set[Reference] = set()
    for reference in sorted(firsts, key=lambda first: first.name.span):
        if reference not in covered and len(found) < MOST_CYCLES:
            cycle = _cycle_from(graph, part, reference)
            covered.update(cycle.references)
            found.append(cycle)
    return found


def _cycle_from(graph: Graph, part: nx.DiGraph[EntityId], first: Reference) -> Cycle:
    """Close a reference's edge to a cycle by a shortest way back to its source."""
    import networkx as nx

    if first.target is None or first.target == first.source:
        return Cycle((first,))
    way = nx.shortest_path(part, first.target, first.source)
    back = (graph.between(source, target)[0] for source, target in pairwise(way))
    return Cycle((first, *back))


def _ordered(digraph: nx.DiGraph[EntityId]) -> nx.DiGraph[EntityId]:
    """Give the same graph with nodes and edges in sorted order, so that ways are stable."""
    import networkx as nx

    ordered: nx.DiGraph[EntityId] = nx.DiGraph()
    ordered.add_nodes_from(sorted(digraph.nodes))
    ordered.add_edges_from(sorted(digraph.edges))
    return ordered


def topological_order(graph: Graph) -> tuple[EntityId, ...]:
    """Give the entities, each after what it depends on; ties by kind and name.

    The members of a cycle stand together, where the cycle as a whole belongs.
    """
    import networkx as nx

    condensed = nx.condensation(graph.digraph.reverse(copy=True))
    members: dict[int, list[EntityId]] = {
        part: sorted(condensed.nodes[part]["members"]) for part in condensed.nodes
    }
    ordered = nx.lexicographical_topological_sort(condensed, key=lambda part: members[part][0])
    return tuple(entity for part in ordered for entity in members[part])


def select(graph: Graph, expression: str) -> Graph:
    """Give the part of the graph that a selection names.

    `service:access` is the entity, `+service:access` with all it depends on, and
    `service:access+` with all that depends on it; `service:` is every entity of the kind.
    Several selections, parted by spaces, are taken together.  Raise SelectionFault where
    one names nothing.
    """
    chosen: set[EntityId] = set()
    for term in expression.split():
        chosen |= _select_term(graph, term)
    if not chosen:
        raise SelectionFault("the selection is empty; write it as `+service:access`")
    part: nx.DiGraph[EntityId] = graph.digraph.subgraph(chosen).copy()
    return Graph(part)


class SelectionFault(Exception):
    """A selection that names nothing in the graph; the message says what it could be."""


def _select_term(graph: Graph, term: str) -> set[EntityId]:
    import networkx as nx

    wanted = term.strip("+")
    roots = {node for node in graph.digraph if _is_named(node, wanted)}
    if not roots:
        near = nearest(wanted, (f"{node.kind.value}:{node.name}" for node in graph.digraph))
        hint = f"did you mean `{near}`?" if near else "write a kind and a name, `service:access`"
        raise SelectionFault(f"`{wanted}` names nothing; {hint}")
    chosen = set(roots)
    for root in roots:
        if term.startswith("+"):
            chosen |= _union([nx.descendants(graph.digraph, root)])
        if term.endswith("+"):
            chosen |= _union([nx.ancestors(graph.digraph, root)])
    return chosen


def _is_named(node: EntityId, wanted: str) -> bool:
    kind, _, name = wanted.partition(":")
    return node.kind.value == kind and (not name or node.name == name)


def _union(sets: Iterable[set[EntityId]]) -> set[EntityId]:
    return {node for nodes in sets for node in nodes}
