"""Price expressions."""

from __future__ import annotations

from dsl.build.literals import decimal, money, name, number, percent, prices, word
from dsl.build.reading import Branch, Reading, Statements, all_of, branch, branches, the, tokens
from dsl.syntax.base import Name, Number, Word
from dsl.syntax.prices import Bound, Price, PriceSum, PriceTerm, PriceTier

EVENT = "event"
"""`per event` is written like a unit, and is none."""


def price(reading: Reading, tree: Branch) -> Price:
    """Build a price expression."""
    tiered = branch(tree, "tiered_price")
    counted = branch(tiered, "counted_by") if tiered else None
    modifiers = Statements(reading, branches(tree))
    includes = modifiers.one("price_includes", "includes")
    most, least = modifiers.one("at_most", "at most"), modifiers.one("at_least", "at least")
    off = modifiers.one("percent_off", "less")
    return Price(
        reading.span(tree),
        mode=word(reading, the(tiered, "price_mode")) if tiered else None,
        counted_by=name(reading, tokens(counted)[0]) if counted else None,
        sums=_sums(reading, tree),
        tiers=all_of(reading, branches(tiered), "price_tier", _tier) if tiered else (),
        includes=bound(reading, the(includes, "bound")) if includes else None,
        at_most=prices(reading, most) if most else (),
        at_least=prices(reading, least) if least else (),
        off=percent(reading, the(off, "percent")) if off else None,
    )


def the_price(reading: Reading, tree: Branch) -> Price:
    """Build the price that the grammar puts right below a tree."""
    return price(reading, the(tree, "price"))


def optional_price(reading: Reading, tree: Branch) -> Price | None:
    """Build the price below a tree, if there is one."""
    found = branch(tree, "price")
    return None if found is None else price(reading, found)


def bound(reading: Reading, tree: Branch) -> Bound:
    """Build `100` or `5 GB`."""
    amount, *unit = tokens(tree)
    return Bound(
        reading.span(tree), decimal(reading, amount), name(reading, unit[0]) if unit else None
    )


def _sums(reading: Reading, tree: Branch) -> tuple[PriceSum, ...]:
    return all_of(reading, branches(tree), "price_sum", _sum)


def _sum(reading: Reading, tree: Branch) -> PriceSum:
    return PriceSum(reading.span(tree), all_of(reading, branches(tree), "price_term", _term))


def _term(reading: Reading, tree: Branch) -> PriceTerm:
    span, share = reading.span(tree), branch(tree, "percent")
    if share is not None:
        basis = word(reading, the(tree, "of_amount"))
        return PriceTerm(span, None, percent(reading, share), Word(basis.span, "amount"), None, None)
    paid = money(reading, the(tree, "money"))
    written = branch(tree, "price_basis")
    if written is None:
        return PriceTerm(span, paid, None, Word(paid.span, "bare"), None, None)
    basis, count, unit = _basis(reading, written)
    return PriceTerm(span, paid, None, basis, count, unit)


def _basis(reading: Reading, tree: Branch) -> tuple[Word, Number | None, Name | None]:
    span, written = reading.span(tree), branches(tree)[0]
    count = branch(written, "number")
    own = tokens(written)[1:] if written.data == "basis_block" else tokens(written)
    unit = name(reading, own[0]) if own else None
    kind = {"basis_each": "each", "basis_flat": "flat", "basis_block": "block"}.get(
        written.data, "per"
    )
    if kind == "per" and unit is not None and unit.text == EVENT and count is None:
        return Word(span, EVENT), None, None
    return Word(span, kind), number(reading, count) if count else None, unit


def _tier(reading: Reading, tree: Branch) -> PriceTier:
    upper, zero = branch(tree, "bound"), branch(tree, "even_at_zero")
    return PriceTier(
        reading.span(tree),
        upper=bound(reading, upper) if upper else None,
        sums=_sums(reading, tree),
        even_at_zero=word(reading, zero) if zero else None,
    )
