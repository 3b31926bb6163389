"""A table that was read: its columns, its places, and what was found wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Generic, TypeVar, cast

from compiler.tables.form import Column, Form, Unreadable
from compiler.tables.places import cell_span, row_span
from dsl.codes import Code
from dsl.diagnostic import Label
from dsl.source import Source, Span
from dsl.syntax.base import Name, Text
from dsl.syntax.tables import TableFile

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a table, to be reported by the check of its code."""

    code: Code
    message: str
    at: Label
    also: tuple[Label, ...] = ()
    help: str | None = None


@dataclass(frozen=True)
class Cells(Generic[T]):
    """The cells of one column.

    Attributes:
        texts: what is written, row by row, blanks around it included.
        readings: what each distinct text that is not blank was read as.
        has_blanks: some of the texts are blank.
    """

    texts: Sequence[str]
    readings: Mapping[str, T | Unreadable]
    has_blanks: bool = True

    @cached_property
    def distinct(self) -> Mapping[str, T]:
        """The values by their text as written, those that could be read."""
        return MappingProxyType(
            {
                text: value
                for text, value in self.readings.items()
                if not isinstance(value, Unreadable)
            }
        )

    @cached_property
    def _firsts(self) -> Mapping[str, int]:
        count = len(self.texts)
        return dict(zip(reversed(self.texts), range(count - 1, -1, -1), strict=True))

    def first(self, text: str) -> int:
        """Give the first row that has a text, as written."""
        return self._firsts[text]

    def blank_rows(self, rows: Sequence[int]) -> Sequence[int]:
        """Give those of some rows whose cell is empty."""
        if not self.has_blanks:
            return ()
        return [row for row in rows if self.texts[row] not in self.readings]

    def at(self, row: int) -> T | None:
        """Give the value of a row's cell; None where it is empty or cannot be read."""
        return self.distinct.get(self.texts[row])

    def __iter__(self) -> Iterator[T | None]:
        """Give the values, row by row."""
        return map(self.distinct.get, self.texts)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.texts)


@dataclass(frozen=True)
class Table:
    """A CSV file, read as its form says.

    Attributes:
        order: the form's columns that the file has, and the place of each in a row.
        cells: the cells of each column that the file has, by its name.
        lines: the line, from 1, at which each sound row starts.
        faults: what is wrong, in order of place.
        is_whole: no row and no column is missing from what was read.
        derived: what was worked out of the cells, by the name of the one who asked.
    """

    source: Source
    form: Form
    order: Mapping[str, int]
    cells: Mapping[str, Cells[object]]
    lines: Sequence[int]
    faults: tuple[Fault, ...]
    is_whole: bool
    derived: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        """Count the sound rows."""
        return len(self.lines)

    def __getitem__(self, column: Column[T]) -> Cells[T]:
        """Give a column's cells; one that the file does not have is empty in each row."""
        found = self.cells.get(column.name)
        if found is None:
            return Cells(("",) * len(self), {})
        return cast("Cells[T]", found)

    def has(self, column: Column[object]) -> bool:
        """Whether the file has a column."""
        return column.name in self.cells

    def span(self, row: int) -> Span:
        """Give the place of a row."""
        return row_span(self.source, self.lines[row])

    def cell(self, row: int, column: Column[object]) -> Span:
        """Give the place of a cell's words; of a row whose file lacks the column, the row's."""
        place = self.order.get(column.name)
        if place is None:
            return self.span(row)
        return cell_span(self.source, self.lines[row], place)

    def name(self, row: int, column: Column[str]) -> Name:
        """Give a cell as the name it is."""
        return Name(self.cell(row, column), self[column].at(row) or "")

    def names(self, column: Column[object]) -> tuple[Name, ...]:
        """Give each distinct value of a column as a name, where it stands first, in order."""
        cells = self[column]
        rows: dict[str, int] = {}
        for text, value in cells.distinct.items():
            row = cells.first(text)
            name = str(value)
            rows[name] = min(row, rows.get(name, row))
        ordered = sorted(rows.items(), key=lambda item: item[1])
        return tuple(Name(self.cell(row, column), name) for name, row in ordered)


@dataclass(frozen=True, slots=True)
class LostTable:
    """A table that could not be read at all: where it is named, and why not.

    `is_reported`: what is wrong with it was said when its text was read.
    """

    node: TableFile
    reason: str
    help: str | None = None
    is_reported: bool = False

    @property
    def use(self) -> Text:
        """The text that names it."""
        return self.node.file


@dataclass(frozen=True, slots=True)
class Tables:
    """Every table of a catalog, by the place of the text that names it."""

    read: Mapping[Span, Table]
    lost: tuple[LostTable, ...] = ()

    def of(self, node: TableFile) -> Table | None:
        """Give the table that a statement names; None where it is lost."""
        return self.read.get(node.file.span)

    def faults(self, code: Code) -> Iterator[Fault]:
        """Give what is wrong with one code in any table, once each."""
        seen: set[Fault] = set()
        for table in self.read.values():
            for fault in table.faults:
                if fault.code == code and fault not in seen:
                    seen.add(fault)
                    yield fault

    @property
    def paths(self) -> frozenset[str]:
        """Give the paths of the tables that were read."""
        return frozenset(table.source.path for table in self.read.values())

    @property
    def are_whole(self) -> bool:
        """Whether nothing that a table holds is missing from what was read."""
        return not self.lost and all(table.is_whole for table in self.read.values())


NO_TABLES = Tables(MappingProxyType({}))
