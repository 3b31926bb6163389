"""An edit: one difference between two catalogs, as a reviewer would name it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, get_args

Level = Literal["text", "future", "money", "identity"]
"""What an edit can do, the mildest first.

`text`: only what is read changes.  `future`: what is sold or renewed from some day on.
`money`: what those pay who are billed already.  `identity`: a name that books, usage and posted
lines refer to is gone or means another thing.
"""

LEVELS: tuple[Level, ...] = get_args(Level)

Verb = Literal[
    "added",
    "removed",
    "renamed",
    "price up",
    "price down",
    "repriced",
    "widened",
    "narrowed",
    "changed",
    "reworded",
]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit.

    Attributes:
        noun: what is edited, `recurring price`, `package service`.
        subject: which one, `sim, monthly, active, USD`.
        before, after: what it said and says; None where it was or is not there.
        entity: the declaration it belongs to, as the graph knows it, `service:sim`.
        place: the line that says so now, or said so, `services.ratebook:17`.
        reaches: what is sold that depends on it, each with the way there.
    """

    verb: Verb
    level: Level
    noun: str
    subject: str
    before: str | None
    after: str | None
    entity: str
    place: str
    reaches: tuple[tuple[str, ...], ...] = ()

    @property
    def id(self) -> str:
        """By which a policy can exempt it: `recurring price: sim, monthly, active, USD`."""
        return f"{self.noun}: {self.subject}"


def with_ways(edits: Sequence[Edit]) -> Iterator[tuple[Edit, tuple[tuple[str, ...], ...]]]:
    """Give each edit with the ways to tell of: those of one line share them, told with the last."""
    for edit, behind in zip_longest(edits, edits[1:]):
        is_shared = behind is not None and _line(behind) == _line(edit)
        yield edit, () if is_shared else edit.reaches


def _line(edit: Edit) -> tuple[object, ...]:
    return (edit.noun, edit.place, edit.reaches)


def highest(levels: tuple[Level, ...]) -> Level | None:
    """Give the highest of some levels; None of none."""
    return max(levels, key=LEVELS.index, default=None)
