"""A name that refers to something, as it is found before it is bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.resolve.kinds import Kind
from dsl.syntax.base import Name


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that refers: its role and the kind needed.

    A transition's is that of a `lifecycle`, or of the lifecycle `of_service` has.
    """

    name: Name
    role: str
    wanted: Kind
    lifecycle: Name | None = None
    of_service: Name | None = None


def optional(name: Name | None, role: str, wanted: Kind) -> Iterator[Mention]:
    """Give the mention of a name that may be left out."""
    if name is not None:
        yield Mention(name, role, wanted)
