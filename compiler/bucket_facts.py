"""What follows from the text of buckets, whether a service's own or a share plan's."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.resolve.model import Resolved
from dsl.syntax.base import Money
from dsl.syntax.buckets import BucketDeclaration, BucketTier
from dsl.syntax.share_plans import SharedBucket

AnyBucket = BucketDeclaration | SharedBucket


def every_bucket(resolved: Resolved) -> Iterator[AnyBucket]:
    """Give every bucket, those of share plans last."""
    yield from resolved.all(BucketDeclaration)
    yield from resolved.every(SharedBucket)


def flats_of(node: BucketTier) -> tuple[Money, ...]:
    """Give the flat amounts of a tier: those beside the rates, or all that it costs."""
    price = node.price
    if price is None:
        return node.flats
    if price.mode or price.includes or price.off or price.at_most or price.at_least:
        return ()
    terms = [term for each in price.sums for term in each.terms]
    if len(terms) > len(price.sums) or any(term.basis.text != "flat" for term in terms):
        return ()
    return tuple(term.money for term in terms if term.money is not None)
