"""Base buckets and buckets."""

from __future__ import annotations

from dsl.build.expressions import optional_expression
from dsl.build.literals import (
    frequency,
    money,
    name,
    names,
    number,
    optional_name,
    optional_number,
    optional_word,
    quantity,
    word,
)
from dsl.build.prices import optional_price
from dsl.build.reading import (
    Branch,
    Reading,
    Statements,
    branch,
    branches,
    statements,
    the,
    tokens,
)
from dsl.syntax.base import Number, Word
from dsl.syntax.buckets import (BaseBucketDeclaration, BucketDeclaration, BucketTier, OneTime, Recurring, RollOver)


def base_bucket(reading: Reading, tree: Branch) -> BaseBucketDeclaration:
    """Build `base bucket home_web { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "base_bucket_block"))
    classes = block.one("classes", "classes")
    return BaseBucketDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        classes=names(reading, classes) if classes else (),
        where=optional_expression(reading, block.one("where", "where")),
        unit=optional_name(reading, block.one("unit", "unit")),
    )


def bucket(reading: Reading, tree: Branch) -> BucketDeclaration:
    """Build `bucket included_data of home_web { ... }`."""
    span = reading.span(tree)
    declared, base = names(reading, tree)
    block = statements(reading, the(tree, "bucket_block"))
    return BucketDeclaration(
        span,
        doc=reading.doc(span),
        name=declared,
        base=base,
        recurring=recurring(reading, block),
        one_time=_one_time(reading, block),
        priority=priority(reading, block),
        tiers=tiers(reading, block),
        rolls_over=rolls_over(reading, block),
    )


def recurring(reading: Reading, block: Statements) -> Recurring | None:
    """Build `recurring monthly whole`."""
    tree = block.one("recurring", "recurring")
    if tree is None:
        return None
    return Recurring(
        reading.span(tree),
        frequency=frequency(reading, the(tree, "frequency")),
        whole=optional_word(reading, tree, "whole"),
    )


def _one_time(reading: Reading, block: Statements) -> OneTime | None:
    tree = block.one("one_time", "one time")
    if tree is None:
        return None
    life = branch(tree, "life")
    unit = None if life is None else word(reading, the(life, "life_unit"))
    if unit is not None and not unit.text.endswith("s"):
        unit = Word(unit.span, f"{unit.text}s")
    return OneTime(reading.span(tree), length=optional_number(reading, life), unit=unit)


def priority(reading: Reading, block: Statements) -> Number | None:
    """Build `priority 1`."""
    return optional_number(reading, block.one("priority", "priority"))


def rolls_over(reading: Reading, block: Statements) -> RollOver | None:
    """Build `rolls over 2 GB for 1 period`."""
    tree = block.one("rolls_over", "rolls over")
    if tree is None:
        return None
    cap = branch(tree, "quantity")
    return RollOver(
        reading.span(tree),
        cap=quantity(reading, cap) if cap else None,
        periods=number(reading, the(tree, "number")),
    )


def tiers(reading: Reading, block: Statements) -> tuple[BucketTier, ...]:
    """Build the tiers of a bucket."""
    return block.every("bucket_tier", _tier)


def _tier(reading: Reading, tree: Branch) -> BucketTier:
    upper, rated = branch(tree, "quantity"), branch(tree, "rated")
    included, price = branch(tree, "included"), optional_price(reading, tree)
    flats = [part for part in branches(rated) if part.data == "flat"] if rated else []
    if rated is not None:
        charge = word(reading, the(rated, "rated_word"))
    elif included is not None:
        charge = word(reading, included)
    else:
        charge = Word(reading.span(the(tree, "price")), "priced")
    return BucketTier(
        reading.span(tree),
        upper=quantity(reading, upper) if upper else None,
        charge=charge,
        flats=tuple(money(reading, the(flat, "money")) for flat in flats),
        price=price,
    )
