"""An explanation: a statement, the facts it rests on, and what explains them in turn."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.invoice.model import PriceSource


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value, as text: exact, dates as ISO 8601."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A node of the tree that text, JSON and a page are drawn from.

    Attributes:
        statement: one sentence or sum that is true by its facts and children.
        facts: what was read, in the order of the derivation.
        children: the parts of the statement, each explained.
        source: the catalog's line it comes from, or None.
    """

    statement: str
    facts: tuple[Fact, ...] = ()
    children: tuple[Explanation, ...] = ()
    source: PriceSource | None = None
