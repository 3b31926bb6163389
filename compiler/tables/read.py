"""Read a CSV file as a form describes it: column by column, on distinct texts.

The file is comma-separated text by RFC 4180 whose first line names the columns.  All values
of 100,000 rows cost no more than the distinct ones; places are not made until they are asked
for.  What is wrong becomes a `Fault` of the table, a bounded number of each sort.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

from compiler import codes
from compiler.resolve.nearest import nearest
from compiler.tables.form import Column, Form, Unreadable
from compiler.tables.places import cell_span, row_span
from compiler.tables.table import Cells, Fault, Table
from dsl.codes import Code
from dsl.diagnostic import Label
from dsl.source import Source, Span

MOST_FAULTS = 20
"""How many faults of one sort, or of one column, are reported of a table one by one."""

_CSV_FAULTS = (
    ("unexpected end of data", "a cell in quotes is not closed", 'close it with `"`'),
    (
        "expected after",
        "text follows a cell in quotes",
        'a quote inside of quotes is doubled: `""`',
    ),
    ("new-line character", "a line ends with a lone carriage return", "save it with LF or CRLF"),
    ("field larger", f"a cell has more than {csv.field_size_limit():,} characters", None),
)


class _Layout(csv.excel):
    """RFC 4180, and blanks in front of a cell's quotes."""

    strict = True
    skipinitialspace = True


@dataclass(slots=True)
class _Rows:
    """The rows of a file that have as many cells as its header."""

    header: list[str] = field(default_factory=list)
    header_line: int = 1
    rows: list[list[str]] = field(default_factory=list)
    lines: Sequence[int] = ()
    ragged: list[tuple[int, int]] = field(default_factory=list)
    broken: Fault | None = None


def read_table(source: Source, form: Form) -> Table:
    """Read a table; whatever its text, there is a table, with faults where it is wrong."""
    read = _rows(source)
    faults = list(_shape_faults(source, read))
    order, header_faults = _header(source, form, read)
    faults += header_faults
    columns: Sequence[Sequence[str]] = list(zip(*read.rows, strict=True))
    cells: dict[str, Cells[object]] = {}
    for column in form.columns:
        place = order.get(column.name)
        if place is not None:
            texts = columns[place] if columns else ()
            cells[column.name] = _cells(column, texts)
    is_whole = not faults
    table = Table(
        source=source,
        form=form,
        order=MappingProxyType(order),
        cells=MappingProxyType(cells),
        lines=read.lines,
        faults=(),
        is_whole=is_whole,
    )
    for column in form.columns:
        faults += _cell_faults(table, column)
    if not header_faults:
        faults += _empty_rows(table)
    if is_whole and not read.rows:
        is_whole = False
        faults.append(_no_rows(source, read))
    ordered = tuple(sorted(faults, key=lambda fault: fault.at.span))
    return Table(source, form, table.order, table.cells, table.lines, ordered, is_whole)


def _rows(source: Source) -> _Rows:
    """Split a text into rows; stop where it is no CSV any more."""
    reader = csv.reader(io.StringIO(source.text), _Layout)
    every: list[list[str]] = []
    try:
        every.extend(reader)
    except csv.Error:
        return _rows_one_by_one(source)
    is_plain = reader.line_num == len(every) and len(set(map(len, every))) == 1
    if not is_plain or [""] * len(every[0]) in every:
        return _rows_one_by_one(source)
    return _Rows(every[0], 1, every[1:], range(2, len(every) + 1))


def _rows_one_by_one(source: Source) -> _Rows:
    """Split a text with empty, ragged or long rows, and find out where each starts."""
    lines: list[int] = []
    found = _Rows(lines=lines)
    reader = csv.reader(io.StringIO(source.text), _Layout)
    start = 1
    try:
        for row in reader:
            if any(row):
                _take(found, lines, row, start)
            start = reader.line_num + 1
    except csv.Error as error:
        found.broken = _broken(source, str(error), start)
    return found


