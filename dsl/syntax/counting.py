"""Counting rules: how many instances of services or packages a price goes by."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Name, Node, Word


@dataclass(frozen=True, slots=True)
class CountingRuleDeclaration(Node):
    """`count active_sims = service sim in active where package in open across account tree`.

    Attributes:
        counted: `service` or `package`: what `things` and `statuses` are names of.
        statuses: those counted; empty: every billable one.
        package_statuses: only instances in packages of these statuses; empty: any.
        scope: `account`, `account_tree` or `account_package`; None: `account`.
    """

    doc: str
    name: Name
    counted: Word
    things: tuple[Name, ...]
    statuses: tuple[Name, ...]
    package_statuses: tuple[Name, ...]
    scope: Word | None
