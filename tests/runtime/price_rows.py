"""Plain prices for programs that tests build by hand."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from runtime.program.model import Program
from runtime.program.prices import Price, PriceTerm, PriceTier
from runtime.program.terms import Basis


class PriceRows:
    """Collects plain prices; `of` gives the id of one, equal prices the same.

    `first` is the first id that it gives.
    """

    def __init__(self, first: int = 0) -> None:
        self._next = first
        self._known: dict[tuple[object, ...], int] = {}
        self.prices: list[Price] = []
        self.price_tiers: list[PriceTier] = []
        self.price_terms: list[PriceTerm] = []

    def of(
        self,
        amount: Decimal,
        currency: str,
        *,
        per: int = 1,
        unit: str = "",
        event_amount: Decimal | None = None,
    ) -> int:
        """Give a price of `amount` for each `per` steps, and so much for an event."""
        content = (amount, currency, per, unit, event_amount)
        if content in self._known:
            return self._known[content]
        own = self._known[content] = self._next
        self._next += 1
        self.prices.append(
            Price(
                id=own,
                currency=currency,
                mode="volume",
                counted_by=None,
                includes=0,
                percent_off=Decimal(0),
                at_most=None,
                at_least=None,
            )
        )
        self.price_tiers.append(
            PriceTier(price=own, ordinal=0, upper=None, even_at_zero=False, source=None)
        )
        parts: list[tuple[Basis, Decimal, int, str]] = [("share", amount, per, unit)]
        if event_amount is not None:
            parts.append(("event", event_amount, 1, "event"))
        self.price_terms += [
            PriceTerm(price=own, tier=0, ordinal=n, basis=basis, amount=paid, per=steps, unit=shown)
            for n, (basis, paid, steps, shown) in enumerate(parts)
        ]
        return own

    def tiered(
        self,
        currency: str,
        tiers: Sequence[tuple[int | None, Sequence[tuple[Basis, Decimal, int]]]],
        unit: str = "",
        *,
        even_at_zero: object = False,
        **changes: object,
    ) -> int:
        """Give a new price of tiers, each its upper bound and its terms; `changes` to the price.

        `unit`: of its shares.  `even_at_zero`: of its first tier.
        """
        own = self._next
        self._next += 1
        plain = Price(
            id=own,
            currency=currency,
            mode="graduated",
            counted_by=None,
            includes=0,
            percent_off=Decimal(0),
            at_most=None,
            at_least=None,
        )
        self.prices.append(Price.model_validate(plain.model_dump() | changes))
        for ordinal, (upper, terms) in enumerate(tiers):
            self.price_tiers.append(
                PriceTier(
                    price=own,
                    ordinal=ordinal,
                    upper=upper,
                    even_at_zero=bool(even_at_zero) and ordinal == 0,
                    source=None,
                )
            )
            self.price_terms += [
                PriceTerm(
                    price=own,
                    tier=ordinal,
                    ordinal=n,
                    basis=basis,
                    amount=paid,
                    per=per,
                    unit=unit if basis == "share" else "",
                )
                for n, (basis, paid, per) in enumerate(terms)
            ]
        return own

    def into(self, program: Program, **tables: object) -> Program:
        """Give a program with these prices besides its own, and other tables in place of its."""
        return program.model_copy(
            update={
                "prices": (*program.prices, *self.prices),
                "price_tiers": (*program.price_tiers, *self.price_tiers),
                "price_terms": (*program.price_terms, *self.price_terms),
                **tables,
            }
        )
