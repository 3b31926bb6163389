"""Prices, as rows; equal prices of a program are one."""

from __future__ import annotations

from compiler.catalog import prices as typed
from compiler.lower.lines import Lines
from runtime.program.prices import Price, PriceTerm, PriceTier


class Prices:
    """Gives each price its id, in order of first use, and collects the rows."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._ids: dict[tuple[object, ...], int] = {}
        self._prices: list[Price] = []
        self._tiers: list[PriceTier] = []
        self._terms: list[PriceTerm] = []

    def id_of(self, price: typed.Price) -> int:
        """Give a price's id; its rows are collected the first time."""
        sources = self._sources(price)
        content = (
            price.currency,
            price.mode,
            price.counted_by,
            price.includes,
            price.percent_off,
            price.at_most,
            price.at_least,
            sources,
            tuple((tier.upper, tier.even_at_zero, tier.terms) for tier in price.tiers),
        )
        known = self._ids.get(content)
        if known is not None:
            return known
        own = self._ids[content] = len(self._prices)
        self._collect(own, price, sources)
        return own

    def _sources(self, price: typed.Price) -> tuple[int | None, ...]:
        """Give the lines of a tiered price's tiers; a plain price's is its row's."""
        if len(price.tiers) == 1 and price.tiers[0].upper is None:
            return (None,)
        return tuple(self._lines.id_of(tier.span) for tier in price.tiers)

    def _collect(self, own: int, price: typed.Price, sources: tuple[int | None, ...]) -> None:
        self._prices.append(
            Price(
                id=own,
                currency=price.currency,
                mode=price.mode,
                counted_by=price.counted_by,
                includes=price.includes,
                percent_off=price.percent_off,
                at_most=price.at_most,
                at_least=price.at_least,
            )
        )
        for number, (tier, source) in enumerate(zip(price.tiers, sources, strict=True)):
            self._tiers.append(
                PriceTier(
                    price=own,
                    ordinal=number,
                    upper=tier.upper,
                    even_at_zero=tier.even_at_zero,
                    source=source,
                )
            )
            self._terms += [
                PriceTerm(
                    price=own,
                    tier=number,
                    ordinal=ordinal,
                    basis=term.basis,
                    amount=term.amount,
                    per=term.per,
                    unit=term.unit,
                )
                for ordinal, term in enumerate(tier.terms)
            ]

    @property
    def prices(self) -> tuple[Price, ...]:
        """The prices so far."""
        return tuple(self._prices)

    @property
    def tiers(self) -> tuple[PriceTier, ...]:
        """Their tiers."""
        return tuple(self._tiers)

    @property
    def terms(self) -> tuple[PriceTerm, ...]:
        """Their tiers' terms."""
        return tuple(self._terms)
