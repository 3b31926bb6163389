"""The rows of a rate group, whether they stand in its text or in its table: what usage each is for.

Which of several rows rates an event: the one with the longest prefix of its destination, where a
zone of prefixes counts by the longest of them; else the one for its country; else for a zone of
countries; else for anywhere.  Of those, one for its carrier comes before one for any, and then
one for a time band that holds by a date, one that holds by the day of the week, one for always.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, cast

from compiler.codes import TABLE_COLUMNS
from compiler.resolve.kinds import EntityId, Kind
from compiler.resolve.model import Resolved
from compiler.tables import rates as columns
from compiler.tables.form import Column
from compiler.tables.table import Table
from dsl.source import Span
from dsl.syntax.base import Name
from dsl.syntax.rates import RateGroupDeclaration, RateRow
from dsl.syntax.usage import UsageClassDeclaration


class Fit(NamedTuple):
    """What usage a row is for; None: any."""

    usage_class: str
    prefix: str | None
    country: str | None
    zone: str | None
    carrier: str | None
    band: str | None

    @property
    def is_anywhere(self) -> bool:
        """Whether it is for every place."""
        return self.prefix is None and self.country is None and self.zone is None


class RateRows(Protocol):
    """The rows of one rate group, numbered from 0.

    Attributes:
        fits: what each is for, by the names written.
        currencies: the one currency of each row of a table; of text each row has all of its.
    """

    @property
    def group(self) -> RateGroupDeclaration:
        """The group they belong to."""
        ...

    @property
    def fits(self) -> Sequence[Fit]:
        """What each row is for."""
        ...

    @property
    def currencies(self) -> Sequence[str | None]:
        """The currency of each row; None: the row has a price of its own in several."""
        ...

    def span(self, row: int) -> Span:
        """Give the place of a row."""
        ...


@dataclass(frozen=True, slots=True)
class TextRows:
    """Rows between the braces of a group."""

    group: RateGroupDeclaration
    fits: Sequence[Fit]

    @property
    def currencies(self) -> Sequence[str | None]:
        """None for each: a row of text is priced in several."""
        return [None] * len(self.fits)

    def span(self, row: int) -> Span:
        """Give the place of a row."""
        return self.group.rows[row].span


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows of a group's table; those without a class or a currency fit nothing."""

    group: RateGroupDeclaration
    table: Table
    fits: Sequence[Fit]
    currencies: Sequence[str | None]

    def span(self, row: int) -> Span:
        """Give the place of a row."""
        return self.table.span(row)


def rate_rows(resolved: Resolved, group: RateGroupDeclaration) -> RateRows | None:
    """Give the rows of a group; None where its table, or a column of it, is lost."""
    if group.table is None:
        return TextRows(group, [_fit(row) for row in group.rows])
    table = resolved.tables.of(group.table)
    if table is None or any(fault.code is TABLE_COLUMNS for fault in table.faults):
        return None
    held = table.derived.get("fits")
    if held is None:
        said = [list(table[column]) for column in columns.FIT_COLUMNS]
        if None in said[0]:
            said[0] = [name or "" for name in said[0]]
        for row in _unreadable_rows(table):
            said[0][row] = ""
        held = table.derived["fits"] = list(map(Fit._make, zip(*said, strict=True)))
    currencies = list(table[columns.CURRENCY_COLUMN])
    return TableRows(group, table, cast("list[Fit]", held), currencies)


def _unreadable_rows(table: Table) -> Iterator[int]:
    """Give the rows of which it is not known what they are for."""
    for column in columns.FIT_COLUMNS:
        cells = table[column]
        if len(cells.distinct) < len(cells.readings):
            for row, text in enumerate(cells.texts):
                if text in cells.readings and text not in cells.distinct:
                    yield row


def _fit(row: RateRow) -> Fit:
    return Fit(
        usage_class=row.usage_class.text,
        prefix=None if row.prefix is None else row.prefix.digits,
        country=_text(row.country),
        zone=_text(row.zone),
        carrier=None if row.carrier is None else row.carrier.value,
        band=_text(row.band),
    )


def _text(name: Name | None) -> str | None:
    return None if name is None else name.text


def class_named(resolved: Resolved, name: str) -> UsageClassDeclaration | None:
    """Give the usage class of a name; None where there is none."""
    entity = resolved.entities.get(EntityId(Kind.USAGE_CLASS, name))
    node = None if entity is None else entity.node
    return node if isinstance(node, UsageClassDeclaration) else None


def rated_classes(rows: RateRows) -> Iterator[str]:
    """Give the names of the classes that a group rates, once each."""
    yield from dict.fromkeys(fit.usage_class for fit in rows.fits)


def words_of(fit: Fit) -> str:
    """Say in words what a row is for: `to 4930 via "ACME" during off_peak`."""
    parts = []
    if not fit.is_anywhere:
        parts.append(f"to {fit.prefix or fit.country or fit.zone}")
    if fit.carrier is not None:
        parts.append(f'via "{fit.carrier}"')
    if fit.band is not None:
        parts.append(f"during {fit.band}")
    return " ".join(parts)


def rate_tables(resolved: Resolved) -> Iterator[tuple[RateGroupDeclaration, Table]]:
    """Give each table of rates that was read, with the group whose rows it holds."""
    for group in resolved.all(RateGroupDeclaration):
        table = None if group.table is None else resolved.tables.of(group.table)
        if table is not None:
            yield group, table


def distinct_values(
    table: Table, *held: Column[object]
) -> Iterator[tuple[tuple[str, ...], tuple[object, ...]]]:
    """Give each combination of texts in some columns, none of them empty, with its values."""
    cells = [table[column] for column in held]
    if not all(each.distinct for each in cells):
        return
    for texts in sorted(set(zip(*(each.texts for each in cells), strict=True))):
        values = tuple(each.distinct.get(text) for each, text in zip(cells, texts, strict=True))
        if None not in values:
            yield texts, values


def first_row(table: Table, texts: tuple[str, ...], *held: Column[object]) -> int:
    """Give the first row that has these texts in these columns."""
    rows = zip(*(table[column].texts for column in held), strict=True)
    return next(number for number, row in enumerate(rows) if row == texts)
