"""How tiered amounts came about, from the quotes that made them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from runtime.invoice.draft import DueLine
from runtime.invoice.model import PriceRow, PriceSource, Pricing
from runtime.invoice.units import plain
from runtime.money import to_major

SCALE = 12
"""Quotes count in whole 10^-12 of a currency."""

QuoteKey = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A row of charge.quoted; amounts in whole 10^-12."""

    price: int
    counted_by: str | None
    included: int
    percent_off: Decimal
    counted: int
    instances: int
    gross: int
    reduced: int
    bounded: int
    source: int | None

    @property
    def key(self) -> QuoteKey:
        """What tells a quote from another."""
        return self.price, self.counted, self.instances


@dataclass(frozen=True, slots=True)
class Term:
    """A row of charge.quoted_rows; the amount in whole 10^-12."""

    tier: int
    lower: int
    upper: int | None
    basis: str
    rate: Decimal
    per: int
    source: int | None
    quantity: int
    amount: int


PricingKey = tuple[str, str, str, str | None, str | None, date, Decimal]


@dataclass(frozen=True, slots=True)
class Quotes:
    """The quotes of a batch of invoices, by what tells their charges apart."""

    quoted: dict[PricingKey, Quoted]
    terms: dict[QuoteKey, tuple[Term, ...]]


def read_quotes(connection: DuckDBPyConnection) -> Quotes:
    """Read the quotes behind the charges of the batch's account services."""
    rows = connection.execute("""
        SELECT q.kind, b.account_service, q.service, q.status, q.transition, q.day, q.amount,
               q.price, q.counted_by, q.included, q.percent_off, q.counted, q.instances,
               q.gross, q.reduced, q.bounded, q.source
        FROM batch_service AS b
        LEFT JOIN subscription.alike AS x ON x.account_service = b.account_service
        JOIN charge.quoted AS q ON q.account_service = coalesce(x.example, b.account_service)
    """).fetchall()
    quoted = {tuple(row[:7]): Quoted(*row[7:]) for row in rows}
    terms: dict[QuoteKey, list[Term]] = defaultdict(list)
    if quoted:
        for price, counted, instances, *term in connection.execute("""
            SELECT price, counted, instances, tier, lower, upper, basis, amount, per, source,
                   quantity, scaled
            FROM charge.quoted_rows ORDER BY price, counted, instances, tier, term
        """).fetchall():
            terms[price, counted, instances].append(Term(*term))
    return Quotes(quoted, {key: tuple(listed) for key, listed in terms.items()})


def pricing_of(due: DueLine, quotes: Quotes, sources: dict[int, PriceSource]) -> Pricing | None:
    """Give how a charge's amount came about; of a credit, the line it corrects has told."""
    if due.is_credit or due.unit_price is None:
        return None
    day = due.full_start if due.kind == "recurring" else due.period_start
    if day is None:
        return None
    key = (due.kind, due.account_service, due.service, due.status, due.transition, day)
    found = quotes.quoted.get((*key, due.unit_price))
    if found is None:
        return None
    rows = [_row(term, found, sources) for term in quotes.terms.get(found.key, ())]
    rows += _done_to_the_sum(found)
    return Pricing(
        counted=found.counted,
        counted_by=found.counted_by,
        included=min(found.included, found.counted),
        instances=found.instances,
        amount=_exact(found.bounded),
        rows=tuple(rows),
    )


def _row(term: Term, found: Quoted, sources: dict[int, PriceSource]) -> PriceRow:
    source = found.source if term.source is None else term.source
    return PriceRow(
        kind="term",
        tier=term.tier,
        lower=term.lower,
        upper=term.upper,
        basis=term.basis,
        quantity=term.quantity,
        rate=plain(term.rate),
        per=term.per,
        amount=_exact(term.amount),
        source=None if source is None else sources.get(source),
    )


def _done_to_the_sum(found: Quoted) -> list[PriceRow]:
    """Give what the percentage and the bounds changed, in the order they apply."""
    rows = []
    if found.percent_off:
        off = _exact(found.reduced - found.gross)
        rows.append(PriceRow(kind="less", rate=plain(found.percent_off), amount=off))
    if found.bounded != found.reduced:
        kind = "at_most" if found.bounded < found.reduced else "at_least"
        bound = _exact(found.bounded)
        change = _exact(found.bounded - found.reduced)
        rows.append(
            PriceRow(kind="at_most" if kind == "at_most" else "at_least", rate=bound, amount=change)
        )
    return rows


def _exact(scaled: int) -> Decimal:
    return plain(to_major(scaled, SCALE))
