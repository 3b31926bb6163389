"""The dependency graph as text for other programs: DOT, Mermaid, JSON, SVG."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from compiler.graph import Graph
from compiler.graph_svg import to_svg
from compiler.resolve.kinds import EntityId


def to_dot(graph: Graph) -> str:
    """Write the graph for Graphviz, from what refers to what is referred to."""
    lines = ["digraph catalog {", "  rankdir=LR;", "  node [shape=box];"]
    for node in graph.nodes:
        label = f"{node.kind.words}\\n{node.name}"
        lines.append(f'  "{node}" [label="{label}"];')
    for source, target, roles in _edges(graph):
        lines.append(f'  "{source}" -> "{target}" [label="{roles}"];')
    return "\n".join([*lines, "}"]) + "\n"


def to_mermaid(graph: Graph) -> str:
    """Write the graph for Mermaid, which Markdown viewers draw."""
    ids = {node: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    lines += [f'  {ids[node]}["{node.kind.words}<br/>{node.name}"]' for node in graph.nodes]
    lines += [
        f"  {ids[source]} -->|{roles}| {ids[target]}" for source, target, roles in _edges(graph)
    ]
    return "\n".join(lines) + "\n"


def to_json(graph: Graph) -> str:
    """Write nodes with their kinds, and every reference with its role and place."""
    body = {
        "nodes": [
            {"id": str(node), "kind": node.kind.words, "name": node.name} for node in graph.nodes
        ],
        "edges": [
            {
                "source": str(reference.source),
                "target": str(reference.target),
                "role": reference.role,
                "path": reference.name.span.path,
                "start": reference.name.span.start,
                "end": reference.name.span.end,
            }
            for reference in graph.edges
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _edges(graph: Graph) -> list[tuple[EntityId, EntityId, str]]:
    """Give each edge once, with the roles of its references."""
    roles: dict[tuple[EntityId, EntityId], dict[str, None]] = {}
    for reference in graph.edges:
        if reference.target is not None:
            roles.setdefault((reference.source, reference.target), {})[reference.role] = None
    return [(source, target, ", ".join(own)) for (source, target), own in roles.items()]


FORMATS: Mapping[str, Callable[[Graph], str]] = MappingProxyType(
    {"dot": to_dot, "mermaid": to_mermaid, "json": to_json, "svg": to_svg}
)
"""What writes a format, by its name."""
