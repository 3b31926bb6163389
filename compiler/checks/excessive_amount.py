"""Report amounts and quantities too long to be billed exactly."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.part_of_step import STEPS
from compiler.facts import derived_from, terms_of
from compiler.rate_rows import rate_tables
from compiler.resolve.model import Resolved
from compiler.resolve.units import MAX_STEPS, unit_called, unit_of
from compiler.session import Session
from compiler.tables.cells import Amount
from compiler.tables.prices import AMOUNT_COLUMN, price_tables
from compiler.tables.rates import MONEY_COLUMNS, UNIT_COLUMNS
from compiler.tables.table import Table
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.base import Money, Number, Percent, Quantity
from dsl.syntax.feeds import UnitDeclaration
from dsl.syntax.prices import Bound, Price, PriceTerm
from dsl.syntax.services import RecurringPrice, ServiceDeclaration
from runtime.program.units import Unit

CODE = codes.EXCESSIVE_AMOUNT

WHOLE_DIGITS = 15
DECIMALS = 12
HUNDREDTHS = 2
_ONE = Unit("", "count", 1)

PAGE = Page(
    what=f"An amount, a quantity or a percentage has more than {WHOLE_DIGITS} digits before "
    f"its point or more than {DECIMALS} behind it, or a quantity comes to 2^63 bytes, seconds or "
    "units and more.",
    why="Amounts are multiplied with quantities exactly, in numbers of at most 38 digits; a "
    "longer price would leave no room for the quantity. Usage is counted in whole numbers below "
    "2^63, so that what is larger is never reached.",
    bad=TINY
    + """\
service setup {
  type   non_recurring
  price  0.1234567890123 USD
}
""",
    good=TINY
    + """\
service setup {
  type   non_recurring
  price  0.123456789012 USD
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each number that is too long."""
    for span, value in _numbers(resolved):
        if span.end - span.start > DECIMALS:  # what is short cannot be too long
            for fault in _faults(value):
                _report(span, fault, session)
    for span, number, unit in _counted(resolved):
        if unit is not None and number * unit.steps > MAX_STEPS:
            session.report(
                CODE,
                f"a quantity comes to more than {MAX_STEPS:,} {STEPS[unit.measure]}",
                Label(span, "more than can be counted"),
                help="write less; a last tier without a bound starts with `beyond`",
            )
    for money, off in _discounted(resolved):
        places = _places(money.amount) + _places(off.value) + HUNDREDTHS
        if places > DECIMALS and _places(money.amount) <= DECIMALS >= _places(off.value):
            session.report(
                CODE,
                f"less {off.value:f}%, an amount has more than {DECIMALS} decimals",
                Label(money.span, f"{places} decimals, once the percentage is taken off"),
                [Label(off.span, "taken off here")],
                "write fewer decimals in one of the two",
            )


def _numbers(resolved: Resolved) -> Iterator[tuple[Span, Decimal]]:
    yield from ((node.span, node.amount) for node in resolved.every(Money))
    yield from ((node.span, node.amount) for node in resolved.every(Quantity))
    yield from ((node.span, node.value) for node in resolved.every(Percent))
    yield from ((node.span, node.value) for node in resolved.every(Number))
    for table in price_tables(resolved.tables):
        cells = table[AMOUNT_COLUMN]
        for text, amount in cells.distinct.items():
            yield table.cell(cells.first(text), AMOUNT_COLUMN), amount
    for _, table in rate_tables(resolved):
        yield from _cells(table)


def _counted(resolved: Resolved) -> Iterator[tuple[Span, Decimal, Unit | None]]:
    """Give what is so many of a unit, and how many; a unit's own size is another check's."""
    sizes = {unit.size.span for unit in resolved.all(UnitDeclaration)}
    for node in resolved.every(Quantity):
        if node.span not in sizes:
            yield node.span, node.amount, unit_of(resolved, node.unit)
    for bound in resolved.every(Bound):
        unit = _ONE if bound.unit is None else unit_of(resolved, bound.unit)
        yield bound.span, bound.amount, unit
    for term in resolved.every(PriceTerm):
        if term.count is not None:
            yield term.count.span, term.count.value, unit_of(resolved, term.unit)
    for _, table in rate_tables(resolved):
        for column in UNIT_COLUMNS:
            cells = table[column]
            for text, held in cells.distinct.items():
                if isinstance(held, Amount):
                    at = table.cell(cells.first(text), column)
                    yield at, held.number, unit_called(resolved, held.unit)


def _discounted(resolved: Resolved) -> Iterator[tuple[Money, Percent]]:
    """Give each amount that a percentage is taken off, with the percentage."""
    for price in resolved.every(Price):
        if price.off is not None:
            yield from ((term.money, price.off) for term in terms_of(price) if term.money)
    for service in resolved.all(ServiceDeclaration):
        for recurring in service.recurring_prices:
            if recurring.derived is not None and recurring.derived.off is not None:
                yield from _derived(resolved, service, recurring, recurring.derived.off)


def _derived(
    resolved: Resolved, service: ServiceDeclaration, price: RecurringPrice, off: Percent
) -> Iterator[tuple[Money, Percent]]:
    for base in derived_from(resolved, service, price):
        for each in (*(row.price for row in base.by_status), base.price):
            if each is not None:
                terms = (term.money for term in terms_of(each))
                amounts = (*terms, *each.at_most, *each.at_least)
                yield from ((money, off) for money in amounts if money is not None)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _cells(table: Table) -> Iterator[tuple[Span, Decimal]]:
    """Give the numbers of a table's cells that are too long, each text once."""
    for column in (*MONEY_COLUMNS, *UNIT_COLUMNS):
        cells = table[column]
        for text, held in cells.distinct.items():
            value = held.number if isinstance(held, Amount) else held
            if isinstance(value, Decimal) and any(_faults(value)):
                yield table.cell(cells.first(text), column), value


def _faults(value: Decimal) -> Iterator[str]:
    if value.adjusted() >= WHOLE_DIGITS:
        yield f"more than {WHOLE_DIGITS} digits before its point"
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > DECIMALS:
        yield f"more than {DECIMALS} decimals"


def _report(span: Span, fault: str, session: Session) -> None:
    session.report(
        CODE,
        f"a number has {fault}",
        Label(span, "too long to be billed exactly"),
        help=f"write at most {WHOLE_DIGITS} digits before the point and {DECIMALS} behind it",
    )
