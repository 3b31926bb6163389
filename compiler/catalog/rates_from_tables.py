"""Rates that stand in the rows of a table: one for each usage, with the prices of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from compiler.catalog.known import known
from compiler.catalog.prices import Price, PriceTerm, PriceTier
from compiler.catalog.rates import Rate, RatePrice
from compiler.rate_rows import Fit, TableRows
from compiler.resolve.model import Resolved
from compiler.resolve.units import unit_called
from compiler.tables import rates as columns
from compiler.tables.cells import Amount
from compiler.tables.form import Column
from dsl.source import Span
from runtime.program.terms import Basis
from runtime.program.units import EVENT, Unit

Priced = tuple[str, Decimal | None, Amount | None, Decimal | None]
"""What makes a row's price: its currency, `price`, `per` and `per_event`."""


def table_rates(resolved: Resolved, rows: TableRows) -> Iterator[Rate]:
    """Give the rates of a table's rows, in the order of their first ones."""
    prices = _Prices(resolved, rows)
    found: dict[Fit, list[RatePrice]] = {}
    for number, fit in enumerate(rows.fits):
        found.setdefault(fit, []).append(prices.of(number))
    for fit, own in found.items():
        yield Rate(**fit._asdict(), prices=tuple(own))


class _Prices:
    """Makes the price of each row; rows that cost the same share one."""

    def __init__(self, resolved: Resolved, rows: TableRows) -> None:
        self._resolved = resolved
        self._rows = rows
        table = rows.table
        self._priced: list[Priced] = list(
            zip(
                (currency or "" for currency in rows.currencies),
                table[columns.PRICE_COLUMN],
                table[columns.PER_COLUMN],
                table[columns.PER_EVENT_COLUMN],
                strict=True,
            )
        )
        self._minimums = self._steps(columns.MINIMUM_COLUMN, 0)
        self._increments = self._steps(columns.INCREMENT_COLUMN, 1)
        self._known: dict[Priced, Price] = {}

    def of(self, row: int) -> RatePrice:
        span = self._rows.span(row)
        priced = self._priced[row]
        price = self._known.get(priced)
        if price is None:
            price = self._known[priced] = self._price(priced, span)
        return RatePrice(
            price=price, minimum=self._minimums[row], increment=self._increments[row], span=span
        )

    def _price(self, priced: Priced, span: Span) -> Price:
        currency, amount, per, per_event = priced
        terms = []
        if amount is not None:
            terms.append(self._term(amount, known(per, "the unit of a row")))
        if per_event is not None:
            terms.append(PriceTerm(basis="event", amount=per_event, per=1, unit=EVENT))
        return Price(
            currency=currency,
            mode="volume",
            counted_by=None,
            tiers=(PriceTier(upper=None, even_at_zero=False, terms=tuple(terms), span=span),),
            includes=0,
            percent_off=Decimal(0),
            at_most=None,
            at_least=None,
            span=span,
        )

    def _term(self, amount: Decimal, per: Amount) -> PriceTerm:
        count, unit = int(per.number), self._unit(per.unit)
        basis: Basis = "event" if unit.name == EVENT else "share"
        shown = unit.name if count == 1 else f"{count} {unit.name}"
        return PriceTerm(basis=basis, amount=amount, per=count * unit.steps, unit=shown)

    def _steps(self, column: Column[Amount], default: int) -> list[int]:
        cells = self._rows.table[column]
        steps = {
            text: int(amount.number * self._unit(amount.unit).steps)
            for text, amount in cells.distinct.items()
        }
        return [steps.get(text, default) for text in cells.texts]

    def _unit(self, name: str) -> Unit:
        return known(unit_called(self._resolved, name), f"the unit `{name}`")
