"""Price tables: rows of a service, a frequency, a status, a currency and an amount.

A row becomes the syntax that says the same in text, with its places in the file, so that
whatever is checked of written prices is checked of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from compiler.resolve.kinds import Kind
from compiler.tables.cells import CURRENCY, DECIMAL, NAME
from compiler.tables.form import CellKind, Column, Form, Unreadable
from compiler.tables.places import row_cells
from compiler.tables.table import Table, Tables
from dsl.build.literals import MAX_MONTHS, MONTHS
from dsl.source import Span
from dsl.syntax.base import Money, Name, Word
from dsl.syntax.declarations import Declaration
from dsl.syntax.price_books import PriceBookDeclaration
from dsl.syntax.prices import Price, PriceSum, PriceTerm
from dsl.syntax.services import (
    Frequency,
    PriceEntry,
    PriceTableDeclaration,
    RecurringPrice,
    StatusPrice,
)

_EVERY = re.compile(r"every[ \t]+([1-9][0-9]{0,3})[ \t]+months?")


def _frequency(text: str) -> int | Unreadable:
    match = _EVERY.fullmatch(text)
    months = MONTHS.get(text) if match is None else int(match[1])
    if months is None or months > MAX_MONTHS:
        return Unreadable(
            "is not a frequency", "write `monthly`, `yearly` or such as `every 2 months`"
        )
    return months


FREQUENCY: CellKind[int] = CellKind("a frequency", _frequency)

SERVICE_COLUMN = Column("service", NAME, required=True, refers=Kind.SERVICE, role="prices")
FREQUENCY_COLUMN = Column("frequency", FREQUENCY, required=True)
STATUS_COLUMN = Column("status", NAME, refers=Kind.SERVICE_STATUS, role="priced in")
CURRENCY_COLUMN = Column("currency", CURRENCY, required=True)
AMOUNT_COLUMN = Column("amount", DECIMAL, required=True)

FORM = Form(
    columns=(SERVICE_COLUMN, FREQUENCY_COLUMN, STATUS_COLUMN, CURRENCY_COLUMN, AMOUNT_COLUMN),
)

RowNames = Iterator[tuple[Name, Kind]]
"""Names, and the kinds of what they refer to."""

TablePrices = Mapping[str, tuple[RecurringPrice, ...]]
"""The recurring prices that stand in tables, by the name of their service."""


def table_prices(declarations: Iterable[Declaration], tables: Tables) -> TablePrices:
    """Give the prices of all price tables; a file that two of them name is read once."""
    found: dict[str, list[RecurringPrice]] = {}
    seen: set[str] = set()
    for node in declarations:
        table = tables.of(node.table) if isinstance(node, PriceTableDeclaration) else None
        if table is not None and table.source.path not in seen:
            seen.add(table.source.path)
            for service, price in _prices(table):
                found.setdefault(service.text, []).append(price)
    return MappingProxyType({service: tuple(prices) for service, prices in found.items()})


def table_entries(
    declarations: Iterable[Declaration], tables: Tables
) -> Mapping[Span, tuple[PriceEntry, ...]]:
    """Give the entries that stand in the tables of price books, by the text that names one."""
    found: dict[Span, tuple[PriceEntry, ...]] = {}
    for node in declarations:
        if not isinstance(node, PriceBookDeclaration):
            continue
        for use in (*node.tables, *(use for region in node.regions for use in region.tables)):
            table = tables.of(use)
            if table is not None:
                found[use.file.span] = tuple(
                    PriceEntry(price.span, service, price, None, None)
                    for service, price in _prices(table)
                )
    return MappingProxyType(found)


def price_tables(tables: Tables) -> tuple[Table, ...]:
    """Give every table of prices that was read, each file once."""
    read = {table.source.path: table for table in tables.read.values() if table.form is FORM}
    return tuple(read.values())


def row_names(prices: TablePrices, entries: Mapping[Span, tuple[PriceEntry, ...]]) -> RowNames:
    """Give the names in the rows of tables, of which each stands in the references once."""
    held = [price for listed in prices.values() for price in listed]
    for listed in entries.values():
        for entry in listed:
            yield entry.service, Kind.SERVICE
            held += [entry.recurring] if entry.recurring else []
    for price in held:
        for row in price.by_status:
            yield row.status, Kind.SERVICE_STATUS


def _prices(table: Table) -> Iterator[tuple[Name, RecurringPrice]]:
    """Give the price of each row that can be read."""
    columns = (table[column] for column in (SERVICE_COLUMN, FREQUENCY_COLUMN, STATUS_COLUMN))
    values = zip(*columns, table[CURRENCY_COLUMN], table[AMOUNT_COLUMN], strict=True)
    has_status = table.has(STATUS_COLUMN)
    width = max(table.order.values(), default=0) + 1
    named_at, counted_at, in_status_at, currency_at, amount_at = (
        table.order.get(column.name, 0) for column in FORM.columns
    )
    statuses = table[STATUS_COLUMN].texts
    for row, (service, months, status, currency, amount) in enumerate(values):
        unread = status is None and has_status and statuses[row].strip()
        if service is None or months is None or currency is None or amount is None or unread:
            continue
        cells = row_cells(table.source, table.lines[row], width)
        at = cells[amount_at]
        money = Money(at, amount, Name(cells[currency_at], currency))
        price = _plain(at, money)
        named = None if status is None else Name(cells[in_status_at], status)
        yield (
            Name(cells[named_at], service),
            RecurringPrice(
                table.span(row),
                frequency=Frequency(cells[counted_at], months),
                version=None,
                by_status=() if named is None else (StatusPrice(named.span, named, price),),
                price=price if named is None else None,
                derived=None,
            ),
        )


def _plain(at: Span, money: Money) -> Price:
    term = PriceTerm(at, money, None, Word(at, "bare"), None, None)
    return Price(at, None, None, (PriceSum(at, (term,)),), (), None, (), (), None)