def _take(found: _Rows, lines: list[int], row: list[str], line: int) -> None:
    if not found.header:
        found.header, found.header_line = row, line
    elif len(row) == len(found.header):
        found.rows.append(row)
        lines.append(line)
    elif any(cell.strip() for cell in row):
        found.ragged.append((line, len(row)))


def _broken(source: Source, error: str, line: int) -> Fault:
    known = (each for each in _CSV_FAULTS if each[0] in error)
    _, message, help_ = next(known, ("", f"the row cannot be read: {error}", None))
    at = Label(row_span(source, line), "in the row that starts here")
    return Fault(codes.TABLE_ROW, message, at, help=help_)


def _shape_faults(source: Source, read: _Rows) -> Iterator[Fault]:
    """Give the rows with too many or too few cells, and where the file breaks off."""
    due = len(read.header)
    for line, count in islice(read.ragged, MOST_FAULTS):
        yield Fault(
            codes.TABLE_ROW,
            f"the row has {_count(count, 'cell')}, and the header names {_count(due, 'column')}",
            Label(row_span(source, line), f"{_count(count, 'cell')} here"),
            (Label(row_span(source, read.header_line), f"{_count(due, 'column')} here"),),
            'a cell that holds a comma stands in quotes: `"a, b"`' if count > due else None,
        )
    yield from _rest(
        codes.TABLE_ROW,
        [row_span(source, line) for line, _ in read.ragged[MOST_FAULTS : MOST_FAULTS + 1]],
        f"{len(read.ragged) - MOST_FAULTS:,} more rows have too many or too few cells",
    )
    if read.broken is not None:
        yield read.broken


def _header(source: Source, form: Form, read: _Rows) -> tuple[dict[str, int], list[Fault]]:
    """Tell which of the form's columns stand where, and what is wrong with the header."""
    line = read.header_line
    names = [name.strip() for name in read.header]
    if read.broken is not None and not names:
        return {}, []
    if not any(name in form.names for name in names):
        return {}, [_no_header(source, form, read)]
    order: dict[str, int] = {}
    faults: list[Fault] = []
    free = [name for name in form.names if name not in names]
    for place, name in islice(enumerate(names), MOST_FAULTS + len(form.names)):
        at = cell_span(source, line, place)
        if name in order:
            first = cell_span(source, line, order[name])
            faults.append(
                Fault(
                    codes.TABLE_COLUMNS,
                    f"the column `{name}` is there twice",
                    Label(at, "named again here"),
                    (Label(first, "named first here"),),
                    "take one of the two out",
                )
            )
        elif name in form.names:
            order[name] = place
        else:
            faults.append(_unknown_column(at, name, free, form))
    meant = {nearest(name, free) for name in names if name not in form.names}
    faults += _missing_columns(source, form, line, {*order, *meant})
    return order, faults


def _unknown_column(at: Span, name: str, free: list[str], form: Form) -> Fault:
    near = nearest(name, free)
    message = f"the table has no column `{name}`" if name else "a column has no name"
    columns = ", ".join(f"`{each}`" for each in form.names)
    help_ = f"did you mean `{near}`?" if near else f"the columns there are: {columns}"
    return Fault(codes.TABLE_COLUMNS, message, Label(at, "no such column"), help=help_)


def _missing_columns(
    source: Source, form: Form, line: int, named: Container[str | None]
) -> Iterator[Fault]:
    """Report the columns that are not there; one that is misspelt is reported as that."""
    at = Label(row_span(source, line), "the header of the table")
    for column in form.columns:
        if column.required and column.name not in named:
            message = f"the column `{column.name}` is missing"
            yield Fault(codes.TABLE_COLUMNS, message, at, help="name it in the first line")
    if form.one_of and not any(column.name in named for column in form.one_of):
        wanted = " or ".join(f"`{column.name}`" for column in form.one_of)
        message = f"a column is missing: {wanted}"
        yield Fault(codes.TABLE_COLUMNS, message, at, help="name it in the first line")


