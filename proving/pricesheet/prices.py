"""Prices as rows of a table: a row a tier, a column a currency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from compiler.catalog.price_books import PriceSet
from compiler.catalog.prices import Price, PriceTerm, PriceTier
from compiler.catalog.services import (
    OneTimePrice,
    PriceVersion,
    RecurringPrice,
    Service,
    TransitionCharge,
)
from compiler.facts import frequency_words
from proving.plan.price_words import term_words
from proving.pricesheet.model import Cell, Code, Row, Table, table
from proving.pricesheet.words import Words, status, version
from runtime.program.terms import IN_SERVICE, Measure
from runtime.program.units import EACH

FOR, TIERS, QUANTITY = "For", "Tiers", "Quantity"
HEADS = (FOR, TIERS, QUANTITY)
"""What a price is for, how its tiers apply, and at what quantity."""

_UNITLESS = frozenset({None, EACH.name})


def price_rows(
    prices: Sequence[Price], words: Words, measure: Measure = "count"
) -> tuple[Row, ...]:
    """Give the rows of a price: of each tier, then of what is done to the amount.

    `prices` are those of its currencies; they share rows where they have the same tiers.
    `measure` is that of what is counted.
    """
    alike: dict[object, list[Price]] = {}
    for price in prices:
        alike.setdefault(_shape(price), []).append(price)
    return tuple(row for own in alike.values() for row in _rows(own, words, measure))


def _shape(price: Price) -> object:
    return (
        price.mode,
        price.counted_by,
        tuple((tier.upper, tier.even_at_zero) for tier in price.tiers),
        price.includes,
        price.percent_off,
        price.at_most is None,
        price.at_least is None,
    )


def _rows(prices: Sequence[Price], words: Words, measure: Measure) -> Iterator[Row]:
    first, unit = prices[0], _unit(prices[0])
    counted: Measure = "count" if first.counted_by else measure

    def size(steps: int) -> str:
        return words.quantity(steps, counted, None if first.counted_by else unit)

    is_whole = counted == "count" and (unit in _UNITLESS or first.counted_by is not None)
    then = "then " if first.includes else ""  # the tiers begin behind what is included
    rows = [
        *_included(prices, size),
        *(
            _row(
                then + _stretch(first.tiers, ordinal, size, is_whole=is_whole),
                {
                    price.currency: _terms(price.tiers[ordinal].terms, price.currency, words)
                    for price in prices
                },
            )
            for ordinal in range(len(first.tiers))
        ),
        *_modified(prices, words),
    ]
    tiers: Cell = ()
    if len(first.tiers) > 1 or first.counted_by:
        by: Cell = (
            ()
            if first.counted_by is None
            else (" by ", words.to("counting_rule", first.counted_by))
        )
        tiers = (first.mode, *by)
    yield {**rows[0], TIERS: tiers}
    yield from rows[1:]


def _row(quantity: str, amounts: Mapping[str, str]) -> Row:
    said = {currency: (amount,) for currency, amount in amounts.items()}
    return {QUANTITY: (quantity,) if quantity else (), **said}


def _included(prices: Sequence[Price], size: Callable[[int], str]) -> Iterator[Row]:
    if prices[0].includes:
        included = {price.currency: "included" for price in prices}
        yield _row(f"first {size(prices[0].includes)}", included)


def _modified(prices: Sequence[Price], words: Words) -> Iterator[Row]:
    """Give the rows of what is done to the tiers' amount, in the order in which it is done."""
    off = prices[0].percent_off
    if off:
        yield _row("of that", {price.currency: f"−{off.normalize():f}%" for price in prices})
    for label, bounds in (
        ("at most", [(price.currency, price.at_most) for price in prices]),
        ("at least", [(price.currency, price.at_least) for price in prices]),
    ):
        amounts = {
            currency: words.money(bound, currency)
            for currency, bound in bounds
            if bound is not None
        }
        if amounts:
            yield _row(label, amounts)


