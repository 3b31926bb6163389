"""Prices: a plain one ends its row, a tiered one opens a group of its tiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dsl.printer import words
from dsl.printer.layout import Cell, Item, Row
from dsl.source import Source
from dsl.syntax.base import Money, Node
from dsl.syntax.prices import Bound, Price, PriceSum, PriceTerm, PriceTier


def priced(
    source: Source,
    node: Node,
    table: str,
    leading: Sequence[str],
    price: Price,
    trailing: Sequence[str] = (),
) -> Item:
    """Lay out a statement that ends with a price, and what may follow it."""
    modifiers = " ".join(_modifiers(source, price))
    behind = [part for part in (modifiers, *trailing) if part]
    if price.mode is None:
        after = tuple(Cell(part) for part in behind)
        return words.line(node, table, *leading, *sums(source, price.sums), *after)
    header = " ".join(part for part in (*leading, _mode(price)) if part)
    group = words.group(source, node, header, [_tier(source, tier) for tier in price.tiers])
    return replace(group, closing="".join(f" {part}" for part in behind))


def sums(source: Source, listed: Sequence[PriceSum]) -> tuple[Cell, ...]:
    """Print the sums of a list, each in a column of its own."""
    return words.listed([price_sum(source, each) for each in listed])


def price_sum(source: Source, node: PriceSum) -> str:
    """Print the terms of one currency."""
    return " + ".join(_term(source, term) for term in node.terms)


def bound(source: Source, node: Bound) -> str:
    """Print a bound as it was written."""
    if node.unit is None:
        return source.words(node.span)
    return f"{source.text[node.span.start : node.unit.span.start].rstrip()} {node.unit.text}"


def moneys(source: Source, amounts: Sequence[Money]) -> str:
    """Print amounts on one line."""
    return ", ".join(words.money(source, amount) for amount in amounts)


def _mode(price: Price) -> str:
    mode = "" if price.mode is None else price.mode.text
    return f"{mode} by {price.counted_by.text}" if price.counted_by else mode


def _tier(source: Source, node: PriceTier) -> Row:
    upper = f"up to {bound(source, node.upper)}" if node.upper else "beyond"
    zero = (Cell("even at zero"),) if node.even_at_zero else ()
    return words.line(node, "price tier", upper, *sums(source, node.sums), *zero)


def _term(source: Source, node: PriceTerm) -> str:
    if node.percent is not None:
        return f"{words.percent(source, node.percent)} of amount"
    assert node.money is not None
    paid = words.money(source, node.money)
    count = f" {source.words(node.count.span)}" if node.count else ""
    unit = f" {node.unit.text}" if node.unit else ""
    match node.basis.text:
        case "bare":
            return paid
        case "per":
            return f"{paid} per{count}{unit}"
        case "block":
            return f"{paid} per block of{count}{unit}"
        case "event":
            return f"{paid} per event"
        case word:
            return f"{paid} {word}"


def _modifiers(source: Source, node: Price) -> list[str]:
    """Print a price's modifiers in the order in which they apply."""
    found: list[str] = []
    if node.includes:
        found.append(f"includes {bound(source, node.includes)}")
    if node.off:
        found.append(f"less {words.percent(source, node.off)}")
    if node.at_most:
        found.append(f"at most {moneys(source, node.at_most)}")
    if node.at_least:
        found.append(f"at least {moneys(source, node.at_least)}")
    return found
