"""Prices of a resolved catalog: one for each currency that the text gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Context, Decimal

from compiler.catalog.base import Unit
from compiler.catalog.feeds_from_resolved import unit_named
from compiler.catalog.known import CompilerFault, known, optional_target
from compiler.catalog.prices import Price, PriceTerm, PriceTier
from compiler.facts import catalog_currencies
from compiler.resolve.model import Resolved
from dsl.source import Span
from dsl.syntax import prices as written
from dsl.syntax.base import Money
from runtime.program.terms import Basis
from runtime.program.units import EACH, EVENT

_EXACT = Context(prec=100)
"""Enough digits for any product of an amount, a number of months and a percentage."""


def prices_of(resolved: Resolved, node: written.Price) -> tuple[Price, ...]:
    """Give a price expression's prices, in the order of its currencies."""
    return tuple(_price(resolved, node, currency) for currency in _currencies(resolved, node))


def _currencies(resolved: Resolved, node: written.Price) -> Iterable[str]:
    """Give the currencies of a price; one of percentages alone is in all of the catalog's."""
    named = [each.money.currency.text for each in node.leading if each.money is not None]
    return named or catalog_currencies(resolved)


def _price(resolved: Resolved, node: written.Price, currency: str) -> Price:
    lists = [known(_own(each, currency), f"the {currency} price") for each in node.lists]
    by_count = node.counted_by is not None
    is_graduated = node.mode is not None and node.mode.text == "graduated"
    return Price(
        currency=currency,
        mode="graduated" if is_graduated else "volume",
        counted_by=optional_target(resolved, node.counted_by),
        tiers=tuple(
            PriceTier(
                upper=None
                if tier is None or tier.upper is None
                else steps_of(resolved, tier.upper),
                even_at_zero=tier is not None and tier.even_at_zero is not None,
                terms=tuple(_terms(resolved, own.terms, by_count=by_count)),
                span=own.span if tier is None else tier.span,
            )
            for tier, own in zip(node.tiers or (None,), lists, strict=True)
        ),
        includes=0 if node.includes is None else steps_of(resolved, node.includes),
        percent_off=Decimal(0) if node.off is None else node.off.value,
        at_most=_amount(node.at_most, currency),
        at_least=_amount(node.at_least, currency),
        span=lists[0].span,
    )


def _own(sums: tuple[written.PriceSum, ...], currency: str) -> written.PriceSum | None:
    """Give the sum of a currency; a sum of percentages alone is every currency's."""
    return next(
        (each for each in sums if each.money is None or each.money.currency.text == currency), None
    )


def _terms(
    resolved: Resolved, terms: tuple[written.PriceTerm, ...], *, by_count: bool
) -> Iterator[PriceTerm]:
    for term in terms:
        unit = None if term.unit is None else unit_named(resolved, term.unit)
        count = 1 if term.count is None else int(term.count.value)
        yield PriceTerm(
            basis=_basis(term, by_count=by_count),
            amount=_term_amount(term),
            per=count * (1 if unit is None else unit.steps),
            unit=_shown(term, unit, count),
        )


def _term_amount(term: written.PriceTerm) -> Decimal:
    """Give the amount in major units, or the percentage."""
    if term.percent is not None:
        return term.percent.value
    return known(term.money, "the amount of a term").amount


def _basis(term: written.PriceTerm, *, by_count: bool) -> Basis:
    match term.basis.text:
        case "bare":
            return "instance" if by_count else "share"
        case "each" | "per":
            return "share"
        case "block":
            return "block"
        case "flat":
            return "flat"
        case "event":
            return "event"
        case "amount":
            return "percent"
        case word:
            raise CompilerFault(f"a price cannot be for `{word}`")


def _shown(term: written.PriceTerm, unit: Unit | None, count: int) -> str:
    """Give the unit as an invoice shows it: `GB`, `1_000_000 token`, `each`, nothing."""
    match term.basis.text:
        case "each":
            return EACH.name
        case "event":
            return EVENT
        case "per" | "block" if unit is not None:
            return unit.name if term.count is None else f"{count} {unit.name}"
        case _:
            return ""


def multiplied(price: Price, times: int, off: Decimal, span: Span) -> Price:
    """Give a price `times` as high, less `off` percent: exactly, its bounds too."""
    factor = _EXACT.divide(_EXACT.multiply(times, 100 - off), 100)

    def scaled(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else _EXACT.multiply(amount, factor)

    return price.model_copy(
        update={
            "tiers": tuple(
                tier.model_copy(
                    update={
                        "terms": tuple(
                            term.model_copy(update={"amount": scaled(term.amount)})
                            for term in tier.terms
                        )
                    }
                )
                for tier in price.tiers
            ),
            "at_most": scaled(price.at_most),
            "at_least": scaled(price.at_least),
            "span": span,
        }
    )


def steps_of(resolved: Resolved, bound: written.Bound) -> int:
    """Give a bound in steps of what it counts; the checks have found it whole."""
    steps = 1 if bound.unit is None else unit_named(resolved, bound.unit).steps
    return int(bound.amount * steps)


def _amount(amounts: tuple[Money, ...], currency: str) -> Decimal | None:
    return next((each.amount for each in amounts if each.currency.text == currency), None)