def _no_header(source: Source, form: Form, read: _Rows) -> Fault:
    """Report a first line that names none of the columns: most often there is no header."""
    words = source.line(read.header_line)
    other = next((sign for sign in (";", "\t", "|") if sign in words and "," not in words), None)
    help_ = "the first line names the columns: " + ", ".join(form.names)
    if other is not None and any(name in words for name in form.names):
        help_ = "cells are set apart with commas, and columns named: " + ", ".join(form.names)
    return Fault(
        codes.TABLE_COLUMNS,
        "the first line names none of the table's columns",
        Label(row_span(source, read.header_line), "no header"),
        help=help_,
    )


def _cells(column: Column[object], texts: Sequence[str]) -> Cells[object]:
    """Read each distinct text of a column once."""
    read: Callable[[str], object] = column.kind.read
    distinct = dict.fromkeys(texts)
    readings = {text: read(words) for text in distinct if (words := text.strip())}
    return Cells(texts, readings, has_blanks=len(readings) < len(distinct))


def _cell_faults(table: Table, column: Column[object]) -> Iterator[Fault]:
    """Give the cells that cannot be read, each distinct text once, and the empty ones."""
    cells = table.cells.get(column.name)
    if cells is None:
        return
    wrong = [
        (cells.first(text), text, reading)
        for text, reading in cells.readings.items()
        if isinstance(reading, Unreadable)
    ]
    for row, text, reading in wrong[:MOST_FAULTS]:
        times = cells.texts.count(text)
        more = f", here and in {_count(times - 1, 'row')} more" if times > 1 else ""
        yield Fault(
            codes.TABLE_CELL,
            f"`{_shown(text)}` {reading.reason}",
            Label(
                table.cell(row, column),
                f"the column `{column.name}` holds {column.kind.what}{more}",
            ),
            help=column.kind.help_for(text, reading),
        )
    yield from _rest(
        codes.TABLE_CELL,
        [table.cell(row, column) for row, _, _ in wrong[MOST_FAULTS : MOST_FAULTS + 1]],
        f"{len(wrong) - MOST_FAULTS:,} more texts of the column `{column.name}` cannot be read",
    )
    if column.required:
        yield from _empty_cells(table, column, cells)


def _empty_cells(table: Table, column: Column[object], cells: Cells[object]) -> Iterator[Fault]:
    rows = cells.blank_rows(range(len(table)))
    if not rows:
        return
    more = f", here and in {_count(len(rows) - 1, 'row')} more" if len(rows) > 1 else ""
    yield Fault(
        codes.TABLE_CELL,
        f"a row says nothing in the column `{column.name}`",
        Label(table.cell(rows[0], column), f"{column.kind.what} is due{more}"),
    )


def _empty_rows(table: Table) -> Iterator[Fault]:
    """Give the first row that fills none of the columns one of which is due."""
    rows: Sequence[int] = range(len(table) if any(map(table.has, table.form.one_of)) else 0)
    for column in table.form.one_of:
        if table.has(column):
            rows = table[column].blank_rows(rows)
    if rows:
        wanted = " nor ".join(f"`{column.name}`" for column in table.form.one_of)
        more = f"here, and in {_count(len(rows) - 1, 'row')} more" if len(rows) > 1 else "here"
        yield Fault(
            codes.TABLE_CELL,
            f"a row gives neither {wanted}" if " nor " in wanted else f"a row gives no {wanted}",
            Label(table.span(rows[0]), f"nothing {more}"),
            help="fill one of them, or delete the row",
        )


def _no_rows(source: Source, read: _Rows) -> Fault:
    return Fault(
        codes.UNUSABLE_TABLE,
        "the table has no rows",
        Label(row_span(source, read.header_line), "nothing below this line"),
        help="add its rows, or delete the statement that names it",
    )


def _rest(code: Code, spans: Sequence[Span], message: str) -> Iterator[Fault]:
    """Sum up the faults of one sort that are not reported one by one."""
    for span in spans:
        yield Fault(code, message, Label(span, "the next of them"))


def _count(count: int, word: str) -> str:
    return f"{count:,} {word}{'s' * (count != 1)}"


def _shown(text: str) -> str:
    words = text.strip()
    return words if len(words) <= 40 else f"{words[:39]}…"
