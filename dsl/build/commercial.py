"""Discounts and contracts."""

from __future__ import annotations

from dsl.build.literals import (
    money,
    name,
    number,
    optional_number,
    optional_text,
    percent,
    prices,
    word,
)
from dsl.build.reading import Branch, Reading, branch, branches, statements, the, tokens
from dsl.build.services import price_entry
from dsl.syntax.base import Money, Word
from dsl.syntax.commercial import (
    ContractDeclaration,
    ContractMinimum,
    ContractPenalty,
    DiscountDeclaration,
    DiscountTerms,
)


def discount(reading: Reading, tree: Branch) -> DiscountDeclaration:
    """Build `discount launch "Launch promotion" = 10% off for 6 periods`."""
    span = reading.span(tree)
    return DiscountDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        title=optional_text(reading, branch(tree, "title")),
        terms=discount_terms(reading, the(tree, "discount_terms")),
    )


def discount_terms(reading: Reading, tree: Branch) -> DiscountTerms:
    """Build what a discount takes off, and for how long."""
    share, override = branch(tree, "discount_percent"), branch(tree, "discount_override")
    return DiscountTerms(
        reading.span(tree),
        percent=percent(reading, the(share, "percent")) if share else None,
        override=word(reading, the(override, "overridden")) if override else None,
        amounts=prices(reading, override) if override else _amounts(reading, tree),
        periods=optional_number(reading, branch(tree, "periods")),
    )


def _amounts(reading: Reading, tree: Branch) -> tuple[Money, ...]:
    each = (child for child in branches(tree) if child.data == "discount_amount")
    return tuple(money(reading, the(child, "money")) for child in each)


def contract(reading: Reading, tree: Branch) -> ContractDeclaration:
    """Build `contract one_year "One year" { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "contract_block"))
    leaving = block.one("leaving_early", "leaving early")
    return ContractDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        title=optional_text(reading, branch(tree, "title")),
        term=optional_number(reading, block.one("contract_term", "term")),
        renews=optional_number(reading, block.one("renews", "renews")),
        minimums=block.every("contract_minimum", _minimum),
        penalty=_penalty(reading, leaving) if leaving else None,
        entries=block.every("price_entry", price_entry),
    )


def _minimum(reading: Reading, tree: Branch) -> ContractMinimum:
    committed, stretch = branch(tree, "committed"), the(tree, "minimum_stretch")
    counted = tokens(committed) if committed else ()
    prepaid = branch(tree, "prepaid")
    return ContractMinimum(
        reading.span(tree),
        quantity=number(reading, counted[0]) if counted else None,
        service=name(reading, counted[1]) if counted else None,
        amounts=prices(reading, tree),
        stretch=_stretch(reading, branches(stretch)[-1]),
        count=number(reading, branches(stretch)[0]) if branch(stretch, "number") else None,
        fee=name(reading, tokens(tree)[-1]),
        prepaid=word(reading, prepaid) if prepaid else None,
    )


def _stretch(reading: Reading, tree: Branch) -> Word:
    written = word(reading, tree)
    return Word(written.span, "term" if written.text == "term" else "months")


def _penalty(reading: Reading, tree: Branch) -> ContractPenalty:
    share = branch(tree, "percent")
    return ContractPenalty(
        reading.span(tree),
        percent=percent(reading, share) if share else None,
        amounts=prices(reading, tree),
        fee=name(reading, tokens(tree)[-1]),
    )
