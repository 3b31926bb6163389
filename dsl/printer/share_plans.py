"""Share plans: each bucket is a group inside the plan's."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.printer import buckets, words
from dsl.printer.layout import Item
from dsl.source import Source
from dsl.syntax.base import Node
from dsl.syntax.declarations import Declaration
from dsl.syntax.share_plans import PoolTerm, SharedBucket, SharePlanDeclaration


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    if not isinstance(node, SharePlanDeclaration):
        return None
    items = [_bucket(source, bucket) for bucket in node.buckets]
    if node.sold_as:
        items.append(words.line(node.sold_as, "share plan", "sold as", node.sold_as.text))
    title = words.title(source, node.title)
    return words.group(source, node, f"share plan {node.name.text}{title}", items)


def _bucket(source: Source, node: SharedBucket) -> Item:
    items = buckets.statements(source, node)
    if node.pool:
        pool = " + ".join(_pool_term(source, term) for term in node.pool)
        items.append(_between(node.pool, "pool", pool))
    if node.consumers:
        items.append(_between(node.consumers, "consumed by", words.names(node.consumers)))
    return words.group(source, node, f"bucket {node.name.text} of {node.base.text}", items)


def _between(nodes: Sequence[Node], *cells: str) -> Item:
    return words.stretch(nodes[0].span, nodes[-1].span, buckets.TABLE, *cells)


def _pool_term(source: Source, node: PoolTerm) -> str:
    size = words.quantity(source, node.size)
    if node.service is None:
        return size
    statuses = f" in {words.names(node.statuses)}" if node.statuses else ""
    return f"{size} per {node.service.text}{statuses}"
