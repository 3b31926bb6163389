"""Counting rules of a resolved catalog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from compiler.catalog.counting import Counted, CountingRule
from compiler.catalog.known import target_name
from compiler.resolve.model import Resolved
from dsl.syntax.base import Name
from dsl.syntax.counting import CountingRuleDeclaration

_SCOPES: Mapping[str, Literal["account", "account_tree", "account_package"]] = MappingProxyType(
    {
        "account": "account",
        "account_tree": "account_tree",
        "account_package": "account_package",
    }
)


def counting_rules(resolved: Resolved) -> tuple[CountingRule, ...]:
    """Give the counting rules, in order."""
    return tuple(
        CountingRule(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            counts="package" if node.counted.text == "package" else "service",
            things=_counted(resolved, node.things),
            statuses=_counted(resolved, node.statuses),
            package_statuses=_counted(resolved, node.package_statuses),
            scope="account" if node.scope is None else _SCOPES[node.scope.text],
        )
        for node in resolved.all(CountingRuleDeclaration)
    )


def _counted(resolved: Resolved, names: Iterable[Name]) -> tuple[Counted, ...]:
    return tuple(Counted(id=target_name(resolved, name), span=name.span) for name in names)
