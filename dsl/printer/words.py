"""Literals as they are printed: amounts keep their places, choices get their words back."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.build.literals import MONTHS
from dsl.printer.layout import Cell, Group, Item, Row
from dsl.slices import lexemes
from dsl.source import Source, Span
from dsl.syntax.base import Day, Money, Name, Node, Percent, Quantity, QuotedName, Text, Word
from dsl.syntax.services import Frequency
from dsl.syntax.tables import TableFile

_FREQUENCIES = {months: word for word, months in MONTHS.items()}


def names(listed: Sequence[Name]) -> str:
    """Print a list of names."""
    return ", ".join(name.text for name in listed)


def field(source: Source, node: Name) -> str:
    """Print the name of a field, one in quotes as it was written."""
    return f"field {source.words(node.span)}" if isinstance(node, QuotedName) else node.text


def fields(source: Source, listed: Sequence[Name]) -> str:
    """Print a list of fields."""
    return ", ".join(field(source, name) for name in listed)


def choice(word: Word) -> str:
    """Print a choice of the language: `first billable status`."""
    return word.text.replace("_", " ")


def frequency(node: Frequency) -> str:
    """Print a frequency by its word, where there is one."""
    return _FREQUENCIES.get(node.months, f"every {node.months} months")


def money(source: Source, node: Money) -> str:
    """Print an amount as it was written, and its currency."""
    return f"{_before(source, node.span, node.currency)} {node.currency.text}"


def quantity(source: Source, node: Quantity) -> str:
    """Print a number of units as it was written."""
    return f"{_before(source, node.span, node.unit)} {node.unit.text}"


def percent(source: Source, node: Percent) -> str:
    """Print a percentage as it was written."""
    return source.words(node.span).removesuffix("%").rstrip() + "%"


def listed(texts: Sequence[str]) -> tuple[Cell, ...]:
    """Set the amounts of a list, with all that follows each, under each other."""
    last = len(texts) - 1
    return tuple(
        Cell(text if index == last else f"{text},", "point", gap=1 if index else 2)
        for index, text in enumerate(texts)
    )


def window(source: Source, start: Day | None, until: Day | None) -> str:
    """Print `from D until D`, or one end alone."""
    ends = (("from", start), ("until", until))
    return " ".join(f"{word} {source.words(day.span)}" for word, day in ends if day)


def title(source: Source, text: Text | None) -> str:
    """Print a title behind a name, or nothing."""
    return "" if text is None else f" {source.words(text.span)}"


def table_file(source: Source, node: TableFile) -> str:
    """Print `from "file.csv"`."""
    return f"from {source.words(node.file.span)}"


def line(node: Node, table: str, *cells: str | Cell) -> Row:
    """Make a row out of one node."""
    return stretch(node.span, node.span, table, *cells)


def stretch(first: Span, last: Span, table: str, *cells: str | Cell) -> Row:
    """Make a row out of the words between two places."""
    columns = tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells)
    return Row(first.start, last.end, table, columns)


def group(source: Source, node: Node, header: str, items: Sequence[Item]) -> Group:
    """Make a group out of a node with braces; its statements stay in their order."""
    scanned = lexemes(source.text, node.span.start, node.span.end)
    opening = next(lexeme.start() for lexeme in scanned if lexeme.lastgroup == "open")
    ordered = tuple(sorted(items, key=lambda item: item.start))
    return Group(node.span.start, node.span.end, opening, header, ordered)


def _before(source: Source, span: Span, unit: Name) -> str:
    return source.text[span.start : unit.span.start].rstrip()
