"""Report rows of a table of rates whose price is for nothing, or whose unit has no price."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import Page
from compiler.checks.rate_place import GOOD, TABLE
from compiler.rate_rows import rate_tables
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.tables.rates import PER_COLUMN, PER_EVENT_COLUMN, PRICE_COLUMN
from compiler.tables.table import Table
from dsl.diagnostic import Label

CODE = codes.RATE_UNIT

PAGE = Page(
    what="A row of a table of rates has a `price`, and nothing in `per` says what it is for, or "
    "it has a `per` without a `price`.",
    why="Usage has no price of its own: `1.20` may be for a gigabyte or for a minute.",
    bad=TABLE,
    bad_tables={"rates.csv": "class,zone,currency,price\ntraffic,,USD,4\ntraffic,home,USD,1\n"},
    good=TABLE,
    good_tables=GOOD,
)

MOST_ROWS = 20


def check(resolved: Resolved, session: Session) -> None:
    """Report each such row, and of many the first."""
    for _, table in rate_tables(resolved):
        half = _half(table)
        for row in half[:MOST_ROWS]:
            is_priced = table[PRICE_COLUMN].at(row) is not None
            at = PRICE_COLUMN if is_priced else PER_COLUMN
            words = table.source.words(table.cell(row, at))
            session.report(
                CODE,
                f"a row has the price `{words}`, and does not say what for"
                if is_priced
                else f"a row is `per {words}`, and has no price",
                Label(table.cell(row, at), "for what?" if is_priced else "at what price?"),
                help="write a unit into `per`: `GB`, `minute`, `each`, `event`"
                if is_priced
                else "write its amount into `price`, or empty `per`",
            )


def _half(table: Table) -> list[int]:
    """Give the rows that fill one of the two columns; a cell that cannot be read is filled.

    A row without any money is left out, for that is said of it already.
    """
    prices, units = table[PRICE_COLUMN], table[PER_COLUMN]
    if not prices.has_blanks and not units.has_blanks and table.has(PER_COLUMN):
        return []
    pairs = zip(prices.texts, units.texts, strict=True)
    half = [
        row
        for row, (price, unit) in enumerate(pairs)
        if (price in prices.readings) != (unit in units.readings)
    ]
    moneyless: set[int] = set()
    if table.has(PRICE_COLUMN) or table.has(PER_EVENT_COLUMN):
        moneyless = set(table[PER_EVENT_COLUMN].blank_rows(prices.blank_rows(half)))
    return [row for row in half if row not in moneyless]
