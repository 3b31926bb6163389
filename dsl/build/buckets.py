"""Base buckets and buckets."""

from __future__ import annotations

from dsl.build.expressions import optional_expression
from dsl.build.literals import (
    frequency,
    money,
    name,
    names,
    optional_name,
    optional_word,
    quantity,
    word,
)
from dsl.build.reading import (
    Branch,
    Reading,
    branch,
    branches,
    statements,
    the,
    tokens,
)
from dsl.syntax.buckets import BaseBucketDeclaration, BucketDeclaration, BucketTier


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
    recurring = block.one("recurring", "recurring")
    return BucketDeclaration(
        span,
        doc=reading.doc(span),
        name=declared,
        base=base,
        recurring=frequency(reading, the(recurring, "frequency")) if recurring else None,
        whole=optional_word(reading, recurring, "whole"),
        tiers=block.every("bucket_tier", _tier),
    )


def _tier(reading: Reading, tree: Branch) -> BucketTier:
    upper = branch(tree, "quantity")
    flats = tuple(part for part in branches(tree) if part.data == "flat")
    charge = the(flats[0], "flat_word") if flats else the(tree, "tier_word")
    return BucketTier(
        reading.span(tree),
        upper=quantity(reading, upper) if upper else None,
        charge=word(reading, charge),
        flats=tuple(money(reading, the(flat, "money")) for flat in flats),
    )
