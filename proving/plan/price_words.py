"""A price in words, and whether another one is higher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from compiler.catalog import prices as catalog_prices
from proving.prices import quantities
from runtime.charges.tier_prices import CountedPrice, counted_prices
from runtime.program.model import Program
from runtime.program.prices import PriceTerm

Direction = Literal["up", "down", "both", "same"]


@dataclass(frozen=True, slots=True)
class PriceTexts:
    """The prices of a program, to be compared with those of another by what they say."""

    prices: Mapping[int, CountedPrice]

    def words(self, price: int) -> str:
        """Say what a price is: `12.00 USD`, `graduated up to 10: 5.00 USD; beyond: 4.00 USD`."""
        found = self.prices[price]
        currency = found.price.currency
        tiers = [
            (tier.upper, " + ".join(_term(term, currency) for term in terms))
            for tier, terms in found.tiers
        ]
        if len(tiers) == 1 and tiers[0][0] is None:
            text = tiers[0][1]
        else:
            parts = [
                f"{'beyond' if upper is None else f'up to {upper:,}'}: {said}"
                for upper, said in tiers
            ]
            text = f"{found.price.mode} {'; '.join(parts)}"
        return text + _modifiers(found, currency)


def price_texts(program: Program) -> PriceTexts:
    """Give the prices of a program."""
    return PriceTexts(counted_prices(program, [each.id for each in program.prices]))


Term = PriceTerm | catalog_prices.PriceTerm
"""A term of a price, of the program or of the catalog."""


def term_words(term: Term, money: str) -> str:
    """Say what a term asks; `money` is its amount as it is to be written."""
    match term.basis:
        case "share":
            return f"{money}{_unit(term)}"
        case "block":
            return f"{money} per started {term.unit or f'{term.per:,}'}"
        case "flat":
            return f"{money} flat"
        case "event":
            return f"{money} per event"
        case "percent":
            return f"{term.amount.normalize():f}% of the amount"
        case "instance":
            return f"{money} for each"


def amount_words(amount: Decimal) -> str:
    """Write an amount with the places it needs, at least two where it has any."""
    text = format(amount, "f")
    if "." not in text:
        return text
    whole, decimals = text.split(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def _term(term: Term, currency: str) -> str:
    return term_words(term, f"{amount_words(term.amount)} {currency}")


def _unit(term: Term) -> str:
    if not term.unit:
        return ""
    return f" {term.unit}" if term.unit == "each" else f" per {term.unit}"


def _modifiers(found: CountedPrice, currency: str) -> str:
    price = found.price
    text = f" by {price.counted_by}" if price.counted_by else ""
    text += f", {price.includes:,} included" if price.includes else ""
    text += f", less {price.percent_off.normalize():f}%" if price.percent_off else ""
    text += f", at most {price.at_most:f} {currency}" if price.at_most is not None else ""
    return text + (f", at least {price.at_least:f} {currency}" if price.at_least else "")


def direction(before: CountedPrice, after: CountedPrice) -> Direction:
    """Tell whether a price went up or down, at every quantity at which one of them turns."""
    pairs = list(zip(_profile(before, after, before), _profile(before, after, after), strict=True))
    is_up = any(new > old for old, new in pairs)
    is_down = any(new < old for old, new in pairs)
    if is_up and is_down:
        return "both"
    return "up" if is_up else "down" if is_down else "same"


def _profile(before: CountedPrice, after: CountedPrice, asked: CountedPrice) -> list[Fraction]:
    """Give what a price comes to at each quantity, and what its events and shares do."""
    per = {term.per for each in (before, after) for _, terms in each.tiers for term in terms}
    asked_of = sorted({*quantities((before, after)), *per, *(10 * each for each in per)})
    terms = [term for _, own in asked.tiers for term in own]
    return [
        *(asked.amount(quantity) for quantity in asked_of),
        sum((Fraction(term.amount) for term in terms if term.basis == "event"), Fraction(0)),
        sum((Fraction(term.amount) for term in terms if term.basis == "percent"), Fraction(0)),
    ]
