"""Whom an edit reaches: the way from what is edited to what is sold, and who holds that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from compiler.graph import Graph
from compiler.resolve.kinds import EntityId, Kind
from proving.plan.edit import Edit

MOST_WAYS = 8
"""How many packages are named with the way to them, for one edit."""


@dataclass(frozen=True, slots=True)
class Holders:
    """How many account packages, of how many accounts, are of a package."""

    account_packages: int
    accounts: int


def with_reach(
    edits: Sequence[Edit], before: Graph | None, after: Graph | None
) -> tuple[Edit, ...]:
    """Give the edits with the ways by which packages depend on them.

    A thing that is gone is looked up where it was.
    """
    ways: dict[str, tuple[tuple[str, ...], ...]] = {}
    found = []
    for edit in edits:
        if edit.entity not in ways:
            graph = after if after is not None and _holds(after, edit.entity) else before
            ways[edit.entity] = () if graph is None else _ways(graph, edit.entity)
        found.append(replace(edit, reaches=ways[edit.entity]))
    return tuple(found)


def _id(entity: str) -> EntityId | None:
    kind, _, name = entity.partition(":")
    known = next((each for each in Kind if each.value == kind), None)
    return None if known is None or not name else EntityId(known, name)


def _holds(graph: Graph, entity: str) -> bool:
    own = _id(entity)
    return own is not None and own in graph.digraph


def _ways(graph: Graph, entity: str) -> tuple[tuple[str, ...], ...]:
    """Give the shortest way to each package that depends on an entity, the nearest first."""
    import networkx as nx

    own = _id(entity)
    if own is None or own not in graph.digraph:
        return ()
    paths: Mapping[EntityId, list[EntityId]] = nx.single_source_shortest_path(
        graph.digraph.reverse(copy=False), own
    )
    packages = sorted(
        (node for node in paths if node.kind is Kind.PACKAGE),
        key=lambda node: (len(paths[node]), node),
    )
    return tuple(tuple(str(step) for step in paths[node]) for node in packages[:MOST_WAYS])


def packages_reached(edits: Sequence[Edit]) -> frozenset[str]:
    """Name the packages that some edits reach."""
    ends = (way[-1] for edit in edits for way in edit.reaches)
    return frozenset(end.removeprefix("package:") for end in ends)


def holders(book: Path, packages: frozenset[str]) -> dict[str, Holders]:
    """Count who holds each of some packages in a book, by its file of account packages."""
    from runtime.engine import open_engine

    path = next(
        (
            book / f"account_packages{ending}"
            for ending in (".csv", ".parquet")
            if (book / f"account_packages{ending}").is_file()
        ),
        None,
    )
    if path is None:
        return {}
    read = "read_csv($path, all_varchar = true)" if path.suffix == ".csv" else "read_parquet($path)"
    with open_engine() as connection:
        rows = connection.execute(
            f"SELECT package, count(*), count(DISTINCT account) FROM {read} GROUP BY package",
            {"path": str(path)},
        ).fetchall()
    return {
        str(package): Holders(int(count), int(accounts))
        for package, count, accounts in sorted(rows)
        if package in packages
    }
