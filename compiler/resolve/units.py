"""The units of a catalog: the language's own, and those that it declares in terms of them."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.numbers import is_whole
from compiler.resolve.kinds import EntityId, Kind
from compiler.resolve.model import Resolved
from compiler.resolve.walk import every
from dsl.syntax.base import Name, Node, Quantity
from dsl.syntax.buckets import BaseBucketDeclaration
from dsl.syntax.declarations import Declaration
from dsl.syntax.feeds import FeedQuantity, UnitDeclaration
from dsl.syntax.prices import Bound, PriceTerm
from runtime.program.units import UNITS, Unit

MAX_STEPS = 2**63 - 1
"""The most steps that usage is counted in, and so the most that a unit may hold."""

WITH_UNITS: tuple[type[Node], ...] = (
    Quantity,
    FeedQuantity,
    PriceTerm,
    Bound,
    BaseBucketDeclaration,
)
"""What names a unit, or may."""


def unit_names(declaration: Declaration) -> Iterator[Name]:
    """Give every name of a unit in a declaration; what a unit itself is made of is none."""
    if isinstance(declaration, UnitDeclaration):
        return
    for node in every(declaration, *WITH_UNITS):
        yield from unit_in(node)


def unit_in(node: Node) -> tuple[Name, ...]:
    """Give the unit that one of WITH_UNITS names, if it names one."""
    match node:
        case Quantity() | FeedQuantity():
            return (node.unit,)
        case PriceTerm() | Bound() | BaseBucketDeclaration() if node.unit is not None:
            return (node.unit,)
        case _:
            return ()


def unit_of(resolved: Resolved, name: Name | None) -> Unit | None:
    """Give the unit a name means; None where there is no name, or no sound unit of it."""
    return None if name is None else unit_called(resolved, name.text)


def unit_called(resolved: Resolved, name: str) -> Unit | None:
    """Give the unit of a name; None where there is no sound one."""
    declared = resolved.entities.get(EntityId(Kind.UNIT, name))
    if name in UNITS or declared is None or not isinstance(declared.node, UnitDeclaration):
        return UNITS.get(name)
    return declared_unit(declared.node)


def declared_unit(node: UnitDeclaration) -> Unit | None:
    """Give the unit of a declaration; None where it is not a whole number of steps."""
    base = UNITS.get(node.size.unit.text)
    steps = None if base is None else node.size.amount * base.steps
    if base is None or steps is None or not is_whole(steps) or not 0 < steps <= MAX_STEPS:
        return None
    return Unit(node.name.text, base.measure, int(steps))


def known_units(resolved: Resolved) -> tuple[str, ...]:
    """Give the names of all units, the language's own first."""
    own = tuple(node.name.text for node in resolved.all(UnitDeclaration))
    return (*UNITS, *own)
