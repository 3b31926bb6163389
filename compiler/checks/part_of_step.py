"""Report bounds that are no whole number of bytes, seconds or units."""

from __future__ import annotations

from decimal import Decimal

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.tier_order import METERED
from compiler.numbers import is_whole
from compiler.rate_rows import rate_tables
from compiler.resolve.model import Resolved
from compiler.resolve.units import unit_called, unit_of
from compiler.session import Session
from compiler.tables.rates import INCREMENT_COLUMN, MINIMUM_COLUMN
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.base import Quantity
from runtime.program.terms import Measure
from runtime.program.units import Unit

CODE = codes.PART_OF_STEP

PAGE = Page(
    what="A quantity comes to a part of a byte, of a second, or of one.",
    why="Usage is counted in whole steps, so the bound could never be met exactly.",
    bad=TINY
    + METERED
    + """\
bucket allowance of traffic_bucket {
  recurring  monthly
  up to 0.0000000001 GB  included
  beyond                 rated
}
""",
    good=TINY
    + METERED
    + """\
bucket allowance of traffic_bucket {
  recurring  monthly
  up to 0.5 GB  included
  beyond        rated
}
""",
)

STEPS: dict[Measure, str] = {"data": "bytes", "time": "seconds", "count": "units"}


def check(resolved: Resolved, session: Session) -> None:
    """Report each quantity that is not whole in its measure's steps."""
    for quantity in resolved.every(Quantity):
        unit = unit_of(resolved, quantity.unit)
        if unit is not None and not is_whole(quantity.amount * unit.steps):
            _report(unit, quantity.amount, quantity.span, session)
    for _, table in rate_tables(resolved):
        for column in (MINIMUM_COLUMN, INCREMENT_COLUMN):
            for text, amount in table[column].distinct.items():
                unit = unit_called(resolved, amount.unit)
                if unit is not None and not is_whole(amount.number * unit.steps):
                    _report(
                        unit, amount.number, table.cell(table[column].first(text), column), session
                    )


def _report(unit: Unit, amount: Decimal, at: Span, session: Session) -> None:
    session.report(
        CODE,
        f"a quantity is not a whole number of {STEPS[unit.measure]}",
        Label(at, f"{amount * unit.steps:f}"),
        help="write fewer decimals, or a smaller unit",
    )
