"""Counting rules."""

from __future__ import annotations

from typing import Literal

from compiler.catalog.base import Entity
from dsl.source import Span
from runtime.program.expressions import Closed


class Counted(Closed):
    """A service or package that a rule counts, or a status it counts in."""

    id: str
    span: Span


class CountingRule(Entity):
    """How many instances there are, times their quantities.

    `statuses` empty: every billable one.  `package_statuses` empty: packages in any.
    """

    counts: Literal["service", "package"]
    things: tuple[Counted, ...]
    statuses: tuple[Counted, ...]
    package_statuses: tuple[Counted, ...]
    scope: Literal["account", "account_tree", "account_package"]
