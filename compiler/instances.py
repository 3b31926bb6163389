"""How many of a service a package may hold: what is written, with what is left out."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.catalog.known import whole
from dsl.syntax import offers as written


@dataclass(frozen=True, slots=True)
class Instances:
    """How many of a service a package may hold, and starts with."""

    minimum: int
    maximum: int | None
    default: int


def instances(item: written.PackageService) -> Instances:
    """Give a service's bounds: 1 where nothing is said, 0 and at most 1 where optional."""
    if item.optional is not None:
        minimum = whole(item.minimum, 0)
        return Instances(minimum, whole(item.maximum, 1), whole(item.default, minimum))
    minimum = whole(item.minimum, 1)
    is_open = item.minimum is not None and item.maximum is None
    maximum = None if is_open else whole(item.maximum, minimum)
    return Instances(minimum, maximum, whole(item.default, minimum))
