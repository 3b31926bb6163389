"""Every list of amounts in a catalog that a currency may be missing from, or stand in twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.bucket_facts import AnyBucket, flats_of
from compiler.facts import (
    catalog_currencies,
    leading_amounts,
    package_currencies,
    packages_under,
    version_key,
    version_words,
)
from compiler.price_sets import PriceSet, price_sets
from compiler.resolve.model import Resolved
from dsl.source import Span
from dsl.syntax.base import Money
from dsl.syntax.billing import BillGroupDeclaration
from dsl.syntax.buckets import BucketDeclaration
from dsl.syntax.commercial import ContractDeclaration, DiscountDeclaration
from dsl.syntax.declarations import Declaration
from dsl.syntax.price_books import PricePlanDeclaration
from dsl.syntax.rates import RateGroupDeclaration
from dsl.syntax.services import OneTimePrice
from dsl.syntax.share_plans import SharePlanDeclaration


@dataclass(frozen=True, slots=True)
class PriceList:
    """Amounts of one thing, one a currency; `what` names it, `at` is the text to complete.

    One that need not be whole leaves what it lacks to the catalog's own.  `due`: the
    currencies it is asked for; None: the catalog's.
    """

    what: str
    at: Span
    amounts: tuple[Money, ...]
    must_be_whole: bool = True
    due: tuple[str, ...] | None = None


def price_lists(resolved: Resolved) -> tuple[PriceList, ...]:
    """Give the price lists of all declarations but those of recurring prices."""
    return resolved.once(_price_lists)


def _price_lists(resolved: Resolved) -> tuple[PriceList, ...]:
    return tuple(_each_list(resolved))


def _each_list(resolved: Resolved) -> Iterator[PriceList]:
    for declaration in resolved.declarations:
        yield from _lists(declaration)
    for contract in resolved.all(ContractDeclaration):
        yield from _contract_lists(resolved, contract)
    for priced in price_sets(resolved):
        yield from _service_lists(priced)


def _lists(node: Declaration) -> Iterator[PriceList]:
    match node:
        case BillGroupDeclaration():
            if node.carry_forward:
                at = node.carry_forward[0].span
                yield PriceList("the amount to carry forward under", at, node.carry_forward)
        case BucketDeclaration():
            yield from _tier_lists(node)
        case DiscountDeclaration():
            yield from _amounts(f"the discount `{node.name.text}`", node.terms.amounts)
        case PricePlanDeclaration():
            for discount in node.discounts:
                yield from _amounts(
                    f"a discount of the price plan `{node.name.text}`", discount.terms.amounts
                )
        case SharePlanDeclaration():
            for bucket in node.buckets:
                yield from _tier_lists(bucket)
        case RateGroupDeclaration():
            for row in node.rows:
                amounts = leading_amounts(row.price)
                if amounts:
                    what = f"the rate of `{row.usage_class.text}`"
                    yield PriceList(what, row.usage_class.span, amounts)
        case _:
            return


def _contract_lists(resolved: Resolved, node: ContractDeclaration) -> Iterator[PriceList]:
    """Give a contract's amounts, due in the currencies of the packages under it."""
    offered = [package_currencies(resolved, each) for each in packages_under(resolved, node)]
    known = catalog_currencies(resolved)
    due = tuple(code for code in known if not offered or any(code in each for each in offered))
    lists = [("the minimum of", each.amounts) for each in node.minimums]
    if node.penalty is not None:
        lists.append(("the cost of leaving", node.penalty.amounts))
    for what, amounts in lists:
        if amounts:
            words = f"{what} the contract `{node.name.text}`"
            yield PriceList(words, amounts[0].span, amounts, due=due)


def _amounts(what: str, amounts: tuple[Money, ...]) -> Iterator[PriceList]:
    if amounts:
        yield PriceList(what, amounts[0].span, amounts)


def _tier_lists(bucket: AnyBucket) -> Iterator[PriceList]:
    for tier in bucket.tiers:
        flats = flats_of(tier)
        amounts = flats if tier.price is None or flats else leading_amounts(tier.price)
        if amounts:
            what = "the flat amount" if flats else "the price of a tier"
            yield PriceList(what, amounts[0].span, amounts)


def _service_lists(priced: PriceSet) -> Iterator[PriceList]:
    node, must_be_whole = priced.service, priced.owner is None
    versions: dict[tuple[str, str], list[OneTimePrice]] = {}
    for price in priced.one_time_prices:
        versions.setdefault(version_key(price.version), []).append(price)
    for prices in versions.values():
        version = prices[0].version
        yield PriceList(
            f"the price of `{node.name.text}`{priced.whose}{version_words(version)}",
            node.name.span if version is None else version.span,
            tuple(money for each in prices for money in leading_amounts(each.price)),
            must_be_whole,
        )
    charges: dict[tuple[str, str], list[Money]] = {}
    places: dict[tuple[str, str], Span] = {}
    for charge in priced.transition_charges:
        key = charge.transition.text, charge.service.text
        charges.setdefault(key, []).extend(leading_amounts(charge.price))
        places.setdefault(key, charge.service.span)
    for (transition, fee), amounts in charges.items():
        what = f"the charge `{fee}` on `{transition}`{priced.whose}"
        yield PriceList(what, places[transition, fee], tuple(amounts), must_be_whole)
