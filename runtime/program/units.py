"""The units quantities are written in, by measure, and their size in smallest steps.

Steps are a byte, a second, and one.  `kB` to `TB` are powers of 1000, `KiB` to `TiB` of 1024.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from runtime.program.terms import Measure

if TYPE_CHECKING:
    from runtime.program.model import Program


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: what it measures, and how many steps it holds."""

    name: str
    measure: Measure
    steps: int


MEASURES: tuple[Measure, ...] = ("data", "time", "count")

EACH = Unit("each", "count", 1)
"""What a price without a unit is for: one step of a count."""

EVENT = "event"
"""`per event` prices the event itself, whatever it measures."""

_ALL = (
    Unit("B", "data", 1),
    Unit("byte", "data", 1),
    Unit("kB", "data", 1000),
    Unit("MB", "data", 1000**2),
    Unit("GB", "data", 1000**3),
    Unit("TB", "data", 1000**4),
    Unit("KiB", "data", 1024),
    Unit("MiB", "data", 1024**2),
    Unit("GiB", "data", 1024**3),
    Unit("TiB", "data", 1024**4),
    Unit("s", "time", 1),
    Unit("second", "time", 1),
    Unit("minute", "time", 60),
    Unit("hour", "time", 3600),
    Unit("day", "time", 86400),
    EACH,
    Unit(EVENT, "count", 1),
    Unit("count", "count", 1),
)

UNITS: Mapping[str, Unit] = MappingProxyType({unit.name: unit for unit in _ALL})


def steps_by_unit(program: Program) -> Mapping[str, int]:
    """Give the steps of each unit of a catalog, the language's own and those it declares."""
    own = {unit.name: unit.steps for unit in _ALL}
    return {**own, **{unit.id: unit.steps for unit in program.units}}


def units_of(measure: Measure) -> tuple[str, ...]:
    """Give the names of a measure's units, smallest first."""
    return tuple(unit.name for unit in _ALL if unit.measure == measure)
