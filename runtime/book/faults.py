"""What is wrong in a book, as values: a fault names its place, its cause and a way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WHOLE_FILE: Final = 0
"""The row of a fault in the file as such or in its header."""


@dataclass(frozen=True, slots=True, order=True)
class BookFault:
    """One mistake, reported once.

    Attributes:
        file: the file's name in the book's folder.
        row: the data row from 1, blank lines not counted; 0: the file or its header.
        field: the column, "" where the row or the file as a whole is meant.
        value: the cell as read, "" where it is empty.
        code: the rule's name, the same for ever; docs/book.md has a line for each.
        reason: what is wrong with the value, to be read after it.
        hint: what would mend it, "" where there is nothing to say.
    """

    file: str
    row: int
    field: str
    value: str
    code: str
    reason: str
    hint: str

    def text(self) -> str:
        """Give the fault on one line, as `accounts.csv row 3: currency `CAN`: ...`."""
        place = f"{self.file} row {self.row}" if self.row else self.file
        about = " ".join(part for part in (self.field, self.value and f"`{self.value}`") if part)
        said = f"{about}: {self.reason}" if about else self.reason
        return f"{place}: {said}" + (f"; {self.hint}" if self.hint else "")


@dataclass(frozen=True, slots=True)
class BookReport:
    """How a book was read.

    Attributes:
        faults: every fault, by file, row and field; a book is sound without any.
        rows: data rows read, by entity.
    """

    faults: tuple[BookFault, ...]
    rows: tuple[tuple[str, int], ...]