def _stretch(
    tiers: Sequence[PriceTier], ordinal: int, size: Callable[[int], str], *, is_whole: bool
) -> str:
    """Say which quantities a tier is for; of an only one that is open: nothing."""
    upper = tiers[ordinal].upper
    lower = (tiers[ordinal - 1].upper or 0) if ordinal else 0
    if upper is None:
        if not ordinal:
            return ""
        return f"{size(lower + 1)} and more" if is_whole else f"over {size(lower)}"
    if not is_whole:
        return f"over {size(lower)} to {size(upper)}" if ordinal else f"up to {size(upper)}"
    first = 0 if tiers[ordinal].even_at_zero else lower + 1
    return size(upper) if first == upper else f"{size(first)} to {size(upper)}"


def _unit(price: Price) -> str | None:
    """Give the unit that a price's terms are written in, to show its bounds in, too."""
    for tier in price.tiers:
        for term in tier.terms:
            if term.basis in {"share", "block"} and term.unit:
                return term.unit.rpartition(" ")[2]
    return None


def _terms(terms: Iterable[PriceTerm], currency: str, words: Words) -> str:
    return " + ".join(_term(term, words.money(term.amount, currency)) for term in terms)


def _term(term: PriceTerm, money: str) -> str:
    """Say what a term asks; what is asked of each instance is said by the amount alone."""
    return money if term.basis == "instance" else term_words(term, money)


def recurring_rows(prices: Iterable[RecurringPrice], words: Words) -> Iterator[Row]:
    """Give the rows of recurring prices: by frequency, version and status."""
    found: dict[tuple[int, str, PriceVersion | None], list[Price]] = {}
    for each in prices:
        found.setdefault((each.months, each.status, each.version), []).append(each.price)
    for (months, state, own), alike in sorted(found.items(), key=_by_frequency):
        often = frequency_words(months).replace("_", " ")
        said: Cell = (often,) if state == IN_SERVICE else (f"{often}, ", status(state))
        yield from _under(price_rows(alike, words), said, own)


def _by_frequency(found: tuple[tuple[int, str, PriceVersion | None], object]) -> tuple[int, date]:
    (months, _, own), _ = found
    return months, date.min if own is None else own.start


def one_time_rows(prices: Iterable[OneTimePrice], words: Words) -> Iterator[Row]:
    """Give the rows of one-time prices, by version."""
    found: dict[PriceVersion | None, list[Price]] = {}
    for each in prices:
        found.setdefault(each.version, []).append(each.price)
    for own, alike in found.items():
        yield from _under(price_rows(alike, words), ("once, when sold",), own)


def charge_rows(charges: Iterable[TransitionCharge], words: Words) -> Iterator[Row]:
    """Give the rows of what transitions charge."""
    for charge in charges:
        fee = words.to("service", charge.fee_service)
        said: Cell = ("on ", Code(charge.transition), ": ", fee)
        yield from _under(price_rows(charge.prices, words), said, None)


def _under(rows: Sequence[Row], said: Cell, own: PriceVersion | None) -> Iterator[Row]:
    """Say what the first of a price's rows is for, how its tiers apply, and from when it holds."""
    tiers: Cell = rows[0].get(TIERS, ())
    from_when = version(own)
    yield {
        **rows[0],
        TIERS: (),
        FOR: (
            *said,
            *((", ", *tiers) if tiers else ()),
            *((f", from {from_when}",) if from_when else ()),
        ),
    }
    yield from rows[1:]


def service_rows(own: Service | PriceSet, words: Words) -> Iterator[Row]:
    """Give the rows of all prices of a service, the catalog's or another owner's."""
    yield from recurring_rows(own.recurring_prices, words)
    yield from one_time_rows(own.one_time_prices, words)
    yield from charge_rows(own.transition_charges, words)


def price_table(
    rows: Iterable[Row], words: Words, before: Sequence[str] = (), note: str | None = None
) -> Table:
    """Set out rows of prices, behind columns that say more of them."""
    return table((*before, *HEADS, *words.currencies), rows, figures=words.currencies, note=note)
