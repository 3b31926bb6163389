"""What a table's columns are: their names, and what their cells hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from compiler.resolve.kinds import Kind

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a cell's text is not what its column holds; `reason` goes on after the text.

    Attributes:
        reason: "is not a country of ISO 3166-1".
        help: what to write instead, or None.
    """

    reason: str
    help: str | None = None


@dataclass(frozen=True, slots=True)
class CellKind(Generic[T_co]):
    """What the cells of a column hold.

    Attributes:
        what: in words: "a country".
        read: from a cell's text, without blanks around it and never empty, to its value.
        hint: what to write instead of a text; asked only for what is reported.
    """

    what: str
    read: Callable[[str], T_co | Unreadable]
    hint: Callable[[str], str] | None = None

    def help_for(self, text: str, reading: Unreadable) -> str | None:
        """Say what to write instead of a text that could not be read."""
        if reading.help is None and self.hint is not None:
            return self.hint(text.strip())
        return reading.help


@dataclass(frozen=True, slots=True)
class Column(Generic[T_co]):
    """One column.

    Attributes:
        name: as the table's header writes it.
        required: the header has it, and no cell of it is empty.
        refers: the kind of thing that its cells are names of, declared elsewhere.
        role: what that is to the table's declaration: `zone`; the edge's kind.
    """

    name: str
    kind: CellKind[T_co]
    required: bool = False
    refers: Kind | None = None
    role: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The columns of a kind of table, in any order in the file.

    Attributes:
        one_of: each row fills at least one of these columns; empty: no such rule.
        bears: the kinds of thing that are declared by rows.
    """

    columns: tuple[Column[object], ...]
    one_of: tuple[Column[object], ...] = ()
    bears: tuple[Kind, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in the order of the form."""
        return tuple(column.name for column in self.columns)
