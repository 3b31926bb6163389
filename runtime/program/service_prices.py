"""Which prices of services can be billed exactly: those without a fraction that never ends."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from runtime.program.model import Program
from runtime.program.prices import Price, PriceTerm

DECIMALS = 12
"""The decimals of runtime.tables.PRICE_TYPE."""

_HUNDREDTHS = 2
_BASES = frozenset({"share", "block", "flat", "instance"})


def exact_prices(program: Program) -> frozenset[int]:
    """Give the prices of a program whose amounts, for whole instances, have 12 decimals."""
    terms: dict[int, list[PriceTerm]] = {}
    for term in program.price_terms:
        terms.setdefault(term.price, []).append(term)
    return frozenset(
        price.id for price in program.prices if _is_exact(price, terms.get(price.id, ()))
    )


def _is_exact(price: Price, terms: Iterable[PriceTerm]) -> bool:
    off = 0 if price.percent_off == 0 else _places(price.percent_off) + _HUNDREDTHS
    bounds = [bound for bound in (price.at_most, price.at_least) if bound is not None]
    return all(
        term.basis in _BASES
        and (term.basis != "share" or term.per == 1)
        and _places(term.amount) + off <= DECIMALS
        for term in terms
    ) and all(_places(bound) <= DECIMALS for bound in bounds)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
