"""Guards: what holds of every price of a catalog, whoever edits it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.syntax.base import Money, Name, Node, Number, Percent, Text
from dsl.syntax.expressions import CompareOperator
from dsl.syntax.services import Frequency
from dsl.syntax.tables import TableFile


@dataclass(frozen=True, slots=True)
class ClaimedPrice(Node):
    """`price yearly active`: of the service in question, what is left open being every one."""

    frequency: Frequency | None
    status: Name | None


@dataclass(frozen=True, slots=True)
class ClaimedCost(Node):
    """`cost`: what the service costs its seller, by the guard's table."""


@dataclass(frozen=True, slots=True)
class ClaimedArithmetic(Node):
    """`12 * price monthly`, exact."""

    operator: Literal["+", "-", "*"]
    left: Claimed
    right: Claimed


Claimed = ClaimedPrice | ClaimedCost | ClaimedArithmetic | Number | Percent | Money


@dataclass(frozen=True, slots=True)
class Claim(Node):
    """`price suspended <= price active`."""

    operator: CompareOperator
    left: Claimed
    right: Claimed


@dataclass(frozen=True, slots=True)
class GuardScope(Node):
    """`for every service sim, tablet in package fleet with suspended`.

    Attributes:
        services: those meant; empty: every one that has such prices.
        package: only services that it sells.
        status: only services that have a price in it.
    """

    services: tuple[Name, ...]
    package: Name | None
    status: Name | None


@dataclass(frozen=True, slots=True)
class GuardDeclaration(Node):
    """`guard year_saves "A year costs less than twelve months" { ... }`."""

    doc: str
    name: Name
    title: Text | None
    scopes: tuple[GuardScope, ...]
    claims: tuple[Claim, ...]
    costs: TableFile | None
